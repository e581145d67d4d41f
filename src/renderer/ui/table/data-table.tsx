/** The list of every screen: native elements, virtual rows, keyboard first, order held under the pointer. */
import { useElementSize } from '@mantine/hooks';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef } from 'react';
import { useView } from '../../lib/view-store.ts';
import { BulkBar } from './bulk-bar.tsx';
import { arranged, type Column, fitting, hiddenOf } from './columns.ts';
import type { DataTableProps } from './data-table-props.ts';
import { GridRows } from './grid-rows.tsx';
import { HeadRow } from './head-row.tsx';
import { useHeldRows } from './hold-order.ts';
import { rowHeight } from './row-height.ts';
import css from './table.module.css';
import { useNavigation } from './use-navigation.ts';

/** Width of the column of ticks, px. */
const TICKS = 40;
/** Rows before the last loaded one at which the next page is asked for. */
const AHEAD = 20;

/** Columns that the user wants to see and that fit into `width` px. */
function useVisible<R>(name: string, columns: readonly Column<R>[], width: number): Column<R>[] {
  const chosen = useView((view) => view.hidden[name]);
  const order = useView((view) => view.order[name]);
  const widths = useView((view) => view.widths[name]);
  const hidden = hiddenOf(columns, chosen);
  const shown = arranged(columns, order).filter(({ id }) => !hidden.includes(id));
  return fitting(
    shown.map((column) =>
      widths?.[column.id] === undefined ? column : { ...column, width: widths[column.id] },
    ) as Column<R>[],
    width,
  );
}

export function DataTable<R extends object>(props: DataTableProps<R>) {
  'use no memo'; // The virtualizer is one mutable object; the compiler would freeze its first answer.
  const { name, columns, bulk, loadMore } = props;
  const frame = useRef<HTMLDivElement>(null);
  const grid = useRef<HTMLTableElement>(null);
  const { rows, fresh, hold, release } = useHeldRows(props.rows, props.idOf, props.resetKey ?? '');
  const { ref: sizer, width } = useElementSize();
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => frame.current,
    estimateSize: rowHeight,
    overscan: 12,
    scrollPaddingStart: 32,
  });
  const { current, selection, selectAll, handlers } = useNavigation(props, rows, (index) =>
    virtual.scrollToIndex(index, { align: 'auto' }),
  );
  const visible = useVisible(name, columns, width === 0 ? 0 : width - (bulk === undefined ? 0 : TICKS));
  const items = virtual.getVirtualItems();
  const lastShown = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (rows.length > 0 && lastShown >= rows.length - AHEAD) loadMore?.();
  }, [lastShown, rows.length, loadMore]);
  useEffect(() => {
    // Arrow keys work at once, unless a field or dialog has the focus already.
    if (document.activeElement === document.body) grid.current?.focus({ preventScroll: true });
  }, []);

  return (
    <div className={css.frame} ref={sizer} onPointerEnter={hold} onPointerLeave={release}>
      {fresh > 0 ? (
        <button type="button" className={css.fresh} onClick={release}>
          {fresh} new
        </button>
      ) : null}
      <div className={css.scroll} ref={frame}>
        <table
          className={css.grid}
          ref={grid}
          role="grid"
          tabIndex={0}
          aria-label={props.label}
          aria-rowcount={rows.length + 1}
          aria-multiselectable={bulk !== undefined}
          aria-activedescendant={current === undefined ? undefined : `${name}-${current}`}
          {...handlers}
        >
          <colgroup>
            {bulk === undefined ? null : <col style={{ width: TICKS }} />}
            {visible.map((column) => (
              <col key={column.id} style={{ width: column.width ?? 'auto' }} />
            ))}
          </colgroup>
          <thead>
            <HeadRow
              table={name}
              columns={visible}
              sort={props.sort}
              onSort={props.onSort}
              all={bulk === undefined ? null : rows.length > 0 && selection.ids.length >= rows.length}
              onAll={selectAll}
            />
          </thead>
          <GridRows
            table={props}
            rows={rows}
            columns={visible}
            items={items}
            height={virtual.getTotalSize()}
            selection={selection}
            current={current}
          />
        </table>
      </div>
      {bulk === undefined || selection.ids.length === 0 ? null : (
        <BulkBar selection={selection} loaded={rows.length} total={props.total ?? null} bulk={bulk} />
      )}
    </div>
  );
}
