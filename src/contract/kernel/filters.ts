/** Filters of lists, declared once: the members of a list's input and the conditions of its store both follow from them. */
import { z } from 'zod';
import { Timestamp } from './scalars.ts';

/** How a value is compared with the fields of an entity. */
export type FilterTest = 'oneOf' | 'is' | 'contains' | 'from' | 'before';

/** One filter; without `fields` it concerns the field of its own name. */
export interface Filter<I extends z.ZodType = z.ZodType, Field extends string = string> {
  test: FilterTest;
  fields: readonly Field[];
  /** Member of the list's input. */
  input: I;
  /** True when no update of an entity changes the value: see {@link fixed}. */
  fixed?: boolean;
}
/** Filters by the name of their input member. */
export type Filters = Readonly<Record<string, Filter>>;

/** Input members of a list with filters `F`. */
export type FilterShape<F extends Filters> = { [K in keyof F]: F[K]['input'] };
/** What a list is asked for: the parsed filter members of its input. */
export type FilterValues<F extends Filters> = { [K in keyof F]?: z.output<F[K]['input']> | undefined };
/** Names of the fields that filters `F` look at. */
export type FilterField<F extends Filters> = {
  [K in keyof F]: F[K] extends Filter<z.ZodType, infer Field> ? ([Field] extends [never] ? K : Field) : never;
}[keyof F] &
  string;

/** One value or several; several mean OR. */
export const oneOrMany = <T extends z.ZodType>(item: T) => z.union([item, z.array(item).max(200)]);

/** The field, or one of its elements, is one of the given values. */
export function oneOf<T extends z.ZodType, Field extends string = never>(item: T, ...fields: Field[]) {
  return { test: 'oneOf', fields, input: oneOrMany(item).optional() } as const satisfies Filter;
}

/** The field is the given value. */
export function is<T extends z.ZodType>(value: T) {
  return { test: 'is', fields: [] as never[], input: value.optional() } as const satisfies Filter;
}

/** One of the fields contains the given text, in whatever case, or the id is the text. */
export function contains<Field extends string>(...fields: Field[]) {
  return { test: 'contains', fields, input: z.string().max(500).optional() } as const satisfies Filter;
}

/** The moment in the field is the given one or later. */
export function from<Field extends string>(field: Field) {
  return { test: 'from', fields: [field], input: Timestamp.optional() } as const satisfies Filter;
}

/** The moment in the field is before the given one. */
export function before<Field extends string>(field: Field) {
  return { test: 'before', fields: [field], input: Timestamp.optional() } as const satisfies Filter;
}

/** A filter or an order by what an entity keeps for life: an update moves no row into a list with it, out of it or within it. */
export function fixed<const T extends object>(rule: T) {
  return { ...rule, fixed: true } as const;
}

/** The input members of `filters`. */
export function filterShape<const F extends Filters>(filters: F): FilterShape<F> {
  return Object.fromEntries(Object.entries(filters).map(([name, { input }]) => [name, input])) as FilterShape<F>;
}
