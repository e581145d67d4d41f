/** Patches rows into cached answers. */
import type { InfiniteData, Query, QueryClient } from '@tanstack/react-query';
import type { Page } from '../../../contract/kernel/paging.ts';

/** A row as the cache holds it. */
export type Row = Record<string, unknown>;

function isPage(value: unknown): value is Page<Row> {
  return typeof value === 'object' && value !== null && 'items' in value && Array.isArray(value.items);
}

function isPages(value: unknown): value is InfiniteData<Page<Row>> {
  return typeof value === 'object' && value !== null && 'pages' in value && Array.isArray(value.pages);
}

function patchPage(page: Page<Row>, rows: ReadonlyMap<string, Row>): Page<Row> {
  let changed = false;
  const items = page.items.map((item) => {
    const row = rows.get(String(item.id));
    if (row === undefined) return item;
    changed = true;
    return { ...item, ...row };
  });
  return changed ? { ...page, items } : page;
}

/** Merges members into the rows of a cached answer, or into the one entity that it is; the same object when none of them is in it. */
export function patchRows(data: unknown, rows: ReadonlyMap<string, Row>): unknown {
  if (isPages(data)) {
    const pages = data.pages.map((page) => patchPage(page, rows));
    return pages.every((page, index) => page === data.pages[index]) ? data : { ...data, pages };
  }
  if (isPage(data)) return patchPage(data, rows);
  const row = typeof data === 'object' && data !== null && 'id' in data ? rows.get(String(data.id)) : undefined;
  return row === undefined ? data : { ...(data as Row), ...row };
}

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
