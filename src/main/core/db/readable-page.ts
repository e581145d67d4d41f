/** A page of rows that passes over those that cannot be read. */
import { getTableColumns, getTableName, type InferSelectModel, type SQL } from 'drizzle-orm';
import type { SQLiteColumn, SQLiteTable } from 'drizzle-orm/sqlite-core';
import type { Db } from './database.ts';
import { tryRead } from './records.ts';

/** Rows that a page passes over before it gives up. */
const MAX_DAMAGED = 5_000;

/**
 * A page of rows, and the cursor of its last one. Rows that cannot be read, or have no place that a cursor can name, are passed over and
 * reported: only then are the rows decoded one by one.
 * @throws AppError `record-damaged` when there are too many of them
 */
export function readablePage<T extends SQLiteTable, C>(
  db: Db,
  { table, id }: { table: T; id: SQLiteColumn },
  limit: number,
  cursorOf: (row: InferSelectModel<T>) => C,
  { where, order }: { where: SQL | undefined; order: SQL[] },
) {
  // The query builder cannot infer the row of a table that is not known here.
  const source: SQLiteTable = table;
  const select = (rows: number) =>
    db.orm
      .select()
      .from(source)
      .where(where)
      .orderBy(...order)
      .limit(rows);
  const pageOf = (rows: InferSelectModel<T>[]) => {
    const items = rows.slice(0, limit);
    const last = items.at(-1);
    return { items, more: rows.length > limit, cursor: last === undefined ? null : cursorOf(last) };
  };

  const found = tryRead(() => pageOf(select(limit + 1).all() as InferSelectModel<T>[]));
  if (found.ok) return found.value;

  const columns = Object.entries<SQLiteColumn>(getTableColumns(source));
  const idAt = columns.findIndex(([, column]) => column === id);
  const readable: InferSelectModel<T>[] = [];
  const damaged: { id: unknown; error: unknown }[] = [];
  // One statement, read as far as it is needed: asking again for each damaged row holds up the host.
  const { sql, params } = select(limit + 1 + MAX_DAMAGED).toSQL();
  for (const values of db.raw
    .prepare<unknown[], unknown[]>(sql)
    .raw()
    .iterate(...params)) {
    const row = tryRead(() => {
      const decoded = columns.map(([name, column], at) => [name, decode(column, values[at])]);
      const made = Object.fromEntries(decoded) as InferSelectModel<T>;
      cursorOf(made);
      return made;
    });
    if (row.ok) readable.push(row.value);
    else damaged.push({ id: values[idAt], error: row.error });
    if (readable.length > limit || damaged.length > MAX_DAMAGED) break;
  }
  // After the statement: the connection runs no other one while it is read.
  for (const one of damaged) db.damagedRecord(getTableName(source), one.id, one.error);
  if (damaged.length === 0 || damaged.length > MAX_DAMAGED) throw found.error;
  return pageOf(readable);
}

const decode = (column: SQLiteColumn, value: unknown): unknown =>
  value === null ? null : column.mapFromDriverValue(value);
