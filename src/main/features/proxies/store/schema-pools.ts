/** Tables of pools. Times are unix ms. */
import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import type { PoolPick } from '../../../../contract/automation/proxy/pools.ts';
import type { PoolId, ProxyId } from '../../../../contract/kernel/scalars.ts';
import { json } from '../../../core/db/index.ts';

export const proxyPool = sqliteTable('proxy_pool', {
  id: text('id').$type<PoolId>().primaryKey(),
  name: text('name').notNull(),
  /** What the name is ordered by. */
  name_key: text('name_key').notNull(),
  proxy_ids: json('proxy_ids').$type<ProxyId[]>().notNull(),
  tags: json('tags').$type<string[]>().notNull(),
  pick: text('pick').$type<PoolPick>().notNull(),
  cooldown_seconds: integer('cooldown_seconds').notNull(),
  created_at: integer('created_at').notNull(),
  updated_at: integer('updated_at').notNull(),
  version: integer('version').notNull(),
});
export type PoolRow = Omit<typeof proxyPool.$inferSelect, 'name_key'>;

/** The proxy that a profile has of its pool. */
export const poolChoice = sqliteTable('pool_choice', {
  profile_id: text('profile_id').primaryKey(),
  pool_id: text('pool_id').$type<PoolId>().notNull(),
  proxy_id: text('proxy_id').$type<ProxyId>().notNull(),
  chosen_at: integer('chosen_at').notNull(),
});
export type ChoiceRow = typeof poolChoice.$inferSelect;
