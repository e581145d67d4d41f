/** Maps between schedules and the values of their form. The input of the command is none of them. */
import { z } from 'zod';
import { MissedPolicy, OverlapPolicy, type Schedule } from '../../../../contract/automation/schedule/schedules.ts';
import type { Trigger } from '../../../../contract/automation/schedule/triggers.ts';
import { Priority } from '../../../../contract/automation/tasks.ts';
import type { CommandId, ProfileId } from '../../../../contract/kernel/scalars.ts';
import type { Shape } from '../../../lib/drafts/fitting.ts';
import type { useDraftForm } from '../../../lib/drafts/use-draft-form.ts';
import type { Input } from '../../../lib/live/query.ts';
import {
  EVENT_SHAPE,
  type EventValues,
  eventProblems,
  eventTriggerOf,
  eventValuesOf,
  isEventKind,
} from './event-values.ts';

/** Units of an interval, seconds. */
export const UNITS = { minutes: 60, hours: 3600, days: 86_400, seconds: 1 } as const;
export type Unit = keyof typeof UNITS;
const UNIT_NAMES = Object.keys(UNITS) as [Unit, ...Unit[]];

/** Values of the form; empty text means "not set". Times are local, as a field of the browser has them. */
export type ScheduleValues = EventValues & {
  name: string;
  command: string | null;
  profiles: string[];
  kind: Trigger['kind'];
  expr: string;
  timezone: string;
  gap: 'run_after' | 'skip';
  every: number | '';
  unit: Unit;
  at: string;
  missed: MissedPolicy;
  overlap: OverlapPolicy;
  priority: Priority;
  jitter: number | '';
  quietFrom: string;
  quietTo: string;
  quietZone: string;
  start: string;
  end: string;
};

/** The form with its draft. */
export type ScheduleDraft = ReturnType<typeof useDraftForm<ScheduleValues>>;

const numberOrText = z.custom<number | ''>((value) => typeof value === 'number' || typeof value === 'string');

/** What a draft of the form can hold. */
export const SCHEDULE_SHAPE: Shape<ScheduleValues> = {
  name: z.string(),
  command: z.string().nullable(),
  profiles: z.array(z.string()),
  ...EVENT_SHAPE,
  kind: z.enum(['cron', 'interval', 'once', 'event', 'webhook']),
  expr: z.string(),
  timezone: z.string(),
  gap: z.enum(['run_after', 'skip']),
  every: numberOrText,
  unit: z.enum(UNIT_NAMES),
  at: z.string(),
  missed: MissedPolicy,
  overlap: OverlapPolicy,
  priority: Priority,
  jitter: numberOrText,
  quietFrom: z.string(),
  quietTo: z.string(),
  quietZone: z.string(),
  start: z.string(),
  end: z.string(),
};

const pad = (value: number) => String(value).padStart(2, '0');

/** `2026-11-28T07:30`, as the clock of this computer shows it. */
function toLocal(at: string | null): string {
  if (at === null) return '';
  const date = new Date(at);
  const day = `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`;
  return `${day}T${pad(date.getHours())}:${pad(date.getMinutes())}`;
}

/**
 * The moment that a field shows. One that was not touched is the one that it was opened with: the field has no seconds, and where the
 * clock is turned back it shows two moments alike.
 */
function fromLocal(text: string, opened: string | null): string | null {
  if (opened !== null && toLocal(opened) === text) return opened;
  const at = Date.parse(text);
  return Number.isNaN(at) ? null : new Date(at).toISOString();
}

/** The zone of this computer. */
export const ownZone = (): string => new Intl.DateTimeFormat().resolvedOptions().timeZone;

const largestUnit = (seconds: number): Unit =>
  (['days', 'hours', 'minutes'] as const).find((unit) => seconds % UNITS[unit] === 0) ?? 'seconds';

