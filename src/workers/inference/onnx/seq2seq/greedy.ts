/** Writes the likeliest token again and again. */
import type { Writing } from './writer.ts';

/** What a text begins with, and when it ends. */
export interface GreedyPlan {
  /** Tokens that stand before the text. */
  prompt: readonly number[];
  ends: ReadonlySet<number>;
  /** Tokens in all, those before the text among them. */
  maxLength: number;
  /** Changes how likely the next tokens are, given those that were written behind the prompt. */
  adjust(logits: Float32Array, written: readonly number[]): void;
  signal: AbortSignal;
}

/** Place of the greatest number; the first of several. */
export function likeliest(logits: Float32Array, from = 0, to = logits.length): number {
  let at = from;
  for (let index = from + 1; index < to; index++) if ((logits[index] ?? 0) > (logits[at] ?? 0)) at = index;
  return at;
}

/** A text as it was written. */
export interface Written {
  /** The tokens behind the prompt, without the one that ends them. */
  tokens: number[];
  /** Whether the length ended it, and not the model. */
  truncated: boolean;
}

export async function writeGreedily(writing: Writing, plan: GreedyPlan): Promise<Written> {
  const { prompt, ends, maxLength, adjust, signal } = plan;
  const written: number[] = [];
  let next: readonly number[] = prompt;
  while (prompt.length + written.length < maxLength) {
    signal.throwIfAborted();
    const logits = await writing.step(next);
    adjust(logits, written);
    const token = likeliest(logits);
    if (ends.has(token)) return { tokens: written, truncated: false };
    written.push(token);
    next = [token];
  }
  signal.throwIfAborted();
  return { tokens: written, truncated: true };
}

/** Tokens that are never written, and those that are not written first, as `generation_config.json` names them. */
export function suppression(never: readonly number[], notFirst: readonly number[]): GreedyPlan['adjust'] {
  return (logits, written) => {
    for (const token of written.length === 0 ? [...never, ...notFirst] : never)
      if (token < logits.length) logits[token] = Number.NEGATIVE_INFINITY;
  };
}
