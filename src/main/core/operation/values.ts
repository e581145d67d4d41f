/** Small helpers on values. */
import type { z } from 'zod';

/** A filter that may be one value or several (`oneOrMany` of the contract) as a list; undefined stays undefined. */
export function many<T extends string>(value: T | T[] | undefined): T[] | undefined {
  if (value === undefined) return undefined;
  return Array.isArray(value) ? value : [value];
}

/** Some members of an object. */
export function pick<T extends object, K extends keyof T>(from: T, names: readonly K[]): Pick<T, K> {
  return Object.fromEntries(names.map((name) => [name, from[name]])) as Pick<T, K>;
}

/** The members of a row that the wire knows; what else is stored stays in the host. */
export function wireMembers<S extends z.ZodRawShape, Row extends object>(
  { shape }: { shape: S },
  row: Row,
): Pick<Row, keyof S & keyof Row> {
  const known = Object.entries(row).filter(([name]) => Object.hasOwn(shape, name));
  return Object.fromEntries(known) as Pick<Row, keyof S & keyof Row>;
}
