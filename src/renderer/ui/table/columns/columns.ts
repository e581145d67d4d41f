import type { ReactNode } from 'react';

interface ColumnLayout<R> {
  id: string;
  title: string;
  /** Width in px; the first column without one takes what is left. */
  width?: number;
  /** Px up to which it takes of what is left; its `width` is the least. */
  grow?: number;
  /** Numbers stand to the right. */
  num?: boolean;
  /** Cannot be hidden. */
  fixed?: boolean;
  /** Hidden until the user shows it. */
  hidden?: boolean;
  /** Leaves a table that has become too narrow; the highest first. */
  drop?: number;
  cell(row: R): ReactNode;
}

/**
 * One column as data. `Sort`: the orders of the list's entity, `SortOf<typeof taskRecord>`. Either the server sorts by the column, or it says
 * why an order by it makes no sense, which its title shows.
 */
export type Column<R, Sort extends string = never> = ColumnLayout<R> &
  ({ sort: Sort; unsorted?: never } | { sort?: never; unsorted: string });

/** A column of any list. */
export type AnyColumn<R> = Column<R, string>;

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

/** Least room of the column without a width, px. */
const FLEXIBLE_MIN = 220;
/** With less room names cannot be told apart, px. */
const NAME_MIN = 120;

/** Columns that have room in `width` px; those with the highest `drop` leave first, and in the end all others before the one without a width. */
export function fitting<R>(columns: readonly AnyColumn<R>[], width: number): AnyColumn<R>[] {
  const room = (list: readonly AnyColumn<R>[]) => list.reduce((sum, column) => sum + (column.width ?? FLEXIBLE_MIN), 0);
  const left = [...columns];
  while (width > 0 && room(left) > width) {
    const worst = left.reduce<AnyColumn<R> | null>(
      (found, column) => ((column.drop ?? 0) > (found?.drop ?? 0) ? column : found),
      null,
    );
    if (worst === null) break;
    left.splice(left.indexOf(worst), 1);
  }
  const names = left.filter((column) => column.width === undefined);
  return width > 0 && names.length > 0 && room(left) - FLEXIBLE_MIN + NAME_MIN > width ? names : left;
}

/**
 * The columns with the widths that they are drawn with in `width` px: of what is left, half goes to those that may grow. Where the user
 * has given each a width, the last one takes what is left, so that the others have exactly theirs.
 */
export function laidOut<R>(columns: readonly AnyColumn<R>[], width: number): AnyColumn<R>[] {
  const flexible = columns.findIndex((column) => column.width === undefined);
  if (flexible < 0) return columns.map((column, place) => (place === columns.length - 1 ? bare(column) : column));
  const taken = columns.reduce((sum, column) => sum + (column.width ?? FLEXIBLE_MIN), 0);
  let spare = Math.max(0, width - taken) / 2;
  return columns.map((column) => {
    if (column.grow === undefined || column.width === undefined) return column;
    const more = Math.max(0, Math.min(spare, column.grow - column.width));
    spare -= more;
    return { ...column, width: Math.floor(column.width + more) };
  });
}

function bare<R>({ width: _own, ...column }: AnyColumn<R>): AnyColumn<R> {
  return column;
}

/** Columns that are hidden: the user's choice, else what the columns say. */
export const hiddenOf = <R>(
  columns: readonly AnyColumn<R>[],
  chosen: readonly string[] | undefined,
): readonly string[] => chosen ?? columns.filter(({ hidden }) => hidden).map(({ id }) => id);

/** Columns in the order that the user chose; those that it does not name follow in their own. */
export function arranged<R>(columns: readonly AnyColumn<R>[], order: readonly string[] = []): AnyColumn<R>[] {
  const place = ({ id }: AnyColumn<R>) => (order.includes(id) ? order.indexOf(id) : order.length);
  return columns.toSorted((a, b) => place(a) - place(b));
}

/** The ids in which `id` stands `by` places further on. */
export function movedBy(ids: readonly string[], id: string, by: number): string[] {
  const to = Math.max(0, Math.min(ids.indexOf(id) + by, ids.length - 1));
  return ids.filter((other) => other !== id).toSpliced(to, 0, id);
}

/** Least width of a column, px. */
export const MIN_WIDTH = 48;
