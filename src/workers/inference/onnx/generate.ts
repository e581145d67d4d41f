/** Generation: the prompt in pieces, then token by token at the reader's pace. */
import { AppError } from '../../../contract/kernel/errors.ts';
import type { EngineAnswer, EngineAsk, EngineItem, Logprob } from '../../../contract/models/engine.ts';
import type { Call } from '../../shared/serve.ts';
import { createAnswer, started } from '../text/answer.ts';
import { fittedPrompt } from '../text/fit.ts';
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

async function write(
  model: ChatModel,
  ask: GenerateAsk,
  slot: Slot,
  { prompt, logits: first }: { prompt: readonly number[]; logits: Float32Array },
  { signal, emit }: Call<EngineItem>,
): Promise<EngineAnswer> {
  const { decoder, tokenizer, ends, facts } = model;
  const sampler = createSampler(ask.sampling);
  const answer = createAnswer<number, ReturnType<Sampler['logprobs']>>(
    ask,
    { emit },
    {
      detokenize: tokenizer.detokenize,
      prompt,
      contextLength: facts.context_length,
      logprobOf(token, { chosen, likeliest }, text, before): Logprob {
        const top_logprobs = likeliest.map((one) =>
          tokenLogprob(one.token === token ? text : tokenizer.detokenize([one.token], before), one.logprob),
        );
        return { ...tokenLogprob(text, chosen), top_logprobs };
      },
    },
  );
  for (let logits = first; ; ) {
    signal.throwIfAborted();
    const token = sampler.next(logits, answer.written);
    if (ends.has(token)) return answer.end('stop');
    const ended = await answer.add(token, ask.logprobs === null ? undefined : sampler.logprobs(ask.logprobs));
    if (ended !== null) return ended;
    const done = await decoder.run(slot.kept, [token]);
    slot.kept = done.sequence;
    logits = done.logits;
  }
}

export async function generate(model: ChatModel, ask: GenerateAsk, call: Call<EngineItem>): Promise<EngineAnswer> {
  refuseGrammars(ask);
  const prompt = await fittedPrompt(model.prompts, ask, call.signal);
  const slot = await model.slots.take(prompt.tokens, call.signal);
  try {
    const { cached, logits } = await prefill(model, slot, prompt.tokens, call.signal);
    await call.emit(started(prompt, cached));
    return await write(model, ask, slot, { prompt: prompt.tokens, logits }, call);
  } finally {
    slot.release();
  }
}
