/** Tables of tasks (resources/migrations). Only the list uses them through Drizzle; hot statements are prepared SQL. */

import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import type { ScheduleId } from '../../../contract/kernel/scalars.ts';

/** One task; times are unix ms, JSON columns hold text. */
export const task = sqliteTable('task', {
  id: text('id').primaryKey(),
  status: text('status').notNull(),
  /** Index into PRIORITIES: 0 is the most urgent lane. */
  priority: integer('priority').notNull(),
  kind: text('kind').notNull(),
  command_id: text('command_id'),
  command_version: integer('command_version'),
  command_name: text('command_name').notNull(),
  /** What the names of command and profile are ordered by. */
  command_key: text('command_key').notNull(),
  profile_key: text('profile_key'),
  spec: text('spec').notNull(),
  /** Secrets are `{"$secret": "<reference>"}`. */
  input: text('input').notNull(),
  /** JSON Schema of `input`. */
  input_schema: text('input_schema').notNull(),
  profile_id: text('profile_id'),
  /** ProfileSnapshot. */
  profile: text('profile'),
  proxy_id: text('proxy_id'),
  schedule_id: text('schedule_id').$type<ScheduleId>(),
  workflow_run_id: text('workflow_run_id'),
  batch_id: text('batch_id'),
  retry_of: text('retry_of'),
  labels: text('labels').notNull(),
  concurrency_key: text('concurrency_key'),
  timeout_seconds: integer('timeout_seconds').notNull(),
  /** RetryPolicy. */
  retry: text('retry').notNull(),
  attempt: integer('attempt').notNull(),
  max_attempts: integer('max_attempts').notNull(),
  /** Limits that the request set itself, see {@link Overrides}; the command sets the others. */
  overrides: text('overrides').notNull().default('{}'),
  due_at: integer('due_at').notNull(),
  rank: integer('rank').notNull(),
  attempt_token: text('attempt_token'),
  lease_owner: text('lease_owner'),
  lease_until: integer('lease_until'),
  cancel_requested: integer('cancel_requested').notNull(),
  progress: text('progress'),
  output: text('output'),
  error: text('error'),
  error_code: text('error_code'),
  bytes: integer('bytes').notNull(),
  created_at: integer('created_at').notNull(),
  updated_at: integer('updated_at').notNull(),
  started_at: integer('started_at'),
  finished_at: integer('finished_at'),
  version: integer('version').notNull(),
});
/** A row of {@link task}. */
export type TaskRow = typeof task.$inferSelect;

/** What a task is made with and keeps: written once, copied as it is when the task runs again exactly as it did. */
export const SNAPSHOT_COLUMNS = [
  'kind',
  'command_id',
  'command_version',
  'command_name',
  'spec',
  'input',
  'input_schema',
  'profile_id',
  'profile',
  'proxy_id',
  'priority',
  'labels',
  'concurrency_key',
  'timeout_seconds',
  'retry',
  'max_attempts',
  'overrides',
] as const satisfies (keyof TaskRow)[];

/** The columns of {@link SNAPSHOT_COLUMNS}. */
export type TaskSnapshot = Pick<TaskRow, (typeof SNAPSHOT_COLUMNS)[number]>;

/** A row of table `attempt`. */
export interface AttemptRow {
  task_id: string;
  number: number;
  token: string;
  status: string;
  started_at: number;
  finished_at: number | null;
  error: string | null;
  exit_code: number | null;
  pid: number | null;
  log_first_seq: number;
  log_lines: number;
  log_bytes: number;
  log_dropped: number;
  /** FailureEvidence. */
  evidence: string | null;
}

/** A row of table `step`. */
export interface StepRow {
  task_id: string;
  attempt: number;
  seq: number;
  parent: number | null;
  name: string;
  status: string;
  started_at: number;
  finished_at: number | null;
  output: string | null;
  error: string | null;
  /** FailureEvidence. */
  evidence: string | null;
}

/** A row of table `artifact`; `file` is relative to the folder of the task. */
export interface ArtifactRow {
  id: string;
  task_id: string;
  attempt: number;
  kind: string;
  name: string;
  mime: string;
  bytes: number;
  sha256: string;
  /** 1 when a secret is in it that could not be redacted. */
  has_secret: number;
  file: string;
  created_at: number;
}
