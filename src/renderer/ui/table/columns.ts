import type { ReactNode } from 'react';

/** One column as data. */
export interface Column<R> {
  id: string;
  title: string;
  /** Width in px; the first column without one takes what is left. */
  width?: number;
  /** Numbers stand to the right. */
  num?: boolean;
  /** Field of the server's sort, where the column can be sorted. */
  sort?: string;
  /** Cannot be hidden. */
  fixed?: boolean;
  cell(row: R): ReactNode;
}

/** `-created_at` → `{ field: 'created_at', down: true }`. */
export function parseSort(sort: string | undefined): { field: string; down: boolean } | null {
  if (sort === undefined || sort === '') return null;
  return sort.startsWith('-') ? { field: sort.slice(1), down: true } : { field: sort, down: false };
}

/** Sort after a click on the column: down, then up, then the server's default. */
export function nextSort(sort: string | undefined, field: string): string | undefined {
  const now = parseSort(sort);
  if (now === null || now.field !== field) return `-${field}`;
  return now.down ? field : undefined;
}
