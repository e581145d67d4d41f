/** Counts log lines per time slot. */
import type { LogRow } from '../../lib/log/ring.ts';
import type { TimeRange } from '../../lib/log/time-range.ts';

/** Maximum number of bars. */
export const MOST_SLOTS = 60;
/** Minimum slot length while no range is selected, ms. */
const SHORTEST_SLOT_MS = 1_000;

/** Number of lines per slot. */
export type Counts = number[];

/** Slots of equal length from `from` to `to`, unix ms. */
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
    // Marks are messages of the viewer, not log lines.
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

/** Counts the lines in `range`, or over their whole time span when it is `null`. */
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

/** Index of the slot that contains `at`, clamped to the first and last. */
export function slotAt({ from, to, slots }: Axis, at: number): number {
  return Math.min(slots - 1, Math.max(0, Math.floor(((at - from) / (to - from)) * slots)));
}

/** Time range of two slots and all between them, in whole ms, so that it contains exactly the lines that their bars count. */
export function rangeOfSlots({ from, to, slots }: Axis, first: number, last: number): TimeRange {
  const edge = (slot: number) => Math.ceil(from + ((to - from) * slot) / slots);
  return { from: edge(Math.min(first, last)), to: edge(Math.max(first, last) + 1) };
}

/** Totals of two slots and all between them. */
export function countSlots(buckets: Buckets, first: number, last: number): { lines: number; errors: number } {
  const [low, high] = [Math.min(first, last), Math.max(first, last) + 1];
  const sum = (counts: Counts) => counts.slice(low, high).reduce((total, count) => total + count, 0);
  const errors = sum(buckets.error);
  return { lines: errors + sum(buckets.warn) + sum(buckets.rest), errors };
}
