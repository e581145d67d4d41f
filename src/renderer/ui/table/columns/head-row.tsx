import { ArrowDown, ArrowUp } from 'lucide-react';
import { useView } from '../../../lib/view-store.ts';
import text from '../../styles/text.module.css';
import css from '../table.module.css';
import { dragColumn } from './column-drag.ts';
import { ColumnGrip } from './column-grip.tsx';
import { type AnyColumn, movedBy, nextSort, parseSort } from './columns.ts';

export interface HeadRowProps<R> {
  columns: readonly AnyColumn<R>[];
  sort: string | undefined;
  onSort: ((sort: string | undefined) => void) | undefined;
  /** Whether every loaded row is selected; `null` when rows cannot be selected. */
  all: boolean | null;
  onAll(on: boolean): void;
  /** Rows have a menu of actions. */
  menu: boolean;
  /** Under this name widths and order are remembered. */
  table: string;
}

/** Titles of a table; those the server can sort by are buttons. Each can be dragged to another place. */
export function HeadRow<R>({ columns, sort, onSort, all, onAll, menu, table }: HeadRowProps<R>) {
  const setWidths = useView((view) => view.setWidths);
  const resetWidth = useView((view) => view.resetWidth);
  const setOrder = useView((view) => view.setOrder);
  const order = useView((view) => view.order[table]);
  const ids = columns.map(({ id }) => id);
  // Columns that are hidden or have no room now keep their place behind.
  const put = (next: string[]) => setOrder(table, [...next, ...(order ?? []).filter((id) => !next.includes(id))]);
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
        const move = (by: number) => put(movedBy(ids, column.id, by));
        const isActive = column.sort !== undefined && parseSort(sort)?.field === column.sort;
        return (
          <th
            key={column.id}
            scope="col"
            data-column={column.id}
            aria-label={column.title === '' ? 'Actions' : column.title}
            className={column.num ? css.num : undefined}
            aria-sort={isActive ? (parseSort(sort)?.down ? 'descending' : 'ascending') : undefined}
            onPointerDown={(event) => {
              if (event.button === 0 && event.pointerType !== 'touch') dragColumn(event, index, move);
            }}
          >
            <Title column={column} sort={sort} onSort={onSort} />
            <ColumnGrip
              title={column.title}
              column={column.id}
              resize={(widths) => setWidths(table, widths)}
              reset={() => resetWidth(table, column.id)}
              move={move}
            />
          </th>
        );
      })}
      {menu ? (
        <th scope="col" className={css.menuCell}>
          <span className={text.hidden}>Actions</span>
        </th>
      ) : null}
    </tr>
  );
}

function Title<R>({
  column: { title, sort: field, unsorted },
  sort,
  onSort,
}: Pick<HeadRowProps<R>, 'sort' | 'onSort'> & { column: AnyColumn<R> }) {
  if (title === '') return <span className={text.hidden}>Actions</span>;
  if (field === undefined || onSort === undefined) return <span title={unsorted}>{title}</span>;
  const sorted = parseSort(sort);
  const Arrow = sorted?.down ? ArrowDown : ArrowUp;
  return (
    <button type="button" onClick={() => onSort(nextSort(sort, field))}>
      {title}
      {sorted?.field === field ? <Arrow size={12} /> : null}
    </button>
  );
}
