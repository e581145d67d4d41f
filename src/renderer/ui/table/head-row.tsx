import { ArrowDown, ArrowUp } from 'lucide-react';
import text from '../styles/text.module.css';
import { type Column, nextSort, parseSort } from './columns.ts';
import css from './table.module.css';

export interface HeadRowProps<R> {
  columns: readonly Column<R>[];
  sort: string | undefined;
  onSort: ((sort: string | undefined) => void) | undefined;
  /** Whether every loaded row is selected; `null` when rows cannot be selected. */
  all: boolean | null;
  onAll(on: boolean): void;
}

/** Titles of a table; those the server can sort by are buttons. */
export function HeadRow<R>({ columns, sort: current, onSort, all, onAll }: HeadRowProps<R>) {
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
      {columns.map((column) => {
        const { sort } = column;
        const active = sort !== undefined && sorted?.field === sort;
        return (
          <th
            key={column.id}
            scope="col"
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
          </th>
        );
      })}
    </tr>
  );
}
