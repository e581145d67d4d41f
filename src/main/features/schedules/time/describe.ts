/** A trigger in words, and what the turn of the clock does to its times. */
import cronstrue from 'cronstrue';
import type { Trigger } from '../../../../contract/automation/schedule/triggers.ts';
import { eventWords } from '../triggers/words.ts';
import { requireCron } from './trigger.ts';
import { type Instant, type Stretch, stretchesOf } from './zone.ts';

const DAY_MS = 86_400_000;
const UNITS = [
  [86_400, 'day'],
  [3600, 'hour'],
  [60, 'minute'],
  [1, 'second'],
] as const;

/** Sentence without a full stop: "At 07:30, Monday through Friday (Europe/Berlin)". @throws AppError `validation-error` */
export function wordsOf(trigger: Trigger): string {
  switch (trigger.kind) {
    case 'cron': {
      requireCron(trigger);
      const words = cronstrue.toString(trigger.expr, { use24HourTimeFormat: true, throwExceptionOnParseError: false });
      // What croner reads and cronstrue does not is said as it was written.
      return `${words.startsWith('An error occurred') ? trigger.expr : words} (${trigger.timezone})`;
    }
    case 'interval': {
      const [size, unit] = UNITS.find(([seconds]) => trigger.seconds % seconds === 0) ?? UNITS[3];
      const count = trigger.seconds / size;
      return count === 1 ? `Every ${unit}` : `Every ${count} ${unit}s`;
    }
    case 'once':
      return 'Once';
    case 'event':
    case 'webhook':
      return eventWords(trigger);
  }
}

/** Sentences about the next two turns of the clock within a year that change something. @throws AppError `validation-error` */
export function clockWarnings(trigger: Trigger, from: Instant): string[] {
  if (trigger.kind !== 'cron') return [];
  const times = requireCron(trigger);
  const stretches = stretchesOf(trigger.timezone, from, from + 366 * DAY_MS);
  return stretches
    .flatMap((stretch, i) => {
      const before = stretches[i - 1];
      return before ? [warningOf(before, stretch)] : [];
    })
    .filter((warning) => warning !== null)
    .slice(0, 2);

  function warningOf(before: Stretch, after: Stretch): string | null {
    const shown = before.to + before.offset;
    const begins = after.from + after.offset;
    const [first, last] = [Math.min(shown, begins), Math.max(shown, begins)];
    const affected = times.shownBetween(first, last);
    if (affected === null) return null;
    const day = new Date(first).toLocaleDateString('en-GB', { timeZone: 'UTC', dateStyle: 'long' });
    const time = clock(affected);
    if (shown > begins) {
      return times.isFixed
        ? `On ${day} the clock is turned back and shows ${time} twice: it runs the first time only.`
        : `On ${day} the clock is turned back and shows ${clock(begins)} to ${clock(shown)} twice: it runs both times.`;
    }
    if (times.isFixed && trigger.kind === 'cron' && trigger.gap === 'run_after')
      return `On ${day} the clock is turned forward and never shows ${time}: it runs at ${clock(begins)}.`;
    return `On ${day} the clock is turned forward and never shows ${time}: it does not run then.`;
  }
}

const clock = (wall: number) => new Date(wall).toISOString().slice(11, 16);
