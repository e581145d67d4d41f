/** Patches rows into cached answers. */
import type { InfiniteData } from '@tanstack/react-query';
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
    if (row === undefined || Number(row.version ?? Number.POSITIVE_INFINITY) < Number(item.version ?? 0)) return item;
    changed = true;
    // An entity by id has more members than a row of a list; the list keeps its own.
    return { ...item, ...Object.fromEntries(Object.entries(row).filter(([name]) => name in item)) };
  });
  return changed ? { ...page, items } : page;
}

/** Puts rows into a cached answer without changing its order; the same object when none of them is in it. */
export function patchRows(data: unknown, rows: ReadonlyMap<string, Row>): unknown {
  if (isPages(data)) {
    const pages = data.pages.map((page) => patchPage(page, rows));
    return pages.every((page, index) => page === data.pages[index]) ? data : { ...data, pages };
  }
  if (isPage(data)) return patchPage(data, rows);
  const row = typeof data === 'object' && data !== null && 'id' in data ? rows.get(String(data.id)) : undefined;
  return row === undefined ? data : { ...(data as Row), ...row };
}

/** Ids of the rows in a cached list, page by page or whole. */
export function loadedIds(data: unknown): Set<string> {
  const pages = isPages(data) ? data.pages : isPage(data) ? [data] : [];
  return new Set(pages.flatMap((page) => page.items.map(({ id }) => String(id))));
}
