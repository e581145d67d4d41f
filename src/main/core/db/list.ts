/** Keyset paging over a table: filters, sort, opaque cursors tied to both. */
import {
  and,
  asc,
  count,
  desc,
  eq,
  gt,
  gte,
  type InferSelectModel,
  isNotNull,
  isNull,
  lt,
  lte,
  not,
  or,
  type SQL,
  sql,
} from 'drizzle-orm';
import type { SQLiteColumn, SQLiteTable } from 'drizzle-orm/sqlite-core';
import { type Bounds, parseBounded } from '../../../contract/kernel/bounds.ts';
import { invalidField } from '../../../contract/kernel/errors.ts';
import type { Filters, FilterValues } from '../../../contract/kernel/filters.ts';
import type { Page } from '../../../contract/kernel/paging.ts';
import { type Sorted, sortKeys } from '../../../contract/kernel/sorts.ts';
import { sha256 } from '../ids.ts';
import { conditions, type FieldSources, filterValues } from './conditions.ts';
import type { Db } from './database.ts';
import { readablePage } from './readable-page.ts';

/** Members every list input has. */
export interface ListQuery {
  limit: number;
  cursor?: string | undefined;
  sort?: string | undefined;
  count: boolean;
}

/** What a list of an entity with filters `F` is asked for. */
export type ListInput<F extends Filters> = ListQuery & FilterValues<F>;

/** What the contract declares for a list. */
export interface ListRecord extends Sorted {
  /** A cursor made with other values of them is refused. */
  filters: Filters;
}

/** What a list can be sorted by: a column, or an expression with the value that it has for a row. */
type SortSource<Row> = SQLiteColumn | { expression: SQL; of(row: Row): CursorValue; isCondition?: true };

/** A store's description of one list. */
export interface ListSpec<T extends SQLiteTable, R extends ListRecord> {
  table: T;
  record: R;
  /** Where the orders come from that the contract declares; null comes before every value. */
  sortable: Record<keyof R['sorts'] & string, SortSource<InferSelectModel<T>>>;
  /** Tie-breaker, unique. */
  id: SQLiteColumn;
  /** Where the fields are that the filters look at. */
  sources: FieldSources<R['filters']>;
  /** Conditions that hold whatever the caller asks for. */
  where?: SQL | undefined;
}

type CursorValue = string | number | null;

/** A cursor is a list of the values of one row. */
const CURSOR_BOUNDS: Bounds = { depth: 1, members: 20, string: 4096, size: 16_384 };

const isCursorValue = (value: unknown): value is CursorValue =>
  value === null || typeof value === 'string' || typeof value === 'number';

function encodeCursor(tag: string, values: readonly CursorValue[]): string {
  return Buffer.from(JSON.stringify([tag, ...values])).toString('base64url');
}

function decodeCursor(cursor: string, tag: string, length: number): CursorValue[] {
  try {
    const parsed: unknown = parseBounded(Buffer.from(cursor, 'base64url').toString(), CURSOR_BOUNDS);
    if (Array.isArray(parsed) && parsed[0] === tag && parsed.length === length + 1) {
      const values = parsed.slice(1);
      if (values.every(isCursorValue)) return values;
    }
  } catch {
    // falls through to the one error below
  }
  throw invalidField('cursor', 'is not a cursor of this list', {
    more: ' with this filter and sort; start again without cursor',
  });
}

/** One part of the order of the rows. */
interface OrderKey<Row> {
  source: SortSource<Row>;
  descending: boolean;
}

/** As the database has it: values of a cursor are not encoded again. */
const orderOf = <Row>({ source }: OrderKey<Row>): SQL => ('of' in source ? source.expression : sql`${source}`);

/** As {@link orderOf}, but no index is used for it: that of another part of an `OR` has the rows in another order. */
const comparedBy = <Row>(key: OrderKey<Row>): SQL => sql`+${orderOf(key)}`;

const mayBeNull = <Row>({ source }: OrderKey<Row>): boolean => 'of' in source || !source.notNull;

/** The value of a key comes after `value`; SQLite puts null before every value. */
function comesAfter<Row>(key: OrderKey<Row>, value: CursorValue): SQL | undefined {
  const by = comparedBy(key);
  if (value === null) return key.descending ? sql`0` : isNotNull(by);
  if (!key.descending) return gt(by, value);
  return mayBeNull(key) ? or(lt(by, value), isNull(by)) : lt(by, value);
}

/** From `value` on, where the index of the order can begin there: what comes before need not be read. */
function startsAt<Row>(key: OrderKey<Row> | undefined, value: CursorValue | undefined): SQL | undefined {
  if (key === undefined || value === null || value === undefined) return undefined;
  if (!key.descending) return gte(orderOf(key), value);
  return mayBeNull(key) ? undefined : lte(orderOf(key), value);
}

/** (a, b, id) after (x, y, z): a>x OR (a=x AND b>y) OR (a=x AND b=y AND id>z) */
function behind<Row>(keys: readonly OrderKey<Row>[], position: readonly CursorValue[]): SQL | undefined {
  const isAt = (key: OrderKey<Row>, value: CursorValue) =>
    value === null ? isNull(comparedBy(key)) : eq(comparedBy(key), value);
  const after = or(
    ...keys.map((key, index) =>
      and(
        ...keys.slice(0, index).map((earlier, at) => isAt(earlier, position[at] ?? null)),
        comesAfter(key, position[index] ?? null),
      ),
    ),
  );
  return and(startsAt(keys[0], position[0]), after);
}

