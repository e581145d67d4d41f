/** Table of responses that were stored. */
import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import type { Json } from '../../../contract/kernel/scalars.ts';
import { json } from '../../core/db/index.ts';

/** Only who asked for a response goes on from it. */
export const response = sqliteTable('response', {
  id: text('id').primaryKey(),
  /** Id of the principal that asked. */
  principal: text('principal').notNull(),
  previous_id: text('previous_id'),
  /** Items of the input. */
  input: json('input').$type<Json>().notNull(),
  /** The answer as it was given. */
  response: json('response').$type<Json>().notNull(),
  created_at: integer('created_at').notNull(),
});
export type ResponseRow = typeof response.$inferSelect;
