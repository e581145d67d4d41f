/** Lines of the log counted by slots of time. */
import type { LogRow } from '../../lib/log/ring.ts';
import type { TimeRange } from '../../lib/log/time-range.ts';

/** Most bars of the histogram. */
export const MOST_SLOTS = 60;
/** Shortest slot unless the user chose a range, ms. */
const SHORTEST_SLOT_MS = 1_000;

/** Lines of one level over all slots. */
export type Counts = number[];

/** Slots of one length from `from` to `to`, unix ms. */
export interface Buckets extends TimeRange {
  slots: number;
  error: Counts;
  warn: Counts;
  rest: Counts;
}

interface Rows {
  readonly length: number;
  at(index: number): Pick<LogRow, 'at' | 'level' | 'mark'> | undefined;
}

function each(rows: Rows, use: (row: Pick<LogRow, 'at' | 'level'>) => void): void {
  for (let index = 0; index < rows.length; index += 1) {
    const row = rows.at(index);
    // What the viewer itself says is no line of the log.
    if (row !== undefined && row.mark === undefined) use(row);
  }
}

function spanOf(rows: Rows): TimeRange {
  let from = Number.POSITIVE_INFINITY;
  let to = 0;
  each(rows, ({ at }) => {
    from = Math.min(from, at);
    to = Math.max(to, at + 1);
  });
  return to === 0 ? { from: 0, to: 1 } : { from, to };
}

/** Counts the lines of `range`, or of all their time when it is `null`. */
export function bucketsOf(rows: Rows, range: TimeRange | null): Buckets {
  const { from, to: last } = range ?? spanOf(rows);
  const to = range === null ? Math.max(last, from + MOST_SLOTS * SHORTEST_SLOT_MS) : last;
  const slots = Math.max(1, Math.min(MOST_SLOTS, to - from));
  const zeros = () => new Array<number>(slots).fill(0);
  const buckets: Buckets = { from, to, slots, error: zeros(), warn: zeros(), rest: zeros() };
  each(rows, ({ at, level }) => {
    if (at < from || at >= to) return;
    const into = level === 'error' ? buckets.error : level === 'warn' ? buckets.warn : buckets.rest;
    const slot = slotAt(buckets, at);
    into[slot] = (into[slot] ?? 0) + 1;
  });
  return buckets;
}

type Axis = Pick<Buckets, 'from' | 'to' | 'slots'>;

/** The slot that a moment lies in; moments outside lie in the first or the last. */
export function slotAt({ from, to, slots }: Axis, at: number): number {
  return Math.min(slots - 1, Math.max(0, Math.floor(((at - from) / (to - from)) * slots)));
}

/** The time from the start of one slot to the end of another, in whole ms, so that it holds exactly the lines of its bars. */
export function rangeOfSlots({ from, to, slots }: Axis, first: number, last: number): TimeRange {
  const edge = (slot: number) => Math.ceil(from + ((to - from) * slot) / slots);
  return { from: edge(Math.min(first, last)), to: edge(Math.max(first, last) + 1) };
}

/** Lines and errors from one slot to another. */
export function countSlots(buckets: Buckets, first: number, last: number): { lines: number; errors: number } {
  const [low, high] = [Math.min(first, last), Math.max(first, last) + 1];
  const sum = (counts: Counts) => counts.slice(low, high).reduce((total, count) => total + count, 0);
  const errors = sum(buckets.error);
  return { lines: errors + sum(buckets.warn) + sum(buckets.rest), errors };
}
