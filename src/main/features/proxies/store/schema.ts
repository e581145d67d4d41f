/** Table of proxies. */
import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import type { ProxyFault, ProxyScheme, ProxyStatus } from '../../../../contract/automation/proxies.ts';
import type { ProxyId } from '../../../../contract/kernel/scalars.ts';
import { json } from '../../../core/db/index.ts';

/** One proxy. Times are unix ms; the password is a sealed secret. */
export const proxy = sqliteTable('proxy', {
  id: text('id').$type<ProxyId>().primaryKey(),
  name: text('name').notNull(),
  /** What the name is ordered by. */
  name_key: text('name_key').notNull(),
  scheme: text('scheme').$type<ProxyScheme>().notNull(),
  host: text('host').notNull(),
  port: integer('port').notNull(),
  username: text('username'),
  /** Reference of the secret. */
  password_secret: text('password_secret'),
  refresh_url: text('refresh_url'),
  tags: json('tags').$type<string[]>().notNull(),
  notes: text('notes').notNull(),
  expires_at: integer('expires_at'),
  status: text('status').$type<ProxyStatus>().notNull(),
  /** What the status is ordered by. */
  status_rank: integer('status_rank').notNull(),
  /** Of the last check, as what follows; null when it failed. */
  latency_ms: integer('latency_ms'),
  exit_ip: text('exit_ip'),
  country: text('country'),
  timezone: text('timezone'),
  check_error: text('check_error').$type<ProxyFault>(),
  check_message: text('check_message'),
  checked_at: integer('checked_at'),
  last_ok_at: integer('last_ok_at'),
  failures: integer('failures').notNull(),
  /** The last checks, oldest first. */
  history: json('history').$type<{ at: number; latency_ms: number | null }[]>().notNull(),
  rotated_at: integer('rotated_at'),
  created_at: integer('created_at').notNull(),
  updated_at: integer('updated_at').notNull(),
  version: integer('version').notNull(),
  deleted_at: integer('deleted_at'),
});
/** One row of {@link proxy}; the store adds what it is ordered by. */
export type ProxyRow = Omit<typeof proxy.$inferSelect, 'name_key' | 'status_rank'>;
