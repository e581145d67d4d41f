/**
 * Damaged records. What stands in a row was written by this program; but a file can be damaged or edited, and then the record it belongs to
 * fails by itself: lists leave it out, its own read says so, and everything else goes on.
 */
import Database from 'better-sqlite3';
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
 * The rows of a query, without those that cannot be read.
 * @param all reads them at once
 * @param one reads them one by one: `ids` as they are stored, and the row of an id
 * @param left called with each that was left out; it is reported unless this is given
 */
export function readableRows<Row>(
  db: Pick<Db, 'damagedRecord'>,
  kind: string,
  all: () => Row[],
  one: { ids: () => unknown[]; row: (id: unknown) => Row | undefined },
  left: (id: unknown, error: unknown) => void = (id, error) => db.damagedRecord(kind, id, error),
): Row[] {
  const rows = tryRead(all);
  if (rows.ok) return rows.value;
  return one.ids().flatMap((id) => {
    const row = tryRead(() => one.row(id));
    if (!row.ok) left(id, row.error);
    return row.ok && row.value !== undefined ? [row.value] : [];
  });
}
