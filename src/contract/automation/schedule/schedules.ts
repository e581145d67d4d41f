/** Schedules: commands that run by themselves, at times that follow from a trigger, or when something happens. */
import { z } from 'zod';
import { call } from '../../kernel/define.ts';
import type { EntityRecord } from '../../kernel/entity.ts';
import { contains, fixed, is, oneOf } from '../../kernel/filters.ts';
import { listFields, page, resource } from '../../kernel/paging.ts';
import {
  BatchId,
  CommandId,
  entityFields,
  JsonObject,
  ProfileId,
  ScheduleId,
  TaskId,
  Timestamp,
} from '../../kernel/scalars.ts';
import { natural, text } from '../../kernel/sorts.ts';
import { TimeZone } from '../profiles.ts';
import { Priority, Task } from '../tasks.ts';
import { Trigger, triggerOf } from './triggers.ts';
import { Webhook, webhookOperations } from './webhooks.ts';

/** What becomes of times that passed while nothing could run. */
export const MissedPolicy = z.enum(['skip', 'run_once', 'run_all']);
export type MissedPolicy = z.infer<typeof MissedPolicy>;
/** What happens when a time comes before the task of an earlier one has ended. */
export const OverlapPolicy = z.enum(['skip', 'queue', 'cancel_previous']);
export type OverlapPolicy = z.infer<typeof OverlapPolicy>;

const TimeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time like 22:30');
/** Hours of the day in which nothing starts; they may span midnight. */
export const QuietHours = z.strictObject({ from: TimeOfDay, to: TimeOfDay, timezone: TimeZone });
export type QuietHours = z.infer<typeof QuietHours>;

/** What became of one time of a schedule, or of one event. */
export const TICK_OUTCOMES = ['ran', 'late', 'skipped', 'missed'] as const;
export const TickOutcome = z.enum(TICK_OUTCOMES);
export type TickOutcome = z.infer<typeof TickOutcome>;

/** A line of the ledger. `task_id` is the first task of a time that made several. */
export const Tick = z.object({
  at: Timestamp,
  outcome: TickOutcome,
  reason: z.string().nullable(),
  task_id: TaskId.nullable(),
  /** Id of the event that was waited for; null for a time. */
  event_id: z.string().nullable(),
});
export type Tick = z.infer<typeof Tick>;

const editable = {
  name: z.string().trim().min(1).max(100),
  enabled: z.boolean(),
  target: z.strictObject({ command_id: CommandId }),
  input: JsonObject,
  /** One task for each of them; none is one task without a profile. */
  profile_ids: z.array(ProfileId).max(1000),
  priority: Priority,
  trigger: Trigger,
  missed: MissedPolicy,
  overlap: OverlapPolicy,
  /** Each start is put off by up to as many seconds. */
  jitter_seconds: z.int().min(0).max(86_400),
  quiet: QuietHours.nullable(),
  start_at: Timestamp.nullable(),
  end_at: Timestamp.nullable(),
};

export const Schedule = z.object({
  id: ScheduleId,
  ...editable,
  trigger: triggerOf(z.string()),
  quiet: z.object({ from: z.string(), to: z.string(), timezone: z.string() }).nullable(),
  /** The trigger in words. */
  words: z.string(),
  command_name: z.string().nullable(),
  next_run_at: Timestamp.nullable(),
  last_task_id: TaskId.nullable(),
  /** Null for one that waits for no webhook. */
  webhook: Webhook.nullable(),
  /** The newest lines of the ledger, newest first, at most twenty. */
  recent: z.array(Tick),
  ...entityFields,
});
export type Schedule = z.infer<typeof Schedule>;

export const ScheduleCreate = z.strictObject({
  ...editable,
  enabled: editable.enabled.default(true),
  input: editable.input.default({}),
  profile_ids: editable.profile_ids.default([]),
  priority: editable.priority.default('normal'),
  missed: editable.missed.default('run_once'),
  overlap: editable.overlap.default('skip'),
  jitter_seconds: editable.jitter_seconds.default(0),
  quiet: editable.quiet.default(null),
  start_at: editable.start_at.default(null),
  end_at: editable.end_at.default(null),
});
export type ScheduleCreate = z.infer<typeof ScheduleCreate>;

export const scheduleRecord = {
  area: 'automation',
  id: ScheduleId,
  filters: {
    id: fixed(oneOf(ScheduleId)),
    q: contains('name'),
    enabled: is(z.boolean()),
    command_id: oneOf(CommandId),
  },
  sorts: {
    created_at: fixed(text),
    updated_at: text,
    name: natural,
    next_run_at: text,
  },
  lists: ['schedules_list'],
  one: 'schedules_get',
  events: { ticked: { row: true, stale: ['schedules_get', 'schedules_ticks'] } },
} as const satisfies EntityRecord;

const common = { area: 'automation', tags: ['schedules'] } as const;
const one = z.strictObject({ id: ScheduleId });

export const scheduleOperations = {
  ...resource('schedules', {
    row: 'B35',
    tag: 'schedules',
    noun: 'schedule',
    record: scheduleRecord,
    entity: Schedule,
    create: ScheduleCreate,
    update: z.object(editable).partial().shape,
    actions: ['update', 'delete', 'restore'],
  }),
  schedules_preview: call(
    z.strictObject({
      trigger: Trigger,
      count: z.int().min(1).max(100).default(5),
      from: Timestamp.optional(),
    }),
    z.object({
      items: z.array(Timestamp),
      words: z.string(),
      /** What the turn of the clock does to these times in the year to come. */
      warnings: z.array(z.string()),
    }),
    {
      ...common,
      row: 'B36',
      summary: 'The next times of a trigger, in words too',
      scope: 'read',
      http: { method: 'POST', path: '/v1/schedules/preview' },
    },
  ),
  schedules_run: call(one, z.union([Task, z.object({ batch_id: BatchId, items: z.array(Task) })]), {
    ...common,
    row: 'B37',
    summary: 'Run what a schedule runs, now',
    scope: 'run',
    idempotencyKey: true,
    http: { method: 'POST', path: '/v1/schedules/{id}/run' },
  }),
  schedules_test: call(
    z.strictObject({
      id: ScheduleId,
      /** What the event tells, or the body of a delivery; an example unless given. */
      event: JsonObject.optional(),
    }),
    z.object({ event_id: z.string(), event: JsonObject }),
    {
      ...common,
      row: 'B37',
      summary: 'Let a schedule that waits for an event or a webhook have one, as an example',
      scope: 'manage',
      http: { method: 'POST', path: '/v1/schedules/{id}/test' },
    },
  ),
  schedules_ticks: call(
    z.strictObject({ id: ScheduleId, limit: listFields.limit, cursor: listFields.cursor }),
    page(Tick),
    {
      ...common,
      row: 'B37',
      summary: 'The ledger of a schedule: every time and event with what became of it, newest first',
      scope: 'read',
      http: { method: 'GET', path: '/v1/schedules/{id}/ticks' },
    },
  ),
  ...webhookOperations,
};
