/** Tables of API keys and panel sessions. Times are unix ms; secrets are kept as SHA-256 only. */
import { blob, integer, real, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import type { Area, Scope } from '../../../contract/kernel/define.ts';
import { json } from '../../core/db/index.ts';

/** API keys; `prefix` is the part of the key that finds its row. */
export const apiKey = sqliteTable('api_key', {
  id: text('id').primaryKey(),
  name: text('name').notNull(),
  /** What the name is ordered by. */
  name_key: text('name_key').notNull(),
  prefix: text('prefix').notNull(),
  hash: blob('hash', { mode: 'buffer' }).notNull(),
  scopes: json('scopes').$type<Scope[]>().notNull(),
  areas: json('areas').$type<Area[]>().notNull(),
  rate_multiplier: real('rate_multiplier').notNull(),
  expires_at: integer('expires_at'),
  last_used_at: integer('last_used_at'),
  created_at: integer('created_at').notNull(),
  updated_at: integer('updated_at').notNull(),
  version: integer('version').notNull(),
  deleted_at: integer('deleted_at'),
});

/** Signed-in browsers; `id` is the part of the token that finds its row. */
export const panelSession = sqliteTable('panel_session', {
  id: text('id').primaryKey(),
  hash: blob('hash', { mode: 'buffer' }).notNull(),
  origin: text('origin').notNull(),
  name: text('name').notNull(),
  created_at: integer('created_at').notNull(),
  last_seen_at: integer('last_seen_at').notNull(),
  expires_at: integer('expires_at').notNull(),
});
