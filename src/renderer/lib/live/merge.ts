/** Puts what the host says about changed rows into a loaded list. */
import type { LoadedList, Row } from './rows.ts';

/** The host's word on some rows of a list. */
export interface Asked {
  /** Ids that were asked for; those without a row are not in the list. */
  ids: ReadonlySet<string>;
  /** As the list has them. */
  rows: readonly Row[];
}

/** How a list is loaded. */
export interface Range {
  /** The order of the host. */
  compare(a: Row, b: Row): number;
  /** The row that the cursor points at: what comes after it is not loaded. Null when everything is loaded. */
  end: Row | null;
  /** Rows of a page. */
  pageSize: number;
  /** A list of which no further page is loaded keeps its size. */
  single: boolean;
}

/** The rows after the merge; null when rows that are not loaded belong there, or too few or too many have gathered. */
export function mergeRows({ rows, cursor, pages }: LoadedList, asked: Asked, range: Range): Row[] | null {
  const { compare, end, pageSize, single } = range;
  const loaded = asked.rows.filter((row) => end === null || compare(row, end) <= 0);
  const merged = [...rows.filter(({ id }) => !asked.ids.has(String(id))), ...loaded].sort(compare);
  const size = pages * pageSize;
  if (!single) {
    const slack = pageSize / 2;
    const tooMany = merged.length > size + slack;
    return tooMany || (cursor !== null && merged.length < size - slack) ? null : merged;
  }
  // With more rows than it holds the list needs a cursor, with fewer the rows behind it, and only the host has them.
  if (cursor === null ? merged.length > size : merged.length < size) return null;
  return merged.slice(0, size);
}
