/**
 * When a cron pattern fires in a time zone. croner matches the pattern as if the clock on the wall were UTC; which instants have that wall
 * time, and what becomes of times that the wall shows never or twice, follows Vixie cron (cron(8), "daylight saving time"): a fixed time
 * that is skipped fires once, at the first instant after the gap, and one that comes twice fires the first time only; a pattern with `*`,
 * `-` or `/` among its times fires whenever the wall shows a time that it matches.
 */
import { Cron } from 'croner';
import { type Instant, offsetAt, type Stretch, stretchesOf, type WallTime } from './zone.ts';

/** What becomes of a fixed time that the wall does not show on the day. */
export type GapPolicy = 'run_after' | 'skip';

/** A pattern in a zone. */
export interface CronTimes {
  /** The first instant after another at which it fires; null when there is none. */
  next(after: Instant): Instant | null;
  /** The first wall time that it matches from one on and before another; null when there is none. */
  shownBetween(first: WallTime, end: WallTime): WallTime | null;
  /** Whether its times are fixed ones, to which the rules of gaps and overlaps apply. */
  readonly isFixed: boolean;
}

const DAY_MS = 86_400_000;
/** What is looked up at once, ms: who asks for one time mostly asks for the next. */
const KNOWN_AHEAD_MS = 60 * DAY_MS;
/** No zone is further from UTC, nor has ever turned its clock by more. */
const MOST_OFFSET_MS = DAY_MS;
/** Days in a row on which a pattern may match without firing: `skip` in a gap, which no zone has more than a few times a year. */
const MOST_MISSES = 50;

/**
 * Reads a pattern of five or six fields, or a nickname such as `@daily`.
 * @throws Error that says what is wrong with it
 */
export function createCronTimes(expression: string, zone: string, gap: GapPolicy = 'run_after'): CronTimes {
  const pattern = new Cron(expression, { timezone: 'UTC', paused: true, mode: '5-or-6-parts' });
  const isFixed = !/[*\-/]/.test(timesOf(pattern.getPattern() ?? expression));

  const match = (after: WallTime): WallTime | null => pattern.nextRun(new Date(after))?.getTime() ?? null;

  let known = { from: Number.POSITIVE_INFINITY, to: Number.NEGATIVE_INFINITY, stretches: [] as Stretch[] };
  /** The stretches around some days, which the next times lie in as well. */
  function around(from: Instant, to: Instant): readonly Stretch[] {
    if (from < known.from || to > known.to) {
      const further = to + KNOWN_AHEAD_MS;
      known = { from, to: further, stretches: stretchesOf(zone, from, further) };
    }
    return known.stretches;
  }

  /** Fires in one stretch after an instant. `before` is the stretch in front of it. */
  function firstIn(stretch: Stretch, before: Stretch | undefined, after: Instant): Instant | null {
    const start = Math.max(after, stretch.from - 1);
    let wall: WallTime = start + stretch.offset;
    if (isFixed && before) {
      const shown = before.to + before.offset;
      const begins = stretch.from + stretch.offset;
      // In a gap: a match between what the wall showed last and what it shows first.
      if (begins > shown && after < stretch.from && gap === 'run_after') {
        const skipped = match(shown - 1);
        if (skipped !== null && skipped < begins) return stretch.from;
      }
      // In an overlap: what the wall has shown before has fired before.
      if (shown > begins) wall = Math.max(wall, shown - 1);
    }
    const found = match(wall);
    if (found === null) return null;
    const instant = found - stretch.offset;
    return instant < stretch.to ? instant : null;
  }

  return {
    isFixed,
    shownBetween(first, end) {
      const found = match(first - 1);
      return found !== null && found < end ? found : null;
    },
    next(after) {
      let from = after;
      for (let misses = 0; misses < MOST_MISSES; misses++) {
        // The wall time of the next match says around which day to look; years may lie between.
        const wall = match(from + offsetAt(zone, from) - 2 * MOST_OFFSET_MS);
        if (wall === null) return null;
        const nearest = Math.max(from, wall - 2 * MOST_OFFSET_MS);
        const until = nearest + 5 * DAY_MS;
        const stretches = around(nearest - DAY_MS, until);
        for (const [i, stretch] of stretches.entries()) {
          if (stretch.to <= from) continue;
          const found = firstIn(stretch, stretches[i - 1], from);
          if (found !== null && found <= until) return found;
        }
        from = until;
      }
      return null;
    },
  };
}

/** The fields of the time of day: seconds, if there are any, minutes and hours. */
function timesOf(pattern: string): string {
  const fields = (NICKNAMES[pattern.trim().toLowerCase()] ?? pattern).trim().split(/\s+/);
  return fields.slice(0, fields.length - 3).join(' ');
}

const NICKNAMES: Readonly<Record<string, string>> = {
  '@hourly': '0 * * * *',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@weekly': '0 0 * * 0',
  '@monthly': '0 0 1 * *',
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
};
