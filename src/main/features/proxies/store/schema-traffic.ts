/** Tables of traffic. Bytes of sockets as the browser has them; times are unix ms. */
import { integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import type { HostTraffic } from '../../../../contract/automation/profile/traffic.ts';
import { json } from '../../../core/db/index.ts';

/** One browser behind a proxy. The host without a name is the sum of those that are not told apart. */
export const trafficRun = sqliteTable('traffic_run', {
  id: text('id').primaryKey(),
  profile_id: text('profile_id'),
  task_id: text('task_id'),
  attempt: integer('attempt'),
  proxy_id: text('proxy_id').notNull(),
  proxy_name: text('proxy_name').notNull(),
  exit_ip: text('exit_ip'),
  started_at: integer('started_at').notNull(),
  ended_at: integer('ended_at'),
  up: integer('up').notNull(),
  down: integer('down').notNull(),
  hosts: json('hosts').$type<HostTraffic[]>().notNull(),
  spent: text('spent'),
});
export type TrafficRunRow = typeof trafficRun.$inferSelect;

/** Sums of a day (UTC); the profile is empty for a browser without one. */
export const trafficDay = sqliteTable(
  'traffic_day',
  {
    profile_id: text('profile_id').notNull(),
    day: text('day').notNull(),
    proxy_id: text('proxy_id').notNull(),
    up: integer('up').notNull(),
    down: integer('down').notNull(),
  },
  (table) => [primaryKey({ columns: [table.profile_id, table.day, table.proxy_id] })],
);