/** Initial values for editing `schedule`, or for a new one. */
export function valuesOf(schedule: Schedule | null): ScheduleValues {
  const trigger = schedule?.trigger;
  const seconds = trigger?.kind === 'interval' ? trigger.seconds : 600;
  const unit = largestUnit(seconds);
  const cron = trigger?.kind === 'cron' ? trigger : null;
  return {
    name: schedule?.name ?? '',
    command: schedule?.target.command_id ?? null,
    profiles: schedule?.profile_ids ?? [],
    kind: trigger?.kind ?? 'cron',
    ...{ expr: cron?.expr ?? '30 7 * * 1-5', timezone: cron?.timezone ?? ownZone(), gap: cron?.gap ?? 'run_after' },
    ...{ every: seconds / UNITS[unit], unit },
    ...eventValuesOf(trigger),
    at: trigger?.kind === 'once' ? toLocal(trigger.at) : '',
    missed: schedule?.missed ?? 'run_once',
    overlap: schedule?.overlap ?? 'skip',
    priority: schedule?.priority ?? 'normal',
    jitter: schedule?.jitter_seconds ?? 0,
    ...{ quietFrom: schedule?.quiet?.from ?? '', quietTo: schedule?.quiet?.to ?? '' },
    quietZone: schedule?.quiet?.timezone ?? cron?.timezone ?? ownZone(),
    ...{ start: toLocal(schedule?.start_at ?? null), end: toLocal(schedule?.end_at ?? null) },
  };
}

/** The trigger that the values say; null while it is incomplete. @param opened the schedule that the form was opened with */
export function triggerOf(values: ScheduleValues, opened: Schedule | null): Trigger | null {
  switch (values.kind) {
    case 'cron': {
      const { expr, timezone, gap } = values;
      return expr.trim() === '' ? null : { kind: 'cron', expr: expr.trim(), timezone, gap };
    }
    case 'interval': {
      const seconds = Number(values.every) * UNITS[values.unit];
      return values.every === '' || !Number.isInteger(seconds) || seconds < 5 ? null : { kind: 'interval', seconds };
    }
    case 'once': {
      const at = fromLocal(values.at, opened?.trigger.kind === 'once' ? opened.trigger.at : null);
      return at === null ? null : { kind: 'once', at };
    }
    case 'event':
    case 'webhook':
      return eventTriggerOf(values.kind, values);
  }
}

/** Messages by field; empty when the form can be sent. */
export function problemsOf(values: ScheduleValues): Record<string, string> {
  const problems: Record<string, string> = {};
  if (values.name.trim() === '') problems.name = 'Name is required';
  if (values.command === null) problems.command = 'Choose a command';
  if (isEventKind(values.kind)) Object.assign(problems, eventProblems(values));
  if (triggerOf(values, null) === null) {
    if (values.kind === 'cron') problems.expr = 'A pattern is required';
    if (values.kind === 'interval') problems.every = 'At least 5 seconds';
    if (values.kind === 'once') problems.at = 'A time is required';
  }
  if ((values.quietFrom === '') !== (values.quietTo === '')) problems.quietTo = 'Both times are required';
  return problems;
}

/** Input of `schedules_create` and `schedules_update`, without the input of the command. */
export function inputOf(
  values: ScheduleValues,
  trigger: Trigger,
  opened: Schedule | null,
): Omit<Input<'schedules_create'>, 'input'> {
  const { name, missed, overlap, priority, quietFrom, quietTo } = values;
  return {
    name: name.trim(),
    target: { command_id: values.command as CommandId },
    profile_ids: values.profiles as ProfileId[],
    ...{ trigger, missed, overlap, priority, jitter_seconds: Number(values.jitter) },
    quiet: quietFrom === '' ? null : { from: quietFrom, to: quietTo, timezone: values.quietZone },
    start_at: fromLocal(values.start, opened?.start_at ?? null),
    end_at: fromLocal(values.end, opened?.end_at ?? null),
  };
}

/** Form field of an input path. */
const FIELDS: Readonly<Record<string, string>> = {
  'trigger.expr': 'expr',
  'trigger.timezone': 'timezone',
  'trigger.seconds': 'every',
  'trigger.at': 'at',
  'trigger.on': 'on',
  'trigger.min_interval_seconds': 'pause',
  'target.command_id': 'command',
  profile_ids: 'profiles',
  jitter_seconds: 'jitter',
  start_at: 'start',
  end_at: 'end',
};

/** Maps validation messages from input paths to form fields. */
export const fieldErrors = (errors: Record<string, string>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(errors).map(([path, message]) => {
      const plain = path.replace(/^\//, '').replaceAll('/', '.');
      const ofEvent = /^trigger\.(where|map)/.exec(plain)?.[1];
      return [FIELDS[plain] ?? ofEvent ?? plain.split('.')[0] ?? plain, message];
    }),
  );
