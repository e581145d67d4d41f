/** The filters that the contract declares for a list, as conditions on columns. */
import { eq, gt, gte, inArray, lt, or, type SQL, sql } from 'drizzle-orm';
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core';
import type { FilterField, Filters, FilterTest, FilterValues } from '../../../contract/kernel/filters.ts';

type Value = string | number | boolean;

/** The value of a column is more than the given one. */
export const above = (column: SQLiteColumn, value: number): SQL => gt(column, value);

/** Where a field of an entity is stored. */
interface Stored {
  column: SQLiteColumn;
  /** The column holds a JSON array; a condition holds when it holds for one of its elements. */
  elements?: true;
  /** From the value on the wire to the one in the column. */
  encode?: (value: never) => Value;
}
/** A column whose values are those of the wire, what {@link Stored} says, or the condition itself where no column holds the field. */
type FieldSource = SQLiteColumn | Stored | ((values: Value[]) => SQL | undefined);

/** Sources of the fields that filters `F` look at; where the id is, the list knows. */
export type FieldSources<F extends Filters> = Record<Exclude<FilterField<F>, 'id'>, FieldSource>;

const ASCII = /^[\p{ASCII}]*$/u;

/** Text `value` contains `text`; neither has wildcards, and case does not matter. */
export function textContains(value: SQL, text: string): SQL {
  // LIKE knows the case of ASCII letters only; the function is ours and slower.
  if (!ASCII.test(text)) return sql`instr(fold_case(${value}), ${foldCase(text)}) > 0`;
  return sql`${value} LIKE ${`%${text.replaceAll(/[\\%_]/g, '\\$&')}%`} ESCAPE '\\'`;
}

/** Text by which strings that differ in case or Unicode composition only are equal; `fold_case` in SQL. */
export function foldCase(text: string): string {
  return text.normalize('NFC').toLowerCase();
}

/** A text that is no JSON has no elements; otherwise one damaged row would fail the whole list. */
const anyElement = (column: SQLiteColumn, condition: (value: SQL) => SQL) =>
  sql`EXISTS (SELECT 1 FROM json_each(iif(json_valid(${column}), ${column}, '[]')) WHERE ${condition(sql`value`)})`;

/** A column contains `text`, or one of its elements does when it is a JSON array. */
export function contains({ column, elements }: Stored, text: string): SQL {
  if (elements) return anyElement(column, (value) => textContains(value, text));
  return textContains(sql`${column}`, text);
}

function isOneOf({ column, elements, encode }: Stored, values: Value[]): SQL {
  const stored = encode === undefined ? values : values.map((value) => encode(value as never));
  if (!elements) return inArray(column, stored);
  const list = sql.join(
    stored.map((value) => sql`${value}`),
    sql`, `,
  );
  return anyElement(column, (value) => sql`${value} IN (${list})`);
}

/** The values that `filters` find in the input of a list, by filter; what does not narrow the list is not among them. */
export function filterValues<F extends Filters>(filters: F, input: FilterValues<F>): Record<string, Value[]> {
  const given = Object.keys(filters).map((name) => [name, input[name]] as const);
  return Object.fromEntries(
    given
      .filter(([name, value]) => value !== undefined && !(filters[name]?.test === 'contains' && value === ''))
      .map(([name, value]) => [name, (Array.isArray(value) ? value : [value]) as Value[]]),
  );
}

function condition(test: FilterTest, source: FieldSource, wanted: Value[]): SQL | undefined {
  if (typeof source === 'function') return source(wanted);
  const stored: Stored = 'column' in source ? source : { column: source };
  switch (test) {
    case 'oneOf':
    case 'is':
      return isOneOf(stored, wanted);
    case 'contains':
      return contains(stored, String(wanted[0]));
    case 'from':
      return gte(stored.column, Date.parse(String(wanted[0])));
    case 'before':
      return lt(stored.column, Date.parse(String(wanted[0])));
  }
}

/** The conditions of a list; all have to hold. */
export function conditions<F extends Filters>(
  filters: F,
  sources: FieldSources<F>,
  id: SQLiteColumn,
  values: Record<string, Value[]>,
): (SQL | undefined)[] {
  const all: Readonly<Record<string, FieldSource>> = { id, ...sources };
  return Object.entries(values).map(([name, wanted]) => {
    const filter = filters[name] as Filters[string];
    const fields = filter.fields.length === 0 ? [name] : filter.fields;
    const each = fields.map((field) => condition(filter.test, all[field] as FieldSource, wanted));
    return or(...each, filter.test === 'contains' ? eq(id, String(wanted[0])) : undefined);
  });
}
