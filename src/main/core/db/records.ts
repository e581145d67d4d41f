/**
 * Damaged records. What stands in a row was written by this program; but a file can be damaged or edited, and then the record it belongs to
 * fails by itself: lists leave it out, its own read says so, and everything else goes on.
 */
import Database from 'better-sqlite3';
import { and, type InferSelectModel, type SQL, sql } from 'drizzle-orm';
import type { SQLiteColumn, SQLiteTable } from 'drizzle-orm/sqlite-core';
import type { z } from 'zod';
import { AppError } from '../../../contract/kernel/errors.ts';
import type { Db } from './database.ts';

/** Whether the database failed, not a record. */
function isDatabaseFault(error: unknown): boolean {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  return cause instanceof Database.SqliteError;
}

/** The error of a record that cannot be read. */
function damaged(cause: unknown): AppError {
  return cause instanceof AppError && cause.slug === 'record-damaged'
    ? cause
    : new AppError('record-damaged', undefined, { cause });
}

/** Reads rows. @throws Error of the database; what a record is to blame for is answered */
export function tryRead<T>(read: () => T): { ok: true; value: T } | { ok: false; error: AppError } {
  try {
    return { ok: true, value: read() };
  } catch (error) {
    if (isDatabaseFault(error)) throw error;
    return { ok: false, error: damaged(error) };
  }
}

/**
 * What a record is on the wire.
 * @param schema what the contract promises of it
 * @throws AppError `record-damaged` when `view` throws or does not keep the promise
 */
export function recordOf<V>(schema: z.ZodType, view: () => V): V {
  const made = tryRead(view);
  if (!made.ok) throw made.error;
  const checked = schema.safeParse(made.value);
  if (!checked.success) throw damaged(checked.error);
  return made.value;
}

/** {@link recordOf} something that another record mentions; null when it is damaged. */
export function recordOrNull<V>(schema: z.ZodType, view: () => V): V | null {
  const made = tryRead(() => recordOf(schema, view));
  return made.ok ? made.value : null;
}

/** The views of some rows, without those that are damaged, which are reported. @param kind for the report */
export function recordsOf<Row extends object, V>(
  db: Pick<Db, 'damagedRecord'>,
  kind: string,
  schema: z.ZodType,
  rows: readonly Row[],
  view: (row: Row) => V,
): V[] {
  return rows.flatMap((row) => {
    const made = tryRead(() => recordOf(schema, () => view(row)));
    if (made.ok) return [made.value];
    db.damagedRecord(kind, 'id' in row ? row.id : 'seq' in row ? row.seq : null, made.error);
    return [];
  });
}

/**
 * Rows of a table, without those that cannot be read: only when there are some, the rows are read one by one.
 * @param id tells the rows of this query apart
 * @param left called with each that was left out; it is reported unless this is given
 */
export function readableRows<T extends SQLiteTable>(
  db: Pick<Db, 'orm' | 'damagedRecord'>,
  kind: string,
  { table, id, where, order }: { table: T; id: SQLiteColumn; where: SQL | undefined; order: SQL[] },
  left: (id: unknown, error: unknown) => void = (id, error) => db.damagedRecord(kind, id, error),
): InferSelectModel<T>[] {
  // The query builder cannot infer the row of a table that is not known here.
  const source: SQLiteTable = table;
  const all = db.orm
    .select()
    .from(source)
    .where(where)
    .orderBy(...order);
  const rows = tryRead(() => all.all() as InferSelectModel<T>[]);
  if (rows.ok) return rows.value;
  const ids = db.orm
    .select({ id: sql<unknown>`${id}` })
    .from(source)
    .where(where)
    .orderBy(...order);
  return ids.all().flatMap(({ id: stored }) => {
    const one = db.orm
      .select()
      .from(source)
      .where(and(where, sql`${id} IS ${stored}`));
    const row = tryRead(() => one.get() as InferSelectModel<T> | undefined);
    if (!row.ok) left(stored, row.error);
    return row.ok && row.value !== undefined ? [row.value] : [];
  });
}
