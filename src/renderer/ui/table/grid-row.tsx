import { Ellipsis } from 'lucide-react';
import { memo } from 'react';
import { buttonClass } from '../buttons.tsx';
import type { AnyColumn } from './columns/columns.ts';
import css from './table.module.css';

interface GridRowProps<R> {
  /** Id of the element. */
  element: string;
  id: string;
  title: string;
  row: R;
  /** Place among all rows, the head is 1. */
  place: number;
  columns: readonly AnyColumn<R>[];
  /** Null in a table without ticks. */
  ticked: boolean | null;
  selected: boolean;
  isCurrent: boolean;
  hasMenu: boolean;
  tick(id: string, on: boolean): void;
  openMenu(id: string): void;
}

function Row<R>(props: GridRowProps<R>) {
  const { id, title, row, ticked } = props;
  return (
    <tr
      id={props.element}
      data-id={id}
      aria-rowindex={props.place}
      aria-selected={props.selected}
      className={props.isCurrent ? css.cursor : undefined}
    >
      {ticked === null ? null : (
        <td>
          <input
            type="checkbox"
            aria-label={`Select ${title}`}
            tabIndex={-1}
            checked={ticked}
            onChange={(event) => props.tick(id, event.target.checked)}
          />
        </td>
      )}
      {props.columns.map((column) => (
        <td key={column.id} className={column.num ? css.num : undefined}>
          {column.cell(row)}
        </td>
      ))}
      {props.hasMenu ? (
        <td className={css.menuCell}>
          <button
            type="button"
            tabIndex={-1}
            className={buttonClass({ kind: 'ghost', small: true, icon: true })}
            aria-haspopup="menu"
            aria-label={`Actions for ${title}`}
            title="Actions"
            onClick={() => props.openMenu(id)}
          >
            <Ellipsis size={14} />
          </button>
        </td>
      ) : null}
    </tr>
  );
}

/** One row of a table. It renders when something about it changes, not with every step of scrolling. */
// `memo` forgets that the component is generic.
export const GridRow = memo(Row) as typeof Row;
