/** Tables of core that are listed through Drizzle. */
import { blob, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';

/** Lines of the audit; `at` is unix ms. */
export const audit = sqliteTable('audit', {
  seq: integer('seq').primaryKey({ autoIncrement: true }),
  at: integer('at').notNull(),
  principal: text('principal').notNull(),
  door: text('door').notNull(),
  op: text('op').notNull(),
  target: text('target'),
  outcome: text('outcome').notNull(),
  hash: text('hash').notNull(),
  seal: blob('seal', { mode: 'buffer' }),
});
