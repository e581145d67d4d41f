/** Chat completions, as one answer or streamed in chunks. */
import type { Operations } from '../../../../contract/index.ts';
import { AppError } from '../../../../contract/kernel/errors.ts';
import type { Logprob } from '../../../../contract/models/engine.ts';
import type { ChatChunk, ChatCompletion, ChatInput, ToolCall } from '../../../../contract/models/openai/chat.ts';
import type { Clock } from '../../../core/clock.ts';
import type { Handler, Principal } from '../../../core/operation/operation.ts';
import type { Conversations, Recording, RecordingEnd } from '../deps.ts';
import { objectGrammar, schemaGrammar } from '../grammar/schema.ts';
import { toolGrammars } from '../grammar/tools.ts';
import type {
  Asker,
  Generate,
  Generation,
  GenerationEnd,
  GenerationPart,
  GenerationRequest,
} from '../run/generation.ts';
import { FINGERPRINT, stoppedOf, truncatedOf, usageOf } from './answer.ts';
import { late, type Merged, merge } from './merge.ts';
import { engineMessages } from './messages.ts';
import { forChoice, newCallId, refuseChat, sampled, unsupported } from './request.ts';

function formatGrammar({ response_format: format }: ChatInput): string | null {
  switch (format?.type) {
    case 'json_object':
      return objectGrammar();
    case 'json_schema':
      return schemaGrammar(format.json_schema.schema, 'response_format.json_schema.schema');
    default:
      return null;
  }
}

/** @throws AppError `unsupported-parameter`, `validation-error` */
export function requestOf(input: ChatInput): GenerationRequest {
  refuseChat(input);
  const tools = input.tools ?? [];
  const grammars = toolGrammars(tools, input.tool_choice ?? 'auto', input.parallel_tool_calls ?? true);
  const grammar = formatGrammar(input);
  if (grammar !== null && grammars !== null)
    throw unsupported(
      'response_format',
      'an answer in this form and calls of tools exclude each other; set tool_choice to "none".',
    );
  const described = grammars === null ? [] : tools.flatMap(({ function: tool }) => (tool === undefined ? [] : [tool]));
  const { maxTokens, ...rest } = sampled(input);
  return {
    ...rest,
    model: input.model,
    prompt: {
      messages: engineMessages(input.messages),
      tools: described.map(({ name, description, parameters }) => ({
        type: 'function' as const,
        function: {
          name,
          ...(description == null ? {} : { description }),
          ...(parameters == null ? {} : { parameters }),
        },
      })),
      ...(input.continue_final_message ? { continued: true } : {}),
    },
    maxTokens: input.max_completion_tokens ?? maxTokens,
    grammar,
    tools: grammars,
    logprobs: input.logprobs ? (input.top_logprobs ?? 0) : null,
    overflow: input.truncation === 'auto' ? 'drop_oldest' : 'refuse',
  };
}

type ChatPart = Merged<GenerationPart, GenerationEnd>;

interface Begun {
  input: ChatInput;
  head: Pick<ChatCompletion, 'id' | 'created' | 'model' | 'system_fingerprint'>;
  parts: AsyncGenerator<ChatPart, void, void>;
  choices: readonly Generation[];
  recording: Recording;
}

interface Deps {
  generate: Generate;
  clock: Clock;
  conversations: Conversations;
}

/** Requests without a session are not recorded. */
const NO_RECORDING: Recording = { add: () => undefined, end: () => undefined, fail: () => undefined };

async function begin(
  input: ChatInput,
  asker: Asker,
  principal: Principal,
  { generate, clock, conversations }: Deps,
): Promise<Begun> {
  const request = requestOf(input);
  const count = input.n ?? 1;
  const choices: Generation[] = [];
  for (let index = 0; index < count; index++) choices.push(await generate(forChoice(request, index), asker));
  const model = choices[0]?.model.id ?? input.model;
  const { messages, continue_final_message: continued } = input;
  const recording =
    asker.sessionId === undefined
      ? NO_RECORDING
      : conversations.begin({ sessionId: asker.sessionId, principal, model, messages, continued: continued ?? false });
  return {
    input,
    head: {
      id: `chatcmpl-${asker.requestId}`,
      created: Math.floor(clock.now() / 1000),
      model,
      system_fingerprint: FINGERPRINT,
    },
    parts: merge(choices.map((choice) => choice.parts())),
    choices,
    recording,
  };
}

const logprobsOf = ({ input }: Begun, content: Logprob[]) => (input.logprobs ? { content, refusal: null } : null);

/** Passes the parts on; on an error, or when the caller leaves, closes the answers that are still open in the recording. */
async function* recorded({ parts, recording }: Begun): AsyncGenerator<ChatPart, void, void> {
  let failure: unknown = new AppError('cancelled', 'The caller left before the answer was complete.');
  try {
    yield* parts;
  } catch (error) {
    failure = error;
    throw error;
  } finally {
    recording.fail(failure);
  }
}

