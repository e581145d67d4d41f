/** The times of a schedule that have come, and the one after them. */
import type { ScheduleRow } from '../schema.ts';
import { timesOf } from './trigger.ts';

/** Most times that get a line each after a long pause; those before them share one. */
const MOST_LINES = 1000;
/** Times that are counted after a pause; an interval of five seconds has as many in two years. */
const MOST_COUNTED = 12_000_000;

/** Times up to now; those before the last {@link MOST_LINES} are only counted. */
export function comeOf(row: ScheduleRow, now: number): { times: number[]; uncounted: number; next: number | null } {
  const next = timesOf(row);
  const times: number[] = [];
  let uncounted = 0;
  let at = row.next_run_at;
  for (let n = 0; at !== null && at <= now && n < MOST_COUNTED; n++) {
    times.push(at);
    if (times.length > MOST_LINES) {
      times.shift();
      uncounted += 1;
    }
    at = next(at);
  }
  return { times, uncounted, next: at !== null && at <= now ? next(now) : at };
}
