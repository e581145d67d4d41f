/** Turns a generation into the events of a response; the last event carries the whole response. */
import type { AppError } from '../../../../contract/kernel/errors.ts';
import { codeOf, toAppError } from '../../../../contract/kernel/errors.ts';
import type { Logprob } from '../../../../contract/models/engine.ts';
import type { OutputItem, ResponseEvent, ResponseObject } from '../../../../contract/models/openai/responses.ts';
import { truncatedOf } from '../openai/answer.ts';
import { newCallId } from '../openai/request.ts';
import type { GenerationEnd, GenerationPart } from '../run/generation.ts';

type Unnumbered<E> = E extends ResponseEvent ? Omit<E, 'sequence_number'> : never;
type Event = Unnumbered<ResponseEvent>;

/** An output item that is being written. */
type Open =
  | { kind: 'message'; id: string; index: number; text: string; logprobs: Logprob[] }
  | { kind: 'reasoning'; id: string; index: number; text: string }
  | { kind: 'call'; id: string; index: number; callId: string; name: string; text: string };

type Status = 'in_progress' | 'completed' | 'incomplete';

const partOf = (text: string, logprobs: Logprob[]) => ({
  type: 'output_text' as const,
  text,
  annotations: [],
  logprobs,
});

function itemOf(open: Open, status: Status): OutputItem {
  const { id, text } = open;
  switch (open.kind) {
    case 'message': {
      const content = status === 'in_progress' ? [] : [partOf(text, open.logprobs)];
      return { id, type: 'message', role: 'assistant', status, content };
    }
    case 'reasoning': {
      const content = status === 'in_progress' ? [] : [{ type: 'reasoning_text' as const, text }];
      return { id, type: 'reasoning', summary: [], content };
    }
    case 'call':
      return { id, type: 'function_call', call_id: open.callId, name: open.name, arguments: text, status };
  }
}

/** Collects the output items and yields their events. @param idOf makes the id of an item from its index */
function createOutput(idOf: (prefix: string, index: number) => string) {
  const done: OutputItem[] = [];
  let open: Open | null = null;

  function* close(status: Status): Generator<Event> {
    if (open === null) return;
    const closing = open;
    open = null;
    const at = { item_id: closing.id, output_index: closing.index };
    const content = { ...at, content_index: 0 as const };
    if (closing.kind === 'message') {
      const { text, logprobs } = closing;
      yield { type: 'response.output_text.done', ...content, text, logprobs };
      yield { type: 'response.content_part.done', ...content, part: partOf(text, logprobs) };
    } else if (closing.kind === 'reasoning')
      yield { type: 'response.reasoning_text.done', ...content, text: closing.text };
    else yield { type: 'response.function_call_arguments.done', ...at, name: closing.name, arguments: closing.text };
    const item = itemOf(closing, status);
    done.push(item);
    yield { type: 'response.output_item.done', output_index: closing.index, item };
  }

  function* begin(next: Open): Generator<Event> {
    yield* close('completed');
    open = next;
    yield { type: 'response.output_item.added', output_index: next.index, item: itemOf(next, 'in_progress') };
    if (next.kind === 'message')
      yield {
        type: 'response.content_part.added',
        item_id: next.id,
        output_index: next.index,
        content_index: 0,
        part: partOf('', []),
      };
  }

  return {
    *add(part: GenerationPart): Generator<Event> {
      const index = done.length + (open === null ? 0 : 1);
      switch (part.t) {
        case 'started':
          return;
        case 'content': {
          if (part.text === '' && open?.kind !== 'message') return;
          if (open?.kind !== 'message')
            yield* begin({ kind: 'message', id: idOf('msg', index), index, text: '', logprobs: [] });
          const at = open as Open & { kind: 'message' };
          at.text += part.text;
          at.logprobs.push(...part.logprobs);
          const where = { item_id: at.id, output_index: at.index, content_index: 0 as const };
          yield { type: 'response.output_text.delta', ...where, delta: part.text, logprobs: part.logprobs };
          return;
        }
        case 'reasoning': {
          // The marks around reasoning count as tokens and have no text.
          if (part.text === '') return;
          if (open?.kind !== 'reasoning') yield* begin({ kind: 'reasoning', id: idOf('rs', index), index, text: '' });
          const at = open as Open & { kind: 'reasoning' };
          at.text += part.text;
          const where = { item_id: at.id, output_index: at.index, content_index: 0 as const };
          yield { type: 'response.reasoning_text.delta', ...where, delta: part.text };
          return;
        }
        case 'call':
          yield* begin({ kind: 'call', id: idOf('fc', index), index, callId: newCallId(), name: part.name, text: '' });
          return;
        case 'arguments': {
          if (open === null) return;
          open.text += part.text;
          const at = { item_id: open.id, output_index: open.index };
          yield { type: 'response.function_call_arguments.delta', ...at, delta: part.text };
        }
      }
    },
    close,
    items: () => done,
  };
}

