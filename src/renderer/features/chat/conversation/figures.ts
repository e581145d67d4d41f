/** What an answer took, in words. */
import { count, duration } from '../../../lib/format.ts';

export interface Took {
  tokens: number | null;
  firstMs: number | null;
  lastMs: number | null;
}

/** `120 tokens`, `first token 240 ms`, `34.2 tokens/s`. The first token ends the prompt, so the rate is of those behind it. */
export function figuresOf({ tokens, firstMs, lastMs }: Took): string[] {
  if (tokens === null || tokens === 0) return [];
  const writing = firstMs === null || lastMs === null ? 0 : lastMs - firstMs;
  const rate = tokens > 1 && writing > 0 ? ((tokens - 1) / writing) * 1000 : null;
  return [
    `${count(tokens)} ${tokens === 1 ? 'token' : 'tokens'}`,
    ...(firstMs === null ? [] : [`first token ${duration(firstMs)}`]),
    ...(rate === null ? [] : [`${rate >= 100 ? Math.round(rate) : rate.toFixed(1)} tokens/s`]),
  ];
}
