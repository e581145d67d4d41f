/** Moving between the hits of a search while lines come and go. */
import type { LogRow } from './ring.ts';

/** Of what the search found, the lines that are shown; only these can be gone to. Both are in order. */
export function shownHits(rows: readonly Pick<LogRow, 'seq' | 'mark'>[], found: readonly number[]): number[] {
  if (found.length === 0) return [];
  const all = new Set(found);
  return rows.flatMap(({ seq, mark }) => (mark === undefined && all.has(seq) ? [seq] : []));
}

/**
 * The hit after or before the one the user is at, around the end; the first, or the last, when they are at none. What they were at
 * may be no hit any more. `null` when there is none.
 */
export function nextHit(hits: readonly number[], at: number | null, by: 1 | -1): number | null {
  const next = by === 1 ? hits.find((seq) => at === null || seq > at) : hits.findLast((seq) => at === null || seq < at);
  return next ?? (by === 1 ? hits[0] : hits.at(-1)) ?? null;
}
