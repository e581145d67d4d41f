import { useCallbackRef } from '@mantine/hooks';
import type { VirtualItem } from '@tanstack/react-virtual';
import type { AnyColumn } from './columns/columns.ts';
import type { DataTableProps } from './data-table-props.ts';
import { GridRow } from './grid-row.tsx';
import type { Selection } from './navigation/use-selection.ts';
import { Spacer } from './spacer.tsx';

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
  columns: readonly AnyColumn<R>[];
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
  // The same function for ever, so that rows which stay as they are need not render.
  const tick = useCallbackRef((id: string, on: boolean) => selection.put([id], on));
  const open = useCallbackRef(openMenu);
  return (
    <tbody>
      <Spacer span={span} height={items[0]?.start ?? 0} />
      {items.map(({ index }) => {
        const row = rows[index];
        if (row === undefined) return null;
        const id = idOf(row);
        const ticked = selection.has(id);
        return (
          <GridRow
            key={id}
            element={`${name}-${id}`}
            id={id}
            title={titleOf(row)}
            row={row}
            place={index + 2}
            columns={columns}
            ticked={bulk === undefined ? null : ticked}
            selected={ticked || peek === id}
            isCurrent={id === current}
            hasMenu={menu !== undefined}
            tick={tick}
            openMenu={open}
          />
        );
      })}
      <Spacer span={span} height={height - (items.at(-1)?.end ?? 0)} />
    </tbody>
  );
}
