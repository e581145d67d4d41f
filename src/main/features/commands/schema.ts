/** Tables of commands. */
import { integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import type { CommandKind, CommandSpec, RetryPolicy } from '../../../contract/automation/commands.ts';
import type { CommandId, JsonObject } from '../../../contract/kernel/scalars.ts';
import { json } from '../../core/db/index.ts';

/** Current version of each command; `example` names a built-in one. */
export const command = sqliteTable('command', {
  id: text('id').$type<CommandId>().primaryKey(),
  name: text('name').notNull(),
  /** What the name is ordered by. */
  name_key: text('name_key').notNull(),
  kind: text('kind').$type<CommandKind>().notNull(),
  description: text('description').notNull(),
  folder: text('folder'),
  tags: json('tags').$type<string[]>().notNull(),
  spec: json('spec').$type<CommandSpec>().notNull(),
  input_schema: json('input_schema').$type<JsonObject>().notNull(),
  defaults: json('defaults').$type<JsonObject>().notNull(),
  uses: json('uses').$type<{ profile: boolean; services: string[] }>().notNull(),
  timeout_seconds: integer('timeout_seconds').notNull(),
  retry: json('retry').$type<RetryPolicy>().notNull(),
  concurrency_key: text('concurrency_key'),
  enabled: integer('enabled', { mode: 'boolean' }).notNull(),
  example: text('example'),
  created_at: integer('created_at').notNull(),
  updated_at: integer('updated_at').notNull(),
  version: integer('version').notNull(),
  deleted_at: integer('deleted_at'),
});
/** One row of {@link command}; the store adds what it is ordered by. */
export type CommandRow = Omit<typeof command.$inferSelect, 'name_key'>;

/** Every version of each command. */
export const commandVersion = sqliteTable(
  'command_version',
  {
    command_id: text('command_id').$type<CommandId>().notNull(),
    version: integer('version').notNull(),
    at: integer('at').notNull(),
    by_name: text('by_name').notNull(),
    restored_from: integer('restored_from'),
    body: json('body').$type<CommandRow>().notNull(),
  },
  (table) => [primaryKey({ columns: [table.command_id, table.version] })],
);
