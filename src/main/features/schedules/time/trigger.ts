/** The times of a trigger within the span of its schedule. */
import type { Trigger } from '../../../../contract/automation/schedule/triggers.ts';
import { invalidField } from '../../../../contract/kernel/errors.ts';
import { createCronTimes } from './cron.ts';
import type { Instant } from './zone.ts';

/** What the times of a schedule follow from. */
export interface Timing {
  trigger: Trigger;
  /** What an interval counts from. */
  anchor: Instant;
  start_at: Instant | null;
  end_at: Instant | null;
}

/** The last time that can be told: of a year of four digits. */
const LAST = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

/** The first time after an instant; null when there is none. */
export type NextTime = (after: Instant) => Instant | null;

/** @throws AppError `validation-error` for a pattern that cannot be read */
export function timesOf({ trigger, anchor, start_at, end_at }: Timing): NextTime {
  const next = bare(trigger, anchor);
  return (after) => {
    const time = next(start_at === null ? after : Math.max(after, start_at - 1));
    return time === null || time > Math.min(end_at ?? LAST, LAST) ? null : time;
  };
}

function bare(trigger: Trigger, anchor: Instant): NextTime {
  switch (trigger.kind) {
    case 'cron':
      return requireCron(trigger).next;
    case 'interval': {
      const every = trigger.seconds * 1000;
      // From a fixed point, so that what a start takes does not add up.
      return (after) => anchor + Math.max(1, Math.floor((after - anchor) / every) + 1) * every;
    }
    case 'once': {
      const at = Date.parse(trigger.at);
      return (after) => (at > after ? at : null);
    }
    case 'event':
    case 'webhook':
      // Nobody can tell when something will happen.
      return () => null;
  }
}

/** @throws AppError `validation-error` */
export function requireCron({ expr, timezone, gap }: Extract<Trigger, { kind: 'cron' }>) {
  try {
    return createCronTimes(expr, timezone, gap);
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/^CronPattern: /, '') : 'cannot be read';
    throw invalidField('trigger.expr', `is not a pattern: ${reason}`);
  }
}
