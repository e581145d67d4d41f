/** Probabilities of tokens. */
import type { LlamaModel, Token } from 'node-llama-cpp';
import type { Logprob, TokenLogprob } from '../../../contract/models/engine.ts';

/** What stands for the logarithm of 0, as JSON has no infinity. */
const LEAST = -9999;

/** One token that was chosen. */
export interface Chosen {
  token: Token;
  /** What it added to the text. */
  text: string;
  probabilities: ReadonlyMap<Token, number>;
}

/** @param before tokens on which the spelling of the alternatives depends */
export function logprobOf(model: LlamaModel, chosen: Chosen, top: number, before: readonly Token[]): Logprob {
  const one = (text: string, probability: number): TokenLogprob => ({
    token: text,
    logprob: probability > 0 ? Math.min(0, Math.max(LEAST, Math.log(probability))) : LEAST,
    bytes: text.includes('\u{FFFD}') ? null : [...Buffer.from(text)],
  });
  const likeliest = [...chosen.probabilities.entries().take(top)].map(([token, probability]) =>
    one(token === chosen.token ? chosen.text : model.detokenize([token], true, before), probability),
  );
  return { ...one(chosen.text, chosen.probabilities.get(chosen.token) ?? 0), top_logprobs: likeliest };
}