async function complete(begun: Begun): Promise<ChatCompletion> {
  const choices = Array.from({ length: begun.choices.length }, () => ({
    content: '',
    reasoning: '',
    logprobs: [] as Logprob[],
    calls: [] as ToolCall[],
  }));
  const ends: GenerationEnd[] = [];
  for await (const part of recorded(begun)) {
    const choice = choices[part.index];
    if (choice === undefined) continue;
    if ('end' in part) {
      ends[part.index] = part.end;
      begun.recording.end(part.index, endOf(part.end));
      continue;
    }
    if (part.item.t === 'content') choice.logprobs.push(...part.item.logprobs);
    const delta = deltaOf(part.item);
    if (delta === null) continue;
    begun.recording.add(part.index, delta);
    choice.content += delta.content ?? '';
    choice.reasoning += delta.reasoning_content ?? '';
    for (const { index, id, function: called } of delta.tool_calls ?? []) {
      choice.calls[index] ??= { id: id ?? '', type: 'function', function: { name: '', arguments: '' } };
      const call = choice.calls[index];
      call.function.name += called?.name ?? '';
      call.function.arguments += called?.arguments ?? '';
    }
  }
  return {
    ...begun.head,
    object: 'chat.completion',
    choices: choices.map(({ content, reasoning, logprobs, calls }, index) => ({
      index,
      message: {
        role: 'assistant',
        content: content === '' && calls.length > 0 ? null : content,
        refusal: null,
        ...(reasoning === '' ? {} : { reasoning_content: reasoning }),
        ...(calls.length === 0 ? {} : { tool_calls: calls }),
      },
      logprobs: logprobsOf(begun, logprobs),
      finish_reason: ends[index]?.reason ?? 'stop',
    })),
    usage: usageOf(ends),
    ...stoppedOf(ends),
    ...truncatedOf(ends),
  };
}

const endOf = (end: GenerationEnd): RecordingEnd => ({ ...end, usage: usageOf([end]) });

type Delta = ChatChunk['choices'][number]['delta'];

function deltaOf(item: GenerationPart): Delta | null {
  switch (item.t) {
    case 'content':
      return item.text === '' && item.logprobs.length === 0 ? null : { content: item.text };
    case 'reasoning':
      return item.text === '' ? null : { reasoning_content: item.text };
    case 'call': {
      const call = { index: item.index, id: newCallId(), type: 'function' as const };
      return { tool_calls: [{ ...call, function: { name: item.name, arguments: '' } }] };
    }
    case 'arguments':
      return { tool_calls: [{ index: item.index, function: { arguments: item.text } }] };
    case 'started':
      return null;
  }
}

async function* chunks(begun: Begun): AsyncGenerator<ChatChunk, void, void> {
  const { input, head, choices: generations, recording } = begun;
  const withUsage = input.stream_options?.include_usage ?? false;
  const usageNow = () =>
    input.stream_options?.continuous_usage_stats ? usageOf(generations.map(({ progress }) => progress)) : null;
  const chunk = (choices: ChatChunk['choices'], more: Partial<ChatChunk> = {}): ChatChunk => ({
    ...head,
    object: 'chat.completion.chunk',
    choices,
    ...(withUsage ? { usage: usageNow() } : {}),
    ...more,
  });
  const ends: GenerationEnd[] = [];
  const open = new Set<number>();
  const opening = (index: number) => {
    open.add(index);
    return chunk([{ index, delta: { role: 'assistant', content: '' }, logprobs: null, finish_reason: null }]);
  };
  for await (const part of recorded(begun)) {
    const { index } = part;
    if (!open.has(index)) yield opening(index);
    if ('end' in part) {
      ends[index] = part.end;
      recording.end(index, endOf(part.end));
      const isLast = ends.filter(Boolean).length === generations.length;
      yield chunk(
        [{ index, delta: {}, logprobs: null, finish_reason: part.end.reason }],
        isLast ? { ...stoppedOf(ends), ...truncatedOf(ends) } : {},
      );
      continue;
    }
    const delta = deltaOf(part.item);
    if (delta === null) continue;
    recording.add(index, delta);
    const logprobs = part.item.t === 'content' ? logprobsOf(begun, part.item.logprobs) : null;
    yield chunk([{ index, delta, logprobs, finish_reason: null }]);
  }
  if (withUsage) yield chunk([], { usage: usageOf(ends) });
}

export function createChat(deps: Deps): Handler<Operations['chat']> {
  return (input, { principal, requestId, signal, loadWaitMs }) => {
    const asker = { caller: principal.id, requestId, sessionId: input.session_id ?? undefined, signal, loadWaitMs };
    // Before a model is loaded for it.
    if (asker.sessionId !== undefined) deps.conversations.admit(asker.sessionId, principal);
    if (input.stream) return late(async () => chunks(await begin(input, asker, principal, deps)));
    return begin(input, asker, principal, deps).then(complete);
  };
}
