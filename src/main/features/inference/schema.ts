/** Table of responses that were stored. */
import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import type { Json } from '../../../contract/kernel/scalars.ts';
import { json } from '../../core/db/index.ts';

/** A response can be read and continued only by the principal that asked for it. */
export const response = sqliteTable('response', {
  id: text('id').primaryKey(),
  /** Id of the principal that asked. */
  principal: text('principal').notNull(),
  previous_id: text('previous_id'),
  /** Items of the input. */
  input: json('input').$type<Json>().notNull(),
  /** The response object as it was sent. */
  response: json('response').$type<Json>().notNull(),
  created_at: integer('created_at').notNull(),
});
export type ResponseRow = typeof response.$inferSelect;
