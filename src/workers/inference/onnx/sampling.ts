/** Chooses the next token. */
import type { Sampling, TokenLogprob } from '../../../contract/models/engine.ts';

/** Tokens that penalties look back on. */
const LOOK_BACK = 256;
/** What stands for the logarithm of 0, as JSON has no infinity. */
const LEAST = -9999;
/** Logarithm of how much less likely than the best a token may be and still be drawn: 2⁻³² and less never come up. */
const NEVER = 23;

export interface Sampler {
  /** Changes the logits in place. @param written what the model has written so far */
  next(logits: Float32Array, written: readonly number[]): number;
  /** Probabilities of the last choice, as natural logarithms: of the chosen token and of the likeliest ones. */
  logprobs(top: number): { chosen: number; likeliest: { token: number; logprob: number }[] };
}

/** Small deterministic generator (mulberry32): numbers from 0 to 1. */
function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  };
}

function best(logits: Float32Array): number {
  let at = 0;
  for (let index = 1; index < logits.length; index++) if ((logits[index] ?? 0) > (logits[at] ?? 0)) at = index;
  return at;
}

/** Penalties on what was written, and what is added to single tokens. */
function adjust(logits: Float32Array, sampling: Sampling, written: readonly number[]): void {
  const { repetition_penalty, frequency_penalty, presence_penalty } = sampling;
  for (const [token, bias] of sampling.logit_bias)
    if (token < logits.length) logits[token] = (logits[token] ?? 0) + bias;
  if (repetition_penalty === 1 && frequency_penalty === 0 && presence_penalty === 0) return;
  for (const [token, again] of Map.groupBy(written.slice(-LOOK_BACK), (one) => one)) {
    const logit = logits[token] ?? 0;
    const repeated = logit > 0 ? logit / repetition_penalty : logit * repetition_penalty;
    logits[token] = repeated - again.length * frequency_penalty - presence_penalty;
  }
}

/** What may be drawn, likeliest first, with weights that the filters leave. */
function candidates(logits: Float32Array, { top_k, top_p, min_p }: Sampling, most: number) {
  const all: { token: number; weight: number }[] = [];
  for (let token = 0; token < logits.length; token++) {
    const below = (logits[token] ?? 0) - most;
    if (below > -NEVER) all.push({ token, weight: Math.exp(below) });
  }
  all.sort((one, other) => other.weight - one.weight);
  if (top_k > 0) all.length = Math.min(all.length, top_k);
  const total = all.reduce((sum, { weight }) => sum + weight, 0);
  let sum = 0;
  const last = all.findIndex(({ weight }) => {
    sum += weight;
    return sum >= top_p * total;
  });
  if (last !== -1) all.length = last + 1;
  // The likeliest one weighs 1.
  return all.filter(({ weight }, index) => index === 0 || weight >= min_p);
}

export function createSampler(sampling: Sampling): Sampler {
  const random = randomOf(sampling.seed);
  let seen: Float32Array = new Float32Array();
  let chosen = 0;

  function draw(logits: Float32Array): number {
    const likeliest = best(logits);
    if (sampling.temperature === 0) return likeliest;
    for (let index = 0; index < logits.length; index++) logits[index] = (logits[index] ?? 0) / sampling.temperature;
    const left = candidates(logits, sampling, logits[likeliest] ?? 0);
    let point = random() * left.reduce((sum, { weight }) => sum + weight, 0);
    for (const { token, weight } of left) {
      point -= weight;
      if (point < 0) return token;
    }
    return likeliest;
  }

  return {
    next(logits, written) {
      adjust(logits, sampling, written);
      seen = logits;
      chosen = draw(logits);
      return chosen;
    },
    logprobs(top) {
      const most = seen[best(seen)] ?? 0;
      let sum = 0;
      for (const logit of seen) sum += Math.exp(logit - most);
      const logarithm = most + Math.log(sum);
      const of = (token: number) => Math.min(0, Math.max(LEAST, (seen[token] ?? 0) - logarithm));
      return {
        chosen: of(chosen),
        likeliest: likeliestOf(seen, top).map((token) => ({ token, logprob: of(token) })),
      };
    },
  };
}

/** The tokens with the greatest logits, the greatest first. */
function likeliestOf(logits: Float32Array, count: number): number[] {
  const out: number[] = [];
  if (count === 0) return out;
  for (let token = 0; token < logits.length; token++) {
    const logit = logits[token] ?? 0;
    if (out.length === count && logit <= (logits[out.at(-1) ?? 0] ?? 0)) continue;
    const at = out.findIndex((other) => (logits[other] ?? 0) < logit);
    out.splice(at === -1 ? out.length : at, 0, token);
    if (out.length > count) out.pop();
  }
  return out;
}

/** A token as answers tell it. */
export const tokenLogprob = (text: string, logprob: number): TokenLogprob => ({
  token: text,
  logprob,
  bytes: text.includes('\u{FFFD}') ? null : [...Buffer.from(text)],
});
