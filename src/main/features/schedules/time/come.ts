/** The times of a schedule that have come, and the one after them. */
import type { ScheduleRow } from '../schema.ts';
import { timesOf } from './trigger.ts';

/** Most times that get a line each after a long pause; those before them share one. */
const MOST_LINES = 1000;
/** Times that are gone through from the first one on, so that a pause of a year holds nothing up; those after them are found from the end. */
const MOST_COUNTED = 3000;

/**
 * Times up to now, the last {@link MOST_LINES} of them at most.
 * @returns with how many there were before those, at least, and the time after now
 */
export function comeOf(row: ScheduleRow, now: number): { times: number[]; uncounted: number; next: number | null } {
  const next = timesOf(row);
  const times: number[] = [];
  let uncounted = 0;
  let at = row.next_run_at;
  for (let n = 1; at !== null && at <= now; n++) {
    times.push(at);
    if (times.length > MOST_LINES) {
      times.shift();
      uncounted += 1;
    }
    at = n === MOST_COUNTED ? (next(fromTheEnd(times, now)) ?? next(now)) : next(at);
  }
  return { times, uncounted, next: at };
}

/** Where about as many times are left as get a line, if they go on as densely as before; never before the last one. */
function fromTheEnd(times: readonly number[], now: number): number {
  const last = times.at(-1) ?? now;
  const apart = (last - (times[0] ?? last)) / Math.max(1, times.length - 1);
  return Math.max(last, now - MOST_LINES * apart);
}
