/** JSON columns. */
import { customType } from 'drizzle-orm/sqlite-core';
import { BOUNDS } from '../../../contract/kernel/bounds.ts';
import { AppError } from '../../../contract/kernel/errors.ts';

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
