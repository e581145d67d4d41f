/** Table of profiles. */
import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import type { ExitPolicy } from '../../../contract/automation/profile/exit.ts';
import type { SnapshotId } from '../../../contract/automation/profile/snapshots.ts';
import type { TrafficBudget } from '../../../contract/automation/profile/traffic.ts';
import type { BrowserFamily } from '../../../contract/automation/profiles.ts';
import type { Sticky } from '../../../contract/automation/proxy/pools.ts';
import type { PoolId, ProfileId, ProxyId } from '../../../contract/kernel/scalars.ts';
import { json } from '../../core/db/index.ts';

interface Size {
  width: number;
  height: number;
}

/** One profile; its browser data is a folder named by its id. */
export const profile = sqliteTable('profile', {
  id: text('id').$type<ProfileId>().primaryKey(),
  number: integer('number').notNull(),
  name: text('name').notNull(),
  /** What the name is ordered by. */
  name_key: text('name_key').notNull(),
  color: text('color').notNull(),
  group: text('group'),
  tags: json('tags').$type<string[]>().notNull(),
  notes: text('notes').notNull(),
  browser: text('browser').$type<BrowserFamily>().notNull(),
  executable_path: text('executable_path'),
  proxy_id: text('proxy_id').$type<ProxyId>(),
  start_urls: json('start_urls').$type<string[]>().notNull(),
  locale: text('locale'),
  timezone: text('timezone'),
  viewport: json('viewport').$type<Size>(),
  window: json('window').$type<Size>(),
  user_agent: text('user_agent'),
  color_scheme: text('color_scheme').$type<'light' | 'dark'>(),
  extensions: json('extensions').$type<string[]>().notNull(),
  launch_args: json('launch_args').$type<string[]>().notNull(),
  storage: text('storage').$type<'persistent' | 'ephemeral'>().notNull(),
  clear_cache_on_stop: integer('clear_cache_on_stop', { mode: 'boolean' }).notNull(),
  pool_id: text('pool_id').$type<PoolId>(),
  sticky: text('sticky').$type<Sticky>().notNull(),
  sticky_minutes: integer('sticky_minutes').notNull(),
  exit_policy: text('exit_policy').$type<ExitPolicy>(),
  traffic_budget: json('traffic_budget').$type<TrafficBudget>(),
  size_bytes: integer('size_bytes').notNull(),
  last_started_at: integer('last_started_at'),
  created_at: integer('created_at').notNull(),
  updated_at: integer('updated_at').notNull(),
  version: integer('version').notNull(),
  deleted_at: integer('deleted_at'),
});
/** One row of {@link profile}; the store adds what it is ordered by. */
export type ProfileRow = Omit<typeof profile.$inferSelect, 'name_key'>;

/** Earlier states of profiles; the folder of one is named by its id. */
export const profileSnapshot = sqliteTable('profile_snapshot', {
  id: text('id').$type<SnapshotId>().primaryKey(),
  profile_id: text('profile_id').$type<ProfileId>().notNull(),
  reason: text('reason').$type<'stop' | 'manual' | 'restore'>().notNull(),
  bytes: integer('bytes').notNull(),
  created_at: integer('created_at').notNull(),
});
export type SnapshotRow = typeof profileSnapshot.$inferSelect;
