/**
 * JSON columns. What stands in them was written by this program, so it is not checked again; but a file can be damaged or edited, and then
 * the record it belongs to fails by itself: lists leave it out, and everything else goes on.
 */
import { and, getTableColumns, type SQL, sql } from 'drizzle-orm';
import { customType, SQLiteCustomColumn, type SQLiteTable } from 'drizzle-orm/sqlite-core';
import { BOUNDS } from '../../../contract/kernel/bounds.ts';
import { AppError } from '../../../contract/kernel/errors.ts';
import type { Db } from './database.ts';

/** The value of a JSON text of the database. @throws AppError `record-damaged` */
export function parseStored<T>(text: string): T {
  try {
    if (text.length > BOUNDS.size) throw new RangeError(`${text.length} characters`);
    return JSON.parse(text) as T;
  } catch (cause) {
    throw new AppError('record-damaged', undefined, { cause });
  }
}

/** A column of JSON; say its type with `$type`. Reading it throws as {@link parseStored} does. */
export const json = customType<{ data: unknown; driverData: string }>({
  dataType: () => 'text',
  toDriver: (value) => JSON.stringify(value),
  fromDriver: parseStored,
});

/** Whether an error means that a record, not the database, is damaged. */
const isRecordDamage = (error: unknown) => error instanceof AppError && error.slug === 'record-damaged';

/** True for the rows whose JSON columns can all be read. */
function isSound(table: SQLiteTable): SQL | undefined {
  const columns = Object.values(getTableColumns(table)).filter((column) => column instanceof SQLiteCustomColumn);
  return and(...columns.map((column) => sql`(${column} IS NULL OR json_valid(${column}))`));
}

/** The rows of a query of `table`. Damaged ones are reported and left out: `select` is then asked again with a further condition. */
export function soundRows<R>(db: Db, table: SQLiteTable, select: (further: SQL | undefined) => R): R {
  try {
    return select(undefined);
  } catch (error) {
    if (!isRecordDamage(error)) throw error;
    db.report(error);
    return select(isSound(table));
  }
}

/** The views of some rows, without those that are damaged, which are reported. */
export function soundViews<R, V>(db: Pick<Db, 'report'>, rows: readonly R[], view: (row: R) => V): V[] {
  return rows.flatMap((row) => {
    try {
      return [view(row)];
    } catch (error) {
      if (!isRecordDamage(error)) throw error;
      db.report(error);
      return [];
    }
  });
}
