/** Reads single rows with a statement that is put together once: with a query builder that costs more than the read itself. */
import { and, eq, type InferSelectModel, type SQL, sql } from 'drizzle-orm';
import type { SQLiteColumn, SQLiteTable } from 'drizzle-orm/sqlite-core';
import type { Db } from './database.ts';

/** The row with an id, when it also meets the conditions; prepared with the first call. */
export function rowById<T extends SQLiteTable & { id: SQLiteColumn }>(
  { orm }: Pick<Db, 'orm'>,
  table: T,
  ...conditions: SQL[]
): (id: string) => InferSelectModel<T> | undefined {
  // The query builder cannot infer the row of a table that is not known here.
  const source: SQLiteTable = table;
  const prepare = () =>
    orm
      .select()
      .from(source)
      .where(and(eq(table.id, sql.placeholder('id')), ...conditions))
      .prepare();
  let statement: ReturnType<typeof prepare> | undefined;
  return (id) => {
    statement ??= prepare();
    return statement.get({ id }) as InferSelectModel<T> | undefined;
  };
}
