import { ArrowDown, ArrowUp } from 'lucide-react';
import { useView } from '../../lib/view-store.ts';
import text from '../styles/text.module.css';
import { ColumnGrip } from './column-grip.tsx';
import { type Column, movedBy, nextSort, parseSort } from './columns.ts';
import css from './table.module.css';

export interface HeadRowProps<R> {
  columns: readonly Column<R>[];
  sort: string | undefined;
  onSort: ((sort: string | undefined) => void) | undefined;
  /** Whether every loaded row is selected; `null` when rows cannot be selected. */
  all: boolean | null;
  onAll(on: boolean): void;
  /** Under this name widths and order are remembered. */
  table: string;
}

/** Titles of a table; those the server can sort by are buttons. */
export function HeadRow<R>({ columns, sort: current, onSort, all, onAll, table }: HeadRowProps<R>) {
  const setWidth = useView((view) => view.setWidth);
  const setOrder = useView((view) => view.setOrder);
  const order = useView((view) => view.order[table]);
  const ids = columns.map(({ id }) => id);
  // Columns that are hidden or have no room now keep their place behind.
  const put = (next: string[]) => setOrder(table, [...next, ...(order ?? []).filter((id) => !next.includes(id))]);
  const sorted = parseSort(current);
  return (
    <tr>
      {all === null ? null : (
        <th scope="col">
          <input
            type="checkbox"
            aria-label="Select all loaded rows"
            checked={all}
            onChange={(event) => onAll(event.target.checked)}
          />
        </th>
      )}
      {columns.map((column, index) => {
        const { sort } = column;
        const active = sort !== undefined && sorted?.field === sort;
        return (
          <th
            key={column.id}
            scope="col"
            aria-label={column.title === '' ? 'Actions' : column.title}
            className={column.num ? css.num : undefined}
            aria-sort={active ? (sorted?.down ? 'descending' : 'ascending') : undefined}
          >
            {sort === undefined || onSort === undefined ? (
              column.title === '' ? (
                <span className={text.hidden}>Actions</span>
              ) : (
                column.title
              )
            ) : (
              <button type="button" onClick={() => onSort?.(nextSort(current, sort))}>
                {column.title}
                {active ? sorted?.down ? <ArrowDown size={12} /> : <ArrowUp size={12} /> : null}
              </button>
            )}
            <ColumnGrip
              title={column.title}
              index={index + (all === null ? 0 : 1)}
              resize={(px) => setWidth(table, column.id, px)}
              move={(by) => put(movedBy(ids, column.id, by))}
            />
          </th>
        );
      })}
    </tr>
  );
}
