/** Tables of schedules. */
import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import type {
  MissedPolicy,
  OverlapPolicy,
  QuietHours,
  TickOutcome,
} from '../../../contract/automation/schedule/schedules.ts';
import type { Trigger } from '../../../contract/automation/schedule/triggers.ts';
import type { Priority } from '../../../contract/automation/tasks.ts';
import type { CommandId, JsonObject, ProfileId, ScheduleId, TaskId } from '../../../contract/kernel/scalars.ts';
import { json } from '../../core/db/index.ts';

/** One schedule; times are unix ms. */
export const schedule = sqliteTable('schedule', {
  id: text('id').$type<ScheduleId>().primaryKey(),
  name: text('name').notNull(),
  /** What the name is ordered by. */
  name_key: text('name_key').notNull(),
  enabled: integer('enabled', { mode: 'boolean' }).notNull(),
  command_id: text('command_id').$type<CommandId>().notNull(),
  /** Secrets in it are sealed. */
  input: json('input').$type<JsonObject>().notNull(),
  profile_ids: json('profile_ids').$type<ProfileId[]>().notNull(),
  priority: text('priority').$type<Priority>().notNull(),
  trigger: json('trigger').$type<Trigger>().notNull(),
  missed: text('missed').$type<MissedPolicy>().notNull(),
  overlap: text('overlap').$type<OverlapPolicy>().notNull(),
  jitter_seconds: integer('jitter_seconds').notNull(),
  quiet: json('quiet').$type<QuietHours>(),
  start_at: integer('start_at'),
  end_at: integer('end_at'),
  /** What an interval counts from; when one that waits for events has last started something, 0 for never. */
  anchor: integer('anchor').notNull(),
  /** The first time that has no line in the ledger, or when the events that have none are due; null when there is none, or while it is switched off. */
  next_run_at: integer('next_run_at'),
  last_task_id: text('last_task_id').$type<TaskId>(),
  /** The last change of the event table that was looked at for it. */
  seen: integer('seen').notNull().default(0),
  created_at: integer('created_at').notNull(),
  updated_at: integer('updated_at').notNull(),
  version: integer('version').notNull(),
  deleted_at: integer('deleted_at'),
});
/** One row of {@link schedule}; the store adds what it is ordered by. */
export type ScheduleRow = Omit<typeof schedule.$inferSelect, 'name_key'>;

/** The ledger. */
export const scheduleTick = sqliteTable('schedule_tick', {
  seq: integer('seq').primaryKey({ autoIncrement: true }),
  schedule_id: text('schedule_id').$type<ScheduleId>().notNull(),
  /** When it was due, unix ms. */
  at: integer('at').notNull(),
  outcome: text('outcome').$type<TickOutcome>().notNull(),
  reason: text('reason'),
  task_id: text('task_id').$type<TaskId>(),
  event_id: text('event_id'),
});
export type TickRow = typeof scheduleTick.$inferSelect;
/** A line that is about to be written. */
export type NewTick = Omit<TickRow, 'seq' | 'schedule_id'>;

/** An event that has no line in the ledger yet. */
export interface PendingRow {
  seq: number;
  event_id: string;
  /** When it happened, unix ms. */
  at: number;
  /** Tasks in a row that led to it. */
  depth: number;
  /** JSON of what it tells. */
  data: string;
}
