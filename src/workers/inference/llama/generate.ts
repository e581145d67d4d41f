/** Generation: the prompt in batches, then token by token at the reader's pace. */
import type { Token } from 'node-llama-cpp';
import { AppError } from '../../../contract/kernel/errors.ts';
import type { EngineAnswer, EngineAsk, EngineItem } from '../../../contract/models/engine.ts';
import type { Call } from '../../shared/serve.ts';
import { fittedPrompt } from '../text/fit.ts';
import { createSpelling, createStopFilter, type Told } from '../text/pieces.ts';
import { logprobOf } from './logprobs.ts';
import type { LoadedModel } from './model.ts';
import { outputGrammar } from './output-grammar.ts';
import { evaluateOptions } from './sampling.ts';
import type { Slot } from './slots.ts';

type GenerateAsk = Extract<EngineAsk, { op: 'generate' }>;

/** Keeps what the sequence has of the tokens and computes all others but the last. @returns how many it had */
async function prefill(
  { pace }: LoadedModel,
  { sequence }: Slot,
  tokens: readonly Token[],
  signal: AbortSignal,
): Promise<number> {
  const head = tokens.slice(0, -1);
  await sequence.adaptStateToTokens(head, false);
  const cached = sequence.nextTokenIndex;
  for (let at = cached; at < head.length; ) {
    signal.throwIfAborted();
    const batch = head.slice(at, at + pace.size);
    const begun = performance.now();
    await sequence.evaluateWithoutGeneratingNewTokens(batch);
    pace.took(batch.length, performance.now() - begun);
    at += batch.length;
  }
  signal.throwIfAborted();
  return cached;
}

/** Tokens whose text is not whole yet. */
interface OpenTokens {
  tokens: Token[];
  probabilities: ReadonlyMap<Token, number>[];
}

const noTokens = (): OpenTokens => ({ tokens: [], probabilities: [] });

/** The tokens of a piece of text; the last of them gets the text. */
function told(
  model: LoadedModel['model'],
  open: OpenTokens,
  text: string,
  top: number,
  before: readonly Token[],
): Told {
  const logprobs = open.probabilities.flatMap((probabilities, index) => {
    const token = open.tokens[index];
    if (token === undefined) return [];
    const chosen = { token, probabilities, text: index === open.tokens.length - 1 ? text : '' };
    return [logprobOf(model, chosen, top, before)];
  });
  return { text, tokens: open.tokens.length, logprobs };
}

async function write(
  loaded: LoadedModel,
  ask: GenerateAsk,
  { sequence }: Slot,
  prompt: readonly Token[],
  { signal, emit }: Call<EngineItem>,
): Promise<EngineAnswer> {
  const { model, facts } = loaded;
  const room = facts.context_length - prompt.length;
  const limit = Math.min(ask.max_tokens ?? room, room);
  const written: Token[] = [];
  const grammar = outputGrammar(loaded, ask);
  const spelling = createSpelling<Token>((pieces, before) => model.detokenize(pieces, false, before), prompt);
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
    if (open.tokens.length > 0) await tell(stops.add(told(model, open, last, ask.logprobs ?? 0, before)));
    await tell(stops.rest());
    return { t: 'finished', reason, completion_tokens: written.length };
  };

  const tokens = sequence.evaluateWithMetadata(
    prompt.slice(-1),
    { probabilities: ask.logprobs !== null },
    { ...evaluateOptions(model, ask.sampling, written), grammarEvaluationState: () => grammar.state() },
  );
  try {
    let next = await tokens.next();
    while (!next.done) {
      signal.throwIfAborted();
      const { token } = next.value;
      if (model.isEogToken(token)) return await finished('stop');
      written.push(token);
      open.tokens.push(token);
      const { probabilities } = next.value as { probabilities?: ReadonlyMap<Token, number> };
      if (probabilities !== undefined) open.probabilities.push(probabilities);
      const before = spelling.tail();
      const spelled = spelling.add(token);
      let again: Token[] | undefined;
      if (spelled !== null) {
        // What stands behind the opening of a call in the same token was not written under the call's grammar.
        const behind = grammar.wrote(spelled);
        const text = spelled.slice(0, spelled.length - behind);
        if (behind > 0) again = [...model.tokenize(text, false, 'trimLeadingSpace')];
        const { stopped, ...piece } = stops.add(told(model, open, text, ask.logprobs ?? 0, before));
        open = noTokens();
        await tell(piece);
        if (stopped) return { t: 'finished', reason: 'stop', completion_tokens: written.length };
      }
      if (written.length >= limit) return await finished('length');
      next = await (again === undefined ? tokens.next() : tokens.next(again));
    }
    return await finished('stop');
  } finally {
    await tokens.return();
  }
}

export async function generate(loaded: LoadedModel, ask: GenerateAsk, call: Call<EngineItem>): Promise<EngineAnswer> {
  if (loaded.slots === null) throw new AppError('invalid-state', 'This model does not generate text.');
  const { tokens, reasoning, droppedMessages, droppedTokens } = await fittedPrompt(loaded.prompts, ask, call.signal);
  const slot = await loaded.slots.take(tokens, call.signal);
  try {
    const cached = await prefill(loaded, slot, tokens, call.signal);
    await call.emit({
      t: 'started',
      prompt_tokens: tokens.length,
      cached_tokens: cached,
      dropped_messages: droppedMessages,
      dropped_tokens: droppedTokens,
      reasoning,
    });
    return await write(loaded, ask, slot, tokens, call);
  } finally {
    slot.release();
  }
}