const usageOf = (end: GenerationEnd): ResponseObject['usage'] => ({
  input_tokens: end.promptTokens,
  input_tokens_details: { cached_tokens: end.cachedTokens, cache_write_tokens: 0 },
  output_tokens: end.completionTokens,
  output_tokens_details: { reasoning_tokens: end.reasoningTokens },
  total_tokens: end.promptTokens + end.completionTokens,
});

const textOf = (items: readonly OutputItem[]) =>
  items.flatMap((item) => (item.type === 'message' ? item.content.map(({ text }) => text) : [])).join('');

/** The response once it has ended. */
function ended(
  base: ResponseObject,
  output: OutputItem[],
  end: GenerationEnd,
  now: number,
  status: 'completed' | 'incomplete' | 'cancelled',
): ResponseObject {
  const text = textOf(output);
  return {
    ...base,
    status,
    completed_at: status === 'completed' ? now : null,
    incomplete_details: status === 'incomplete' ? { reason: 'max_output_tokens' } : null,
    output,
    output_text: text,
    response: text,
    usage: usageOf(end),
    ...(end.stopped ? { stopped: true as const } : {}),
    ...truncatedOf([end]),
  };
}

const failed = (base: ResponseObject, output: OutputItem[], error: AppError): ResponseObject => ({
  ...base,
  status: 'failed',
  error: { code: codeOf(error.slug), message: error.message },
  output,
  output_text: textOf(output),
  response: textOf(output),
});

/**
 * The events of a response. A failure before the first part is thrown; a later one becomes `response.failed`.
 * @param base the response before anything is written
 * @param isCancelled read when the generation has ended
 */
export async function* responseEvents(
  base: ResponseObject,
  parts: AsyncGenerator<GenerationPart, GenerationEnd, void>,
  now: () => number,
  isCancelled: () => boolean,
): AsyncGenerator<ResponseEvent, void, void> {
  let sequence_number = 0;
  const numbered = (event: Event) => ({ ...event, sequence_number: sequence_number++ }) as ResponseEvent;
  const uuid = base.id.replace(/^resp_/, '');
  const output = createOutput((prefix, index) => `${prefix}_${uuid}_${index}`);
  let next = await parts.next();
  yield numbered({ type: 'response.created', response: base });
  yield numbered({ type: 'response.in_progress', response: base });
  try {
    while (!next.done) {
      for (const event of output.add(next.value)) yield numbered(event);
      next = await parts.next();
    }
  } catch (thrown) {
    const error = toAppError(thrown);
    // The caller has left: there is no reader for a last event.
    if (error.slug === 'cancelled') throw error;
    for (const event of output.close('incomplete')) yield numbered(event);
    return yield numbered({ type: 'response.failed', response: failed(base, output.items(), error) });
  } finally {
    await parts.return(undefined as never);
  }
  const status = isCancelled() ? 'cancelled' : next.value.reason === 'length' ? 'incomplete' : 'completed';
  for (const event of output.close(status === 'completed' ? 'completed' : 'incomplete')) yield numbered(event);
  const response = ended(base, output.items(), next.value, now(), status);
  yield numbered({ type: status === 'completed' ? 'response.completed' : 'response.incomplete', response });
}
