/** The arithmetic of the timeline's axis: which range it shows, where a bar lies in it, what its ticks say. Times are unix ms. */

/** A piece of time. `to` is never before `from`. */
export interface Range {
  from: number;
  to: number;
}

/** What can be shown of a task. */
export interface Extent {
  /** Shown until the user zooms: every attempt, and of the wait before the first one not more than leaves the attempts readable. */
  home: Range;
  /** As far as the user can zoom out and pan. */
  limits: Range;
}

/** One move of the user. `at` is the moment that stays where it is. */
export type Move =
  | { type: 'zoom'; factor: number; at: number }
  | { type: 'pan'; share: number }
  | { type: 'show'; range: Range }
  | { type: 'fit' };

/** Place of a bar in percent of the axis; `cut*` where it goes on beyond the range. */
export interface Place {
  left: number;
  width: number;
  cutLeft: boolean;
  cutRight: boolean;
}

/** One mark of the axis. */
export interface Tick {
  /** Percent of the axis. */
  left: number;
  label: string;
}

/** Shortest range that can be zoomed to, ms. */
export const SHORTEST_MS = 10;

const LIVE_FIRST_MS = 4_000;
const LIVE_GROWTH = 1.25;
/** Part of the time of all attempts that the wait before them may take on the axis. */
const WAIT_SHARE = 0.25;

const width = ({ from, to }: Range) => to - from;
const clamp = (value: number, low: number, high: number) => Math.min(high, Math.max(low, value));

/**
 * End of the axis of a task that goes on: some room after `now`, in few steps, so that the bars need not be laid out again each time
 * the clock moves.
 */
export function liveEnd(start: number, now: number): number {
  let length = LIVE_FIRST_MS;
  while (start + length <= now) length *= LIVE_GROWTH;
  return start + length;
}

/** The axis of a task. @param queued when it began to wait @param start of its first attempt @param end of the axis */
export function extentOf(queued: number, start: number, end: number): Extent {
  const to = Math.max(end, start + SHORTEST_MS);
  const from = Math.max(Math.min(queued, start), start - (to - start) * WAIT_SHARE);
  return { home: { from, to }, limits: { from: Math.min(queued, start), to } };
}

/** The range of the same length that is nearest and inside the limits. */
function within(range: Range, limits: Range): Range {
  const length = clamp(width(range), Math.min(SHORTEST_MS, width(limits)), width(limits));
  const from = clamp(range.from, limits.from, limits.to - length);
  return { from, to: from + length };
}

/** The range after a move; `null` is the range that the task has by itself. */
export function moved(range: Range | null, move: Move, { home, limits }: Extent): Range | null {
  if (move.type === 'fit') return null;
  const old = range ?? home;
  const next = within(changed(old, move), limits);
  const passesHome = width(old) < width(home) && width(next) >= width(home) && move.type === 'zoom';
  return passesHome || (next.from === home.from && next.to === home.to) ? null : next;
}

function changed(old: Range, move: Exclude<Move, { type: 'fit' }>): Range {
  if (move.type === 'show') {
    const middle = (move.range.from + move.range.to) / 2;
    const half = Math.max(SHORTEST_MS, width(move.range)) / 2;
    return { from: middle - half, to: middle + half };
  }
  if (move.type === 'pan') {
    const by = width(old) * move.share;
    return { from: old.from + by, to: old.to + by };
  }
  const share = (move.at - old.from) / width(old);
  const length = Math.max(SHORTEST_MS, width(old) * move.factor);
  // What is not on the axis yet comes into its middle.
  const from = move.at - length * (share < 0 || share > 1 ? 0.5 : share);
  return { from, to: from + length };
}

/** A moment in percent of the range; outside of it less than 0 or more than 100. */
export const percentOf = (at: number, range: Range): number => ((at - range.from) / width(range)) * 100;

/** Where a bar lies, or on which side of the range it is. */
export function placeOf(bar: Range, range: Range): Place | 'before' | 'after' {
  if (bar.from < range.from && bar.to <= range.from) return 'before';
  if (bar.to > range.to && bar.from >= range.to) return 'after';
  const left = clamp(percentOf(bar.from, range), 0, 100);
  return {
    left,
    width: clamp(percentOf(bar.to, range), 0, 100) - left,
    cutLeft: bar.from < range.from,
    cutRight: bar.to > range.to,
  };
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const STEPS = [
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500],
  ...[1, 2, 5, 10, 15, 30].map((count) => count * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((count) => count * MINUTE),
  ...[1, 2, 3, 6, 12].map((count) => count * HOUR),
];

function stepFor(length: number, most: number): number {
  const step = STEPS.find((each) => length / each <= most);
  if (step !== undefined) return step;
  let days = 1;
  while (length / (days * DAY) > most) days *= 2;
  return days * DAY;
}

/**
 * Time since the start of the first attempt, as exact as steps of `step` ms need: `0`, `250 ms`, `1.50 s`, `1 m 05 s`, `2 h 10 m`;
 * `−3 s` is before it.
 */
export function offsetLabel(offset: number, step: number): string {
  const ms = Math.abs(Math.round(offset));
  if (ms === 0) return '0';
  const sign = offset < 0 ? '−' : '';
  if (ms < SECOND && step < SECOND) return `${sign}${ms} ms`;
  const decimals = step >= SECOND ? 0 : step >= 100 ? 1 : step >= 10 ? 2 : 3;
  if (ms < MINUTE) return `${sign}${(ms / SECOND).toFixed(decimals)} s`;
  const seconds = ((ms % MINUTE) / SECOND).toFixed(decimals).padStart(decimals === 0 ? 2 : decimals + 3, '0');
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0');
  // A unit is said when the steps are finer than the next larger one.
  const units = [
    { shown: ms >= DAY, text: `${Math.floor(ms / DAY)} d` },
    { shown: ms >= HOUR && step < DAY, text: `${two((ms % DAY) / HOUR)} h` },
    { shown: step < HOUR, text: `${two((ms % HOUR) / MINUTE)} m` },
    { shown: step < MINUTE, text: `${seconds} s` },
  ];
  const text = units.flatMap((unit) => (unit.shown ? [unit.text] : [])).join(' ');
  return text === '' ? '0' : `${sign}${text.replace(/^0(?=\d)/, '')}`;
}

/** Marks at round times. @param zero the moment that is called 0 @param most how many fit */
export function ticksOf(range: Range, zero: number, most: number): Tick[] {
  const step = stepFor(width(range), Math.max(1, most));
  const first = Math.ceil((range.from - zero) / step);
  const last = Math.floor((range.to - zero) / step);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => {
    const offset = (first + index) * step;
    return { left: percentOf(zero + offset, range), label: offsetLabel(offset, step) };
  });
}

/** The range in words, as exact as its length needs. */
export function rangeLabel(range: Range, zero: number): string {
  const step = stepFor(width(range), 100);
  return `${offsetLabel(range.from - zero, step)} – ${offsetLabel(range.to - zero, step)}`;
}
