/** Patches rows into cached answers. */
import type { InfiniteData, Query, QueryClient } from '@tanstack/react-query';
import type { Page } from '../../../contract/kernel/paging.ts';

/** The value of a member that tells of the newest entity of some kind. */
export interface Newest {
  member: string;
  value: { id: string };
}

/** A row as the cache holds it. */
export type Row = Record<string, unknown>;

function isPage(value: unknown): value is Page<Row> {
  return typeof value === 'object' && value !== null && 'items' in value && Array.isArray(value.items);
}

function isPages(value: unknown): value is InfiniteData<Page<Row>> {
  return typeof value === 'object' && value !== null && 'pages' in value && Array.isArray(value.pages);
}

/** Makes a row of a row; the same one where nothing changes. */
type Change = (row: Row) => Row;

function changePage(page: Page<Row>, change: Change): Page<Row> {
  const items = page.items.map(change);
  return items.every((item, index) => item === page.items[index]) ? page : { ...page, items };
}

/** Changes the rows of a cached answer, or the one entity that it is; the same object when nothing of it changes. */
export function changeRows(data: unknown, change: Change): unknown {
  if (isPages(data)) {
    const pages = data.pages.map((page) => changePage(page, change));
    return pages.every((page, index) => page === data.pages[index]) ? data : { ...data, pages };
  }
  if (isPage(data)) return changePage(data, change);
  return typeof data === 'object' && data !== null && 'id' in data ? change(data as Row) : data;
}

/** Merges members into the rows of a cached answer. */
export const patchRows = (data: unknown, rows: ReadonlyMap<string, Row>): unknown =>
  changeRows(data, (row) => {
    const patch = rows.get(String(row.id));
    return patch === undefined ? row : { ...row, ...patch };
  });

/** Puts what became of the newest entity into the rows that tell of it; one that tells of a newer one already stays. Ids grow with time. */
export const putNewest = (data: unknown, newest: ReadonlyMap<string, Newest>): unknown =>
  changeRows(data, (row) => {
    const told = newest.get(String(row.id));
    if (told === undefined) return row;
    const before = row[told.member] as { id: string } | null | undefined;
    return before && before.id > told.value.id ? row : { ...row, [told.member]: told.value };
  });

/** Replaces a cached answer; one that is stale stays so. */
export function putData(queries: QueryClient, query: Query, data: unknown): void {
  const { isInvalidated } = query.state;
  queries.setQueryData(query.queryKey, data);
  if (isInvalidated) query.invalidate();
}

/** A cached list whichever way it was loaded. */
export interface LoadedList {
  rows: readonly Row[];
  /** Where the rows that are not loaded begin; null when all are. */
  cursor: string | null;
  /** Null when the list was not asked to count. */
  total: number | null;
  /** Pages that were asked for. */
  pages: number;
  /** The same answer with other rows and another total. */
  with(rows: readonly Row[], total: number | null): unknown;
}

/** The rows of a cached answer; null when it is no list. */
export function loadedList(data: unknown): LoadedList | null {
  if (isPage(data)) {
    const { items: rows, next_cursor: cursor, total } = data;
    return { rows, cursor, total, pages: 1, with: (items, count) => ({ ...data, items, total: count }) };
  }
  if (!isPages(data)) return null;
  const { pages } = data;
  const last = pages.length - 1;
  return {
    rows: pages.flatMap(({ items }) => items),
    cursor: pages[last]?.next_cursor ?? null,
    total: pages[0]?.total ?? null,
    pages: pages.length,
    with: (rows, total) => {
      let from = 0;
      return {
        ...data,
        pages: pages.map((page, index) => {
          const items = rows.slice(from, index === last ? rows.length : from + page.items.length);
          from += items.length;
          return { ...page, items, total: page.total === null ? null : total };
        }),
      };
    },
  };
}
