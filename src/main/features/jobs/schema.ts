/** Table of background jobs. */
import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import type { Job } from '../../../contract/host/jobs.ts';
import type { Area, Scope } from '../../../contract/kernel/define.ts';
import type { Problem } from '../../../contract/kernel/errors.ts';
import type { JobId, Json } from '../../../contract/kernel/scalars.ts';

/** One job; `join_key` is unique among those that still run. */
export const job = sqliteTable('job', {
  id: text('id').$type<JobId>().primaryKey(),
  kind: text('kind').notNull(),
  join_key: text('join_key'),
  scope: text('scope').$type<Scope>().notNull(),
  area: text('area').$type<Area>().notNull(),
  status: text('status').$type<Job['status']>().notNull(),
  /** What the kind was asked to do. */
  input: text('input', { mode: 'json' }).$type<Json>().notNull(),
  /** Where the next run goes on from. */
  checkpoint: text('checkpoint', { mode: 'json' }).$type<Json>(),
  cancel_requested: integer('cancel_requested', { mode: 'boolean' }).notNull(),
  /** Starts since the last checkpoint. */
  starts: integer('starts').notNull(),
  progress: text('progress', { mode: 'json' }).$type<Job['progress']>().notNull(),
  result: text('result', { mode: 'json' }).$type<Json>(),
  error: text('error', { mode: 'json' }).$type<Problem>(),
  request_id: text('request_id').notNull(),
  created_at: integer('created_at').notNull(),
  started_at: integer('started_at'),
  finished_at: integer('finished_at'),
});
/** One row of {@link job}. */
export type JobRow = typeof job.$inferSelect;
