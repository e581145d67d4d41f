/** Table of profiles. */
import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import type { BrowserFamily } from '../../../contract/automation/profiles.ts';
import type { ProfileId } from '../../../contract/kernel/scalars.ts';

interface Size {
  width: number;
  height: number;
}

/** One profile; its browser data is a folder named by its id. */
export const profile = sqliteTable('profile', {
  id: text('id').$type<ProfileId>().primaryKey(),
  number: integer('number').notNull(),
  name: text('name').notNull(),
  color: text('color').notNull(),
  group: text('group_name'),
  tags: text('tags', { mode: 'json' }).$type<string[]>().notNull(),
  notes: text('notes').notNull(),
  browser: text('browser').$type<BrowserFamily>().notNull(),
  executablePath: text('executable_path'),
  proxyId: text('proxy_id'),
  startUrls: text('start_urls', { mode: 'json' }).$type<string[]>().notNull(),
  locale: text('locale'),
  timezone: text('timezone'),
  viewport: text('viewport', { mode: 'json' }).$type<Size>(),
  window: text('window_size', { mode: 'json' }).$type<Size>(),
  userAgent: text('user_agent'),
  colorScheme: text('color_scheme').$type<'light' | 'dark'>(),
  extensions: text('extensions', { mode: 'json' }).$type<string[]>().notNull(),
  launchArgs: text('launch_args', { mode: 'json' }).$type<string[]>().notNull(),
  storage: text('storage').$type<'persistent' | 'ephemeral'>().notNull(),
  clearCacheOnStop: integer('clear_cache_on_stop', { mode: 'boolean' }).notNull(),
  sizeBytes: integer('size_bytes').notNull(),
  lastStartedAt: integer('last_started_at'),
  createdAt: integer('created_at').notNull(),
  updatedAt: integer('updated_at').notNull(),
  version: integer('version').notNull(),
  deletedAt: integer('deleted_at'),
});
/** One row of {@link profile}. */
export type ProfileRow = typeof profile.$inferSelect;
