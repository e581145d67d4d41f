/** Table of background jobs. */
import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import type { Job } from '../../../contract/host/jobs.ts';
import type { Area, Scope } from '../../../contract/kernel/define.ts';
import type { Problem } from '../../../contract/kernel/errors.ts';
import type { JobId, Json } from '../../../contract/kernel/scalars.ts';
import { json } from '../../core/db/index.ts';

/** One job; `join_key` is unique among those that still run. */
export const job = sqliteTable('job', {
  id: text('id').$type<JobId>().primaryKey(),
  kind: text('kind').notNull(),
  join_key: text('join_key'),
  scope: text('scope').$type<Scope>().notNull(),
  area: text('area').$type<Area>().notNull(),
  status: text('status').$type<Job['status']>().notNull(),
  /** What the kind was asked to do. */
  input: json('input').$type<Json>().notNull(),
  /** Where the next run goes on from. */
  checkpoint: json('checkpoint').$type<Json>(),
  cancel_requested: integer('cancel_requested', { mode: 'boolean' }).notNull(),
  /** Starts since the last checkpoint. */
  starts: integer('starts').notNull(),
  progress: json('progress').$type<Job['progress']>().notNull(),
  result: json('result').$type<Json>(),
  error: json('error').$type<Problem>(),
  request_id: text('request_id').notNull(),
  created_at: integer('created_at').notNull(),
  started_at: integer('started_at'),
  finished_at: integer('finished_at'),
});
/** One row of {@link job}. */
export type JobRow = typeof job.$inferSelect;

/** Progress of a job that has made none. */
export const NO_PROGRESS: Job['progress'] = {
  percent: null,
  done_bytes: null,
  total_bytes: null,
  bytes_per_second: null,
  eta_seconds: null,
  step: null,
  message: null,
};
