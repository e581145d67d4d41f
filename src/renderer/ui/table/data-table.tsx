/** The list of every screen: native elements, virtual rows, keyboard first, order held under the pointer. */
import { useVirtualizer } from '@tanstack/react-virtual';
import { type RefObject, useEffect, useRef } from 'react';
import { listProps, useInitialFocus } from '../../lib/keys/focus-list.ts';
import { useOverscan } from '../sizing/use-overscan.ts';
import { useWidth } from '../sizing/use-width.ts';
import { BulkBar } from './bulk-bar.tsx';
import type { AnyColumn } from './columns/columns.ts';
import { HeadRow } from './columns/head-row.tsx';
import { useVisible } from './columns/use-visible.ts';
import type { DataTableProps } from './data-table-props.ts';
import { GridRows } from './grid-rows.tsx';
import { useHeldRows } from './hold-order.ts';
import { useNavigation } from './navigation/use-navigation.ts';
import { rowHeight } from './row-height.ts';
import { RowMenu } from './row-menu.tsx';
import css from './table.module.css';
import { useRowMenu } from './use-row-menu.ts';

/** Widths of the columns of ticks and of menus, px. */
const TICKS = 40;
const MENUS = 44;
/** Rows before the last loaded one at which the next page is asked for. */
const AHEAD = 20;

/** The rows in view of `count`; asks for the next page before the last of them is. */
function useRowsInView(frame: RefObject<HTMLDivElement | null>, count: number, loadMore: (() => void) | undefined) {
  'use no memo'; // The virtualizer is one mutable object; the compiler would freeze its first answer.
  const overscan = useOverscan(12);
  const virtual = useVirtualizer({
    count,
    getScrollElement: () => frame.current,
    estimateSize: rowHeight,
    overscan,
    scrollPaddingStart: 32,
  });
  const items = virtual.getVirtualItems();
  const lastShown = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (count > 0 && lastShown >= count - AHEAD) loadMore?.();
  }, [lastShown, count, loadMore]);
  return {
    items,
    height: virtual.getTotalSize(),
    scrollTo: (index: number) => virtual.scrollToIndex(index, { align: 'auto' }),
  };
}

export function DataTable<R extends object>(props: DataTableProps<R>) {
  'use no memo'; // See useRowsInView.
  const { name, columns, bulk, menu } = props;
  const frame = useRef<HTMLDivElement>(null);
  const grid = useRef<HTMLTableElement>(null);
  const { rows, fresh, hold, release } = useHeldRows(props.rows, props.idOf, props.resetKey ?? '');
  const { ref: sizer, width } = useWidth<HTMLDivElement>();
  const { items, height, scrollTo } = useRowsInView(frame, rows.length, props.loadMore);
  const { at, openAt, onContextMenu, close } = useRowMenu(grid);
  const { current, selection, selectAll, handlers } = useNavigation(props, rows, scrollTo, openAt);
  const beside = (bulk === undefined ? 0 : TICKS) + (menu === undefined ? 0 : MENUS);
  const visible = useVisible(name, columns, width === 0 ? 0 : width - beside);
  useInitialFocus(() => grid.current);
  const menuRow = rows.find((row) => props.idOf(row) === at?.id);

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
          {...listProps}
          aria-rowcount={rows.length + 1}
          aria-multiselectable={bulk !== undefined}
          aria-activedescendant={current === undefined ? undefined : `${name}-${current}`}
          onContextMenu={menu && onContextMenu}
          {...handlers}
        >
          <Widths columns={visible} ticks={bulk !== undefined} menus={menu !== undefined} />
          <thead>
            <HeadRow
              table={name}
              columns={visible}
              sort={props.sort}
              onSort={props.onSort}
              all={bulk === undefined ? null : rows.length > 0 && selection.ids.length >= rows.length}
              onAll={selectAll}
              menu={menu !== undefined}
            />
          </thead>
          <GridRows
            {...{ table: props, rows, columns: visible, items, height, selection, current }}
            openMenu={openAt}
          />
        </table>
      </div>
      {at === null || menuRow === undefined ? null : (
        <RowMenu at={at} label={`Actions for ${props.titleOf?.(menuRow) ?? 'row'}`} close={close}>
          {menu?.(menuRow)}
        </RowMenu>
      )}
      {bulk === undefined || selection.ids.length === 0 ? null : (
        <BulkBar selection={selection} loaded={rows.length} total={props.total ?? null} bulk={bulk} />
      )}
    </div>
  );
}

function Widths<R>({ columns, ticks, menus }: { columns: readonly AnyColumn<R>[]; ticks: boolean; menus: boolean }) {
  return (
    <colgroup>
      {ticks ? <col style={{ width: TICKS }} /> : null}
      {columns.map((column) => (
        <col key={column.id} style={{ width: column.width ?? 'auto' }} />
      ))}
      {menus ? <col style={{ width: MENUS }} /> : null}
    </colgroup>
  );
}
