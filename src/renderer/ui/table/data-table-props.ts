import type { ReactNode } from 'react';
import type { Column } from './columns.ts';
import type { Chosen } from './use-selection.ts';

export interface DataTableProps<R extends object> {
  /** Under this name the column choice is remembered. */
  name: string;
  label: string;
  rows: R[];
  idOf(row: R): string;
  columns: readonly Column<R>[];
  sort?: string | undefined;
  onSort?: (sort: string | undefined) => void;
  /** Changes when filters do: a new list has no order to keep. */
  resetKey?: string;
  loadMore?: () => void;
  onOpen?: (row: R) => void;
  /** Row shown beside the table; Space and click choose it. */
  peek?: string | null;
  onPeek?: (id: string | null) => void;
  /** Actions on the selection; the bar appears with the first selected row. */
  bulk?: (chosen: Chosen, clear: () => void) => ReactNode;
  /** How many rows match on the host: with it, all of them can be chosen, not only the loaded ones. */
  total?: number | null;
}