/** What the rows have to fulfil that a list shows with these filter values. */
function filterOf<T extends SQLiteTable, const R extends ListRecord>(
  spec: ListSpec<T, R>,
  values: ReturnType<typeof filterValues>,
): SQL | undefined {
  return and(spec.where, ...conditions(spec.record.filters, spec.sources, spec.id, values));
}

/** Ids of all rows that a list shows with these filters, oldest first. */
export function matchingIds<T extends SQLiteTable, const R extends ListRecord>(
  db: Db,
  filter: FilterValues<R['filters']>,
  spec: ListSpec<T, R>,
): string[] {
  const table: SQLiteTable = spec.table;
  const where = filterOf(spec, filterValues<R['filters']>(spec.record.filters, filter));
  const rows = db.orm.select({ id: spec.id }).from(table).where(where).orderBy(asc(spec.id)).all();
  return rows.map(({ id }) => String(id));
}

/** Runs a list and answers one page of rows. @throws AppError `validation-error` for an unknown sort field or a cursor of another list */
export function listPage<T extends SQLiteTable, const R extends ListRecord>(
  db: Db,
  query: ListInput<R['filters']>,
  spec: ListSpec<T, R>,
): Page<InferSelectModel<T>> {
  const { filters } = spec.record;
  const sorts: R['sorts'] = spec.record.sorts;
  const sort = sortKeys({ ...spec.record, sorts }, query.sort).map((key) => ({
    ...key,
    source: spec.sortable[key.name],
  }));
  const byId = { source: spec.id, descending: sort[0]?.descending ?? true };
  const keys: OrderKey<InferSelectModel<T>>[] = sort[0]?.source === spec.id ? [byId] : [...sort, byId];
  const values = filterValues(filters, query);
  const tag = sha256(JSON.stringify([values, sort.map((k) => [k.name, k.descending])]))
    .toString('base64url')
    .slice(0, 12);
  const filter = filterOf(spec, values);

  let after: SQL | undefined;
  if (query.cursor !== undefined) {
    after = behind(keys, decodeCursor(query.cursor, tag, keys.length));
  }

  const table: SQLiteTable = spec.table;
  const cursorOf = (row: InferSelectModel<T>) =>
    keys.map(({ source }) => ('of' in source ? checkedCursor(source.of(row)) : cursorValue(row, source, table)));
  const { items, more, cursor } = sortedPage(db, spec, query.limit, cursorOf, keys, and(filter, after));
  const total = query.count ? (db.orm.select({ n: count() }).from(table).where(filter).get()?.n ?? 0) : null;
  return {
    items,
    next_cursor: more && cursor !== null ? encodeCursor(tag, cursor) : null,
    total,
  };
}

/**
 * One page of the rows that fulfil `where`. Where a condition comes first in the order, those that fulfil it are asked for by themselves, and
 * then the others: both have an index in the order that is left, and the condition needs none of its own, which every change would have to keep.
 */
function sortedPage<T extends SQLiteTable, R extends ListRecord>(
  db: Db,
  spec: ListSpec<T, R>,
  limit: number,
  cursorOf: (row: InferSelectModel<T>) => CursorValue[],
  keys: readonly OrderKey<InferSelectModel<T>>[],
  where: SQL | undefined,
) {
  const orderBy = (some: typeof keys) => some.map((key) => (key.descending ? desc(orderOf(key)) : asc(orderOf(key))));
  const [first, ...others] = keys;
  if (first === undefined || !('isCondition' in first.source)) {
    return readablePage(db, spec, limit, cursorOf, { where, order: orderBy(keys) });
  }
  const { expression } = first.source;
  const halves = first.descending ? [expression, not(expression)] : [not(expression), expression];
  const page = { items: [] as InferSelectModel<T>[], more: false, cursor: null as CursorValue[] | null };
  for (const half of halves) {
    const rest = limit - page.items.length;
    const next = readablePage(db, spec, rest, cursorOf, { where: and(half, where), order: orderBy(others) });
    page.items.push(...next.items);
    page.more = next.more;
    page.cursor = next.cursor ?? page.cursor;
    if (next.more) break;
  }
  return page;
}

/** The value as a cursor can have it. @throws Error for what JSON or a number of JavaScript cannot name exactly */
function checkedCursor(value: unknown): CursorValue {
  const exact =
    typeof value !== 'number' || (Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value)));
  if (isCursorValue(value) && exact) return value;
  throw new Error(`it has no place in an order: ${typeof value}`);
}

/** Property under which drizzle returns a column. */
function cursorValue(row: Record<string, unknown>, column: SQLiteColumn, table: SQLiteTable): CursorValue {
  const property = Object.entries(table).find(([, candidate]) => candidate === column)?.[0];
  const value = property === undefined ? undefined : row[property];
  const stored = Array.isArray(value) ? JSON.stringify(value) : value;
  return checkedCursor(stored);
}
