import type { ReactNode } from 'react';
import type { AnyColumn } from './columns/columns.ts';
import type { Chosen } from './navigation/use-selection.ts';

export interface DataTableProps<R extends object> {
  /** Under this name the choice, order and widths of columns are remembered. */
  name: string;
  label: string;
  rows: R[];
  idOf(row: R): string;
  /** What a row is called in the names of its controls; "row" unless given. */
  titleOf?: (row: R) => string;
  columns: readonly AnyColumn<R>[];
  sort?: string | undefined;
  onSort?: (sort: string | undefined) => void;
  /** Changes when filters do: a new list has no order to keep. */
  resetKey?: string;
  loadMore?: () => void;
  onOpen?: (row: R) => void;
  /** Row shown beside the table; Space and click choose it. */
  peek?: string | null;
  onPeek?: (id: string | null) => void;
  /** Items of the menu of a row: what can be done with it without opening it. */
  menu?: (row: R) => ReactNode;
  /** Actions on the selection; the bar appears with the first selected row. */
  bulk?: (chosen: Chosen, clear: () => void) => ReactNode;
  /** How many rows match on the host: with it, all of them can be chosen, not only the loaded ones. */
  total?: number | null;
}
