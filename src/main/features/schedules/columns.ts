/** From what was given to the columns of a row, its times included. */
import { type Schedule, ScheduleCreate } from '../../../contract/automation/schedule/schedules.ts';
import { isEventTrigger } from '../../../contract/automation/schedule/triggers.ts';
import { invalidField } from '../../../contract/kernel/errors.ts';
import type { ScheduleRow } from './schema.ts';
import { type Timing, timesOf } from './time/trigger.ts';

/** Members that an update may change; null sets a member back to what a new schedule has. */
export type SchedulePatch = Partial<{ [K in keyof ScheduleCreate]: ScheduleCreate[K] | null }>;

const instant = (at: string | null) => (at === null ? null : Date.parse(at));

/**
 * The first time of a schedule from now on.
 * @param isNew a trigger that has just been given: its one time comes also when it has passed
 */
export function firstTime(timing: Timing & { enabled: boolean }, now: number, isNew: boolean): number | null {
  if (!timing.enabled) return null;
  return timesOf(timing)(isNew && timing.trigger.kind === 'once' ? Number.MIN_SAFE_INTEGER : now);
}

/** What its times count from: nothing has started yet for one that waits for events. */
export const anchorOf = ({ trigger }: Pick<Timing, 'trigger'>, now: number): number =>
  isEventTrigger(trigger) ? 0 : now;

/** The members of a row that follow from what was given. @throws AppError `validation-error`, also for a pattern that cannot be read */
export function columnsOf(given: Omit<ScheduleCreate, 'input'>) {
  const { target, start_at, end_at, ...rest } = given;
  const span = { start_at: instant(start_at), end_at: instant(end_at) };
  if (span.start_at !== null && span.end_at !== null && span.end_at <= span.start_at)
    throw invalidField('end_at', 'must be later than start_at');
  // One that is switched off has no times yet; its pattern has to be one all the same.
  timesOf({ ...span, trigger: rest.trigger, anchor: 0 });
  return { ...rest, ...span, command_id: target.command_id };
}

/** The editable members after a patch; a member that no new schedule has by itself stays when the patch clears it. */
export function patched(shown: Omit<Schedule, 'input'>, patch: SchedulePatch): Omit<ScheduleCreate, 'input'> {
  const names = Object.keys(ScheduleCreate.shape).filter((name) => name !== 'input') as (keyof typeof fresh)[];
  const fresh = {} as Omit<ScheduleCreate, 'input'>;
  const next = (name: keyof typeof fresh) => {
    const value = patch[name];
    if (value !== undefined && value !== null) return value;
    const cleared = value === null ? ScheduleCreate.shape[name].safeParse(undefined) : null;
    return cleared?.success ? cleared.data : shown[name];
  };
  return Object.fromEntries(names.map((name) => [name, next(name)])) as typeof fresh;
}

/** Anchor and next time where a patch changes when it runs; null where it does not, so that no time is lost or comes twice. */
export function retimed(
  row: ScheduleRow,
  columns: ReturnType<typeof columnsOf>,
  patch: SchedulePatch,
  now: number,
): { anchor: number; next_run_at: number | null } | null {
  const members = ['trigger', 'start_at', 'end_at', 'enabled'] as const;
  const changed = members.filter(
    (name) => patch[name] !== undefined && JSON.stringify(columns[name]) !== JSON.stringify(row[name]),
  );
  if (changed.length === 0) return null;
  return {
    anchor: anchorOf(columns, now),
    next_run_at: firstTime({ ...columns, anchor: now }, now, changed.includes('trigger')),
  };
}
