/** Completions of plain text. */
import type { Operations } from '../../../../contract/index.ts';
import type { Logprob } from '../../../../contract/models/engine.ts';
import type { Completion, CompletionChunk, CompletionInput } from '../../../../contract/models/openai/completions.ts';
import type { Clock } from '../../../core/clock.ts';
import type { Handler } from '../../../core/operation/operation.ts';
import type { Conversations } from '../deps.ts';
import type { Asker, Generate, GenerationEnd, GenerationPart } from '../run/generation.ts';
import { stoppedOf, usageOf } from './answer.ts';
import { generateFor } from './caller-fields.ts';
import { late, type Merged, merge } from './merge.ts';
import { forChoice, refuseCompletion, sampled } from './request.ts';

interface Begun {
  input: CompletionInput;
  head: Pick<Completion, 'id' | 'object' | 'created' | 'model'>;
  parts: AsyncGenerator<Merged<GenerationPart, GenerationEnd>, void, void>;
  /** The prompt of each choice; those of one prompt follow each other. */
  prompts: string[];
  perPrompt: number;
}

async function begin(input: CompletionInput, asker: Asker, generate: Generate, clock: Clock): Promise<Begun> {
  refuseCompletion(input);
  const perPrompt = input.n ?? 1;
  const given = typeof input.prompt === 'string' ? [input.prompt] : input.prompt;
  const prompts = given.flatMap((text) => Array.from({ length: perPrompt }, () => text));
  const generations = [];
  for (const [index, text] of prompts.entries()) {
    const request = {
      ...sampled(input),
      model: input.model,
      prompt: { text },
      grammar: null,
      tools: null,
      logprobs: input.logprobs ?? null,
      overflow: 'refuse' as const,
    };
    const prompt = typeof input.prompt === 'string' ? 'prompt' : `prompt.${Math.floor(index / perPrompt)}`;
    const fields = (field: string) => (field === 'messages' ? prompt : field);
    generations.push(await generateFor(fields, generate, forChoice(request, index % perPrompt), asker));
  }
  return {
    input,
    head: {
      id: `cmpl-${asker.requestId}`,
      object: 'text_completion',
      created: Math.floor(clock.now() / 1000),
      model: generations[0]?.model.id ?? input.model,
    },
    parts: merge(generations.map((generation) => generation.parts())),
    prompts,
    perPrompt,
  };
}

/** @param offset where the text of the first token begins */
function logprobsOf({ input }: Begun, list: readonly Logprob[], offset: number) {
  if (input.logprobs == null) return null;
  let at = offset;
  return {
    tokens: list.map(({ token }) => token),
    token_logprobs: list.map(({ logprob }) => logprob),
    top_logprobs: list.map(({ top_logprobs }) =>
      Object.fromEntries(top_logprobs.map(({ token, logprob }) => [token, logprob])),
    ),
    text_offset: list.map(({ token }) => {
      const begins = at;
      at += token.length;
      return begins;
    }),
  };
}

const usageOfAll = ({ perPrompt }: Begun, ends: readonly GenerationEnd[]) =>
  usageOf(
    ends,
    ends.filter((_, index) => index % perPrompt === 0),
  );

/** Completions call no tools. */
const reasonOf = (end: GenerationEnd | undefined) => (end?.reason === 'length' ? 'length' : 'stop');

async function complete(begun: Begun): Promise<Completion> {
  const { input, prompts } = begun;
  const texts = prompts.map((prompt) => (input.echo ? prompt : ''));
  const logprobs: Logprob[][] = prompts.map(() => []);
  const ends: GenerationEnd[] = [];
  for await (const part of begun.parts) {
    if ('end' in part) ends[part.index] = part.end;
    else if (part.item.t === 'content') {
      texts[part.index] += part.item.text;
      logprobs[part.index]?.push(...part.item.logprobs);
    }
  }
  return {
    ...begun.head,
    choices: texts.map((text, index) => ({
      text,
      index,
      logprobs: logprobsOf(begun, logprobs[index] ?? [], input.echo ? (prompts[index]?.length ?? 0) : 0),
      finish_reason: reasonOf(ends[index]),
    })),
    usage: usageOfAll(begun, ends),
    ...stoppedOf(ends),
  };
}

async function* chunks(begun: Begun): AsyncGenerator<CompletionChunk, void, void> {
  const { input, prompts, head } = begun;
  const withUsage = input.stream_options?.include_usage ?? false;
  const usage = withUsage ? { usage: null } : {};
  const ends: GenerationEnd[] = [];
  const lengths = prompts.map(() => 0);
  const echoed = new Set<number>();
  for await (const part of begun.parts) {
    const { index } = part;
    const prompt = prompts[index] ?? '';
    if (input.echo && !echoed.has(index)) {
      echoed.add(index);
      lengths[index] = prompt.length;
      yield { ...head, choices: [{ text: prompt, index, logprobs: null, finish_reason: null }], ...usage };
    }
    if ('end' in part) {
      ends[index] = part.end;
      const last = { text: '', index, logprobs: null, finish_reason: reasonOf(part.end) } as const;
      yield { ...head, choices: [last], ...usage, ...stoppedOf([part.end]) };
    } else if (part.item.t === 'content') {
      const { text, logprobs } = part.item;
      const offset = lengths[index] ?? 0;
      lengths[index] = offset + text.length;
      const choice = { text, index, logprobs: logprobsOf(begun, logprobs, offset), finish_reason: null };
      yield { ...head, choices: [choice], ...usage };
    }
  }
  if (withUsage) yield { ...head, choices: [], usage: usageOfAll(begun, ends) };
}

export function createCompletions(
  generate: Generate,
  clock: Clock,
  conversations: Pick<Conversations, 'admit'>,
): Handler<Operations['generate']> {
  return (input, { principal, requestId, signal, loadWaitMs }) => {
    const asker = { caller: principal.id, requestId, sessionId: input.session_id ?? undefined, signal, loadWaitMs };
    if (asker.sessionId !== undefined) conversations.admit(asker.sessionId, principal);
    if (input.stream) return late(async () => chunks(await begin(input, asker, generate, clock)));
    return begin(input, asker, generate, clock).then(complete);
  };
}
