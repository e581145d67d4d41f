/** Generation: the prompt in pieces, then token by token at the reader's pace. */
import { AppError } from '../../../contract/kernel/errors.ts';
import type { EngineAnswer, EngineAsk, EngineItem, Logprob } from '../../../contract/models/engine.ts';
import type { Call } from '../../shared/serve.ts';
import { fittedPrompt } from '../text/fit.ts';
import { createSpelling, createStopFilter, type Told } from '../text/pieces.ts';
import type { ChatModel } from './model.ts';
import { createSampler, type Sampler, tokenLogprob } from './sampling.ts';
import { commonPrefix, type Slot } from './slots.ts';

type GenerateAsk = Extract<EngineAsk, { op: 'generate' }>;

/** What this engine cannot hold to is refused: an answer that only looks checked is worse than none. */
function refuseGrammars({ grammar, tools }: GenerateAsk): void {
  const param = grammar !== null ? 'response_format' : tools !== null ? 'tools' : null;
  if (param === null) return;
  const what = param === 'tools' ? 'Calls of tools' : 'Answers that fit a schema';
  throw new AppError(
    'unsupported-parameter',
    `${what} need a GGUF model; the engine for ONNX models writes text only.`,
    {
      extra: { param },
    },
  );
}

/** Keeps what the place has of the prompt and computes all other tokens. @returns how many it had, and what comes next */
async function prefill({ decoder, pace }: ChatModel, slot: Slot, tokens: readonly number[], signal: AbortSignal) {
  // The last one is computed in any case: its logits choose the next token.
  const common = slot.kept === null ? 0 : Math.min(commonPrefix(slot.kept.tokens, tokens), tokens.length - 1);
  slot.kept = slot.kept === null || common === 0 ? null : decoder.cut(slot.kept, common);
  const cached = slot.kept?.tokens.length ?? 0;
  let logits: Float32Array = new Float32Array();
  for (let at = cached; at < tokens.length; ) {
    signal.throwIfAborted();
    const batch = tokens.slice(at, decoder.takesPieces ? at + pace.size : tokens.length);
    const begun = performance.now();
    const done = await decoder.run(slot.kept, batch);
    pace.took(batch.length, performance.now() - begun);
    at += batch.length;
    slot.kept = done.sequence;
    logits = done.logits;
  }
  signal.throwIfAborted();
  return { cached, logits };
}

/** Tokens whose text is not whole yet, with their probabilities. */
interface OpenTokens {
  tokens: number[];
  chances: ReturnType<Sampler['logprobs']>[];
}

const noTokens = (): OpenTokens => ({ tokens: [], chances: [] });

/** The tokens of a piece of text; the last of them gets the text. */
function told(
  { tokenizer }: ChatModel,
  { tokens, chances }: OpenTokens,
  text: string,
  before: readonly number[],
): Told {
  const logprobs = chances.map(({ chosen, likeliest }, index): Logprob => {
    const own = index === chances.length - 1 ? text : '';
    const top_logprobs = likeliest.map(({ token, logprob }) =>
      tokenLogprob(token === tokens[index] ? own : tokenizer.detokenize([token], before), logprob),
    );
    return { ...tokenLogprob(own, chosen), top_logprobs };
  });
  return { text, tokens: tokens.length, logprobs };
}

async function write(
  model: ChatModel,
  ask: GenerateAsk,
  slot: Slot,
  { prompt, logits: first }: { prompt: readonly number[]; logits: Float32Array },
  { signal, emit }: Call<EngineItem>,
): Promise<EngineAnswer> {
  const { decoder, tokenizer, ends, facts } = model;
  const room = facts.context_length - prompt.length;
  const limit = Math.min(ask.max_tokens ?? room, room);
  const written: number[] = [];
  const sampler = createSampler(ask.sampling);
  const spelling = createSpelling<number>(tokenizer.detokenize, prompt);
  const stops = createStopFilter(ask.stop);
  let open = noTokens();
  const tell = async ({ text, tokens, logprobs }: Told) => {
    if (text !== '' || tokens > 0)
      await emit({ t: 'text', text, tokens, ...(ask.logprobs === null ? {} : { logprobs }) });
  };
  const finished = async (reason: 'stop' | 'length'): Promise<EngineAnswer> => {
    // A character that never became whole.
    const before = spelling.tail();
    const last = spelling.rest();
    if (open.tokens.length > 0) await tell(stops.add(told(model, open, last, before)));
    await tell(stops.rest());
    return { t: 'finished', reason, completion_tokens: written.length };
  };
  for (let logits = first; ; ) {
    signal.throwIfAborted();
    const token = sampler.next(logits, written);
    if (ends.has(token)) return finished('stop');
    written.push(token);
    open.tokens.push(token);
    if (ask.logprobs !== null) open.chances.push(sampler.logprobs(ask.logprobs));
    const before = spelling.tail();
    const spelled = spelling.add(token);
    if (spelled !== null) {
      const { stopped, ...piece } = stops.add(told(model, open, spelled, before));
      open = noTokens();
      await tell(piece);
      if (stopped) return { t: 'finished', reason: 'stop', completion_tokens: written.length };
    }
    if (written.length >= limit) return finished('length');
    const done = await decoder.run(slot.kept, [token]);
    slot.kept = done.sequence;
    logits = done.logits;
  }
}

export async function generate(model: ChatModel, ask: GenerateAsk, call: Call<EngineItem>): Promise<EngineAnswer> {
  refuseGrammars(ask);
  const { tokens, reasoning, droppedMessages, droppedTokens } = await fittedPrompt(model.prompts, ask, call.signal);
  const slot = await model.slots.take(tokens, call.signal);
  try {
    const { cached, logits } = await prefill(model, slot, tokens, call.signal);
    await call.emit({
      t: 'started',
      prompt_tokens: tokens.length,
      cached_tokens: cached,
      dropped_messages: droppedMessages,
      dropped_tokens: droppedTokens,
      reasoning,
    });
    return await write(model, ask, slot, { prompt: tokens, logits }, call);
  } finally {
    slot.release();
  }
}
