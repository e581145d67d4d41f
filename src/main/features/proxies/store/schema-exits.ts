/** Table of consents. Times are unix ms. */
import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';

/** The exit that an operator has accepted for a profile. */
export const exitConsent = sqliteTable('exit_consent', {
  profile_id: text('profile_id').primaryKey(),
  exit: text('exit').notNull(),
  at: integer('at').notNull(),
});
