/** The tables that Drizzle describes against a database that the migrations have made. */

import { globSync } from 'node:fs';
import path from 'node:path';
import { getTableConfig, SQLiteTable } from 'drizzle-orm/sqlite-core';
import { afterAll, describe, expect, test } from 'vitest';
import { TASK_STATUSES } from '../../src/contract/automation/tasks.ts';
import { openTestCore, ROOT } from '../support/core.ts';

/** Tables without a Drizzle table: only statements written in SQL touch them, for the reason given. */
const PLAIN_SQL: Record<string, string> = {
  meta: 'two facts, read and written once at start',
  event: 'appended in every transaction, read by sequence number',
  setting: 'read whole at start',
  secret: 'sealed bytes by id',
  idempotency: 'on the path of every request with a key',
  task_count: 'kept by triggers',
  task_state: 'the states that the counters have rows for',
  task_usage: 'kept by triggers',
  task_hour: 'counters, added to in one statement',
  attempt: 'written with the task in prepared statements',
  step: 'written in batches in prepared statements',
  artifact: 'read with its task by index',
  schedule_event: 'events that wait, stored and taken in prepared statements',
  event_chunk: 'chunks of the event table, written and read in prepared statements',
  schedule_hook: 'secrets of webhooks, in prepared statements',
  schedule_delivery: 'written with the event in one prepared statement',
  task_chain: 'written with the task in one prepared statement',
  message_text: 'index of words, kept by triggers',
  message_text_config: 'part of message_text',
  message_text_data: 'part of message_text',
  message_text_docsize: 'part of message_text',
  message_text_idx: 'part of message_text',
};

interface ColumnInfo {
  name: string;
  type: string;
  notnull: number;
  dflt_value: string | null;
  pk: number;
}

const modules: Record<string, unknown>[] = await Promise.all(
  globSync('src/main/**/{schema,schema-*}.ts', { cwd: ROOT }).map((file) => import(path.join(ROOT, file))),
);
const tables = modules
  .flatMap((module) => Object.values(module))
  .filter((value) => value instanceof SQLiteTable)
  .map((table) => ({ table, ...getTableConfig(table) }));

const core = openTestCore();
afterAll(() => core[Symbol.dispose]());
const columnsOf = (table: string) => core.db.raw.pragma(`table_info(${table})`) as ColumnInfo[];

describe.each(tables)('$name', ({ name, columns, primaryKeys, table }) => {
  // Catches a migration without its change of the schema, and the other way round: each fails only where a row is read or written.
  test('has the columns that the migrations made, with their types, keys and defaults', () => {
    const composite = primaryKeys.flatMap((key) => key.columns.map((column) => column.name));
    const described = columns.map((column) => ({
      name: column.name,
      type: column.getSQLType().toUpperCase(),
      // SQLite lets a primary key that is not an integer be null; no row has such a key.
      required: column.notNull && !column.primary,
      key: column.primary ? 1 : composite.indexOf(column.name) + 1,
    }));
    const made = columnsOf(name).map((column) => ({
      name: column.name,
      type: column.type,
      required: column.notnull === 1 && (column.pk === 0 || composite.length > 0),
      key: column.pk,
    }));
    const byName = <T extends { name: string }>(list: T[]) => [...list].sort((a, b) => (a.name < b.name ? -1 : 1));
    expect(byName(described)).toEqual(byName(made));
    for (const column of columns) {
      const made = columnsOf(name).find((one) => one.name === column.name);
      if (column.hasDefault && column.default !== undefined)
        expect(made?.dflt_value, `default of ${column.name}`).toBe(sqlLiteral(column.default));
    }
  });

  test('calls each column what the database calls it', () => {
    for (const [property, column] of Object.entries(table))
      if (columns.includes(column)) expect(property).toBe(column.name);
  });
});

const sqlLiteral = (value: unknown) => (typeof value === 'string' ? `'${value}'` : String(Number(value)));

// Catches a state of tasks without a row in the counters: what enters it would never be counted.
test('the counters have a row for every state', () => {
  const known = core.db.raw.prepare('SELECT status FROM task_state').pluck().all();
  expect(known.sort()).toEqual([...TASK_STATUSES].sort());
});

// Catches a new table without a description, and a description of one that is gone.
test('every table of the database is described, by Drizzle or with a reason why not', () => {
  const made = core.db.raw
    .prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name")
    .pluck()
    .all();
  expect([...tables.map(({ name }) => name), ...Object.keys(PLAIN_SQL)].sort()).toEqual(made);
});
