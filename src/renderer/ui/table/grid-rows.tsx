import type { VirtualItem } from '@tanstack/react-virtual';
import { Ellipsis } from 'lucide-react';
import { buttonClass } from '../buttons.tsx';
import type { Column } from './columns/columns.ts';
import type { DataTableProps } from './data-table-props.ts';
import type { Selection } from './navigation/use-selection.ts';
import { Spacer } from './spacer.tsx';
import css from './table.module.css';

/** The rows of a table that are in view, between empty ones that keep the place of the others. */
export function GridRows<R extends object>({
  table: { name, idOf, titleOf = () => 'row', bulk, menu, peek },
  rows,
  columns,
  items,
  height,
  selection,
  current,
  openMenu,
}: {
  table: DataTableProps<R>;
  rows: readonly R[];
  columns: readonly Column<R>[];
  /** Places of the rows in view. */
  items: readonly VirtualItem[];
  /** Of all rows, px. */
  height: number;
  selection: Selection;
  /** Id of the row with the cursor. */
  current: string | undefined;
  openMenu(id: string): void;
}) {
  const span = columns.length + (bulk === undefined ? 0 : 1) + (menu === undefined ? 0 : 1);
  return (
    <tbody>
      <Spacer span={span} height={items[0]?.start ?? 0} />
      {items.map(({ index }) => {
        const row = rows[index];
        if (row === undefined) return null;
        const id = idOf(row);
        const ticked = selection.has(id);
        return (
          <tr
            key={id}
            id={`${name}-${id}`}
            data-id={id}
            aria-rowindex={index + 2}
            aria-selected={ticked || peek === id}
            className={id === current ? css.cursor : undefined}
          >
            {bulk === undefined ? null : (
              <td>
                <input
                  type="checkbox"
                  aria-label={`Select ${titleOf(row)}`}
                  tabIndex={-1}
                  checked={ticked}
                  onChange={(event) => selection.put([id], event.target.checked)}
                />
              </td>
            )}
            {columns.map((column) => (
              <td key={column.id} className={column.num ? css.num : undefined}>
                {column.cell(row)}
              </td>
            ))}
            {menu === undefined ? null : (
              <td className={css.menuCell}>
                <button
                  type="button"
                  tabIndex={-1}
                  className={buttonClass({ kind: 'ghost', small: true, icon: true })}
                  aria-haspopup="menu"
                  aria-label={`Actions for ${titleOf(row)}`}
                  title="Actions"
                  onClick={() => openMenu(id)}
                >
                  <Ellipsis size={14} />
                </button>
              </td>
            )}
          </tr>
        );
      })}
      <Spacer span={span} height={height - (items.at(-1)?.end ?? 0)} />
    </tbody>
  );
}
