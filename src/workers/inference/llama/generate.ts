/** Generation: the prompt in batches, then token by token at the reader's pace. */
import type { Token } from 'node-llama-cpp';
import { AppError } from '../../../contract/kernel/errors.ts';
import type { EngineAnswer, EngineAsk, EngineItem } from '../../../contract/models/engine.ts';
import type { Call } from '../../shared/serve.ts';
import { createAnswer, type FinishedAnswer, started } from '../text/answer.ts';
import { fittedPrompt } from '../text/fit.ts';
import { canDraft } from './drafter.ts';
import { logprobOf } from './logprobs.ts';
import type { LoadedModel } from './model.ts';
import { outputGrammar } from './output-grammar.ts';
import { evaluateOptions } from './sampling.ts';
import type { Slot } from './slots.ts';
import type { Part } from './time-share.ts';

type GenerateAsk = Extract<EngineAsk, { op: 'generate' }>;

/** Keeps what the sequence has of the tokens and computes all others but the last. @returns how many it had */
async function prefill(
  { pace }: LoadedModel,
  { sequence }: Slot,
  tokens: readonly Token[],
  part: Part,
  signal: AbortSignal,
): Promise<number> {
  const head = tokens.slice(0, -1);
  await sequence.adaptStateToTokens(head, false);
  const cached = sequence.nextTokenIndex;
  for (let at = cached; at < head.length; ) {
    signal.throwIfAborted();
    const batch = head.slice(at, at + pace.size);
    await part.step(async () => {
      const begun = performance.now();
      await sequence.evaluateWithoutGeneratingNewTokens(batch);
      pace.took(batch.length, performance.now() - begun);
    }, signal);
    at += batch.length;
  }
  signal.throwIfAborted();
  return cached;
}

async function write(
  loaded: LoadedModel,
  ask: GenerateAsk,
  { sequence, drafter }: Slot,
  prompt: readonly Token[],
  part: Part,
  { signal, emit }: Call<EngineItem>,
): Promise<FinishedAnswer> {
  const { model, facts } = loaded;
  const grammar = outputGrammar(loaded, ask);
  const answer = createAnswer<Token, ReadonlyMap<Token, number>>(
    ask,
    { emit },
    {
      detokenize: (pieces, before) => model.detokenize(pieces, false, before),
      prompt,
      contextLength: facts.context_length,
      logprobOf: (token, probabilities, text, before) =>
        logprobOf(model, { token, probabilities, text }, ask.logprobs ?? 0, before),
    },
  );
  const tokens = sequence.evaluateWithMetadata(
    prompt.slice(-1),
    { probabilities: ask.logprobs !== null },
    {
      ...evaluateOptions(model, ask.sampling, () => {
        const ahead = drafter?.ahead() ?? [];
        return ahead.length === 0 ? answer.written : [...answer.written, ...ahead];
      }),
      grammarEvaluationState: () => grammar.state(),
    },
  );
  // A grammar that begins with an opened call would come too late for what was drafted behind the opening.
  drafter?.begin(prompt, canDraft(ask.sampling) && grammar.isSettled);
  const upcoming = (again?: Token[]) =>
    part.step(async () => {
      const begun = performance.now();
      const next = await (again === undefined ? tokens.next() : tokens.next(again));
      drafter?.came(performance.now() - begun);
      return next;
    }, signal);
  try {
    let next = await upcoming();
    while (!next.done) {
      signal.throwIfAborted();
      const { token } = next.value;
      if (model.isEogToken(token)) break;
      const { probabilities } = next.value as { probabilities?: ReadonlyMap<Token, number> };
      let again: Token[] | undefined;
      const ended = await answer.add(token, probabilities, (spelled) => {
        // What stands behind the opening of a call in the same token was not written under the call's grammar.
        const behind = grammar.wrote(spelled);
        const text = spelled.slice(0, spelled.length - behind);
        if (behind > 0) again = [...model.tokenize(text, false, 'trimLeadingSpace')];
        return text;
      });
      if (ended !== null) return ended;
      next = await upcoming(again);
    }
    return await answer.end('stop');
  } finally {
    await tokens.return();
  }
}

export async function generate(loaded: LoadedModel, ask: GenerateAsk, call: Call<EngineItem>): Promise<EngineAnswer> {
  if (loaded.slots === null) throw new AppError('invalid-state', 'This model does not generate text.');
  const prompt = await fittedPrompt(loaded.prompts, ask, call.signal);
  const slot = await loaded.slots.take(prompt.tokens, call.signal);
  const part = loaded.join();
  try {
    await call.emit(started(prompt, await prefill(loaded, slot, prompt.tokens, part, call.signal)));
    const before = slot.sequence.tokenPredictions;
    const answer = await write(loaded, ask, slot, prompt.tokens, part, call);
    const { validated, refuted } = slot.sequence.tokenPredictions;
    const drafted = { accepted: validated - before.validated, rejected: refuted - before.refuted };
    return drafted.accepted + drafted.rejected === 0 ? answer : { ...answer, drafted };
  } finally {
    part.leave();
    slot.release();
  }
}
