/** The list of every screen: native elements, virtual rows, keyboard first, order held under the pointer. */
import { useElementSize } from '@mantine/hooks';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, type MouseEvent, type ReactNode, useEffect, useRef, useState } from 'react';
import { useView } from '../../lib/view-store.ts';
import { Button } from '../buttons.tsx';
import { type Column, fitting, hiddenOf } from './columns.ts';
import { HeadRow } from './head-row.tsx';
import { useHeldRows } from './use-held-rows.ts';
import { useRowKeys } from './use-row-keys.ts';

/** Props of {@link DataTable}. */
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
  bulk?: (ids: string[], clear: () => void) => ReactNode;
}

/** See the file's head. */
export function DataTable<R extends object>(props: DataTableProps<R>) {
  'use no memo'; // The virtualizer is one mutable object; the compiler would freeze its first answer.
  const { name, idOf, columns } = props;
  const frame = useRef<HTMLDivElement>(null);
  const grid = useRef<HTMLTableElement>(null);
  const { rows, fresh, hold, release } = useHeldRows(props.rows, idOf, props.resetKey ?? '');
  const [cursor, setCursor] = useState<string | null>(null);
  const [anchor, setAnchor] = useState<string | null>(null);
  const [selection, setSelection] = useState<Readonly<Record<string, true>>>({});
  const choice = useView((view) => view.hidden[name]);
  const hidden = hiddenOf(columns, choice);
  const { ref: sizer, width } = useElementSize();
  const rowHeight = document.documentElement.dataset.density === 'compact' ? 28 : 32;

  const model = rows.map((row) => ({ id: idOf(row), original: row }));
  const visible = fitting(
    columns.filter(({ id }) => !hidden.includes(id)),
    width === 0 ? 0 : width - (props.bulk === undefined ? 0 : 40),
  );
  const virtual = useVirtualizer({
    count: model.length,
    getScrollElement: () => frame.current,
    estimateSize: () => rowHeight,
    overscan: 12,
    scrollPaddingStart: 32,
  });
  const items = virtual.getVirtualItems();
  const lastShown = items.at(-1)?.index ?? 0;
  const { loadMore } = props;
  useEffect(() => {
    if (model.length > 0 && lastShown >= model.length - 20) loadMore?.();
  }, [lastShown, model.length, loadMore]);
  useEffect(() => {
    // Arrow keys work at once, unless a field or dialog has the focus already.
    if (document.activeElement === document.body) grid.current?.focus({ preventScroll: true });
  }, []);

  const index = model.findIndex(({ id }) => id === (cursor ?? props.peek));
  const at = (position: number) => model[Math.min(model.length - 1, Math.max(0, position))];
  const select = (ids: string[], on: boolean) => {
    const next = { ...selection };
    for (const id of ids) {
      if (on) next[id] = true;
      else delete next[id];
    }
    setSelection(next);
  };
  const moveTo = (position: number, range: boolean) => {
    const row = at(position);
    if (row === undefined) return;
    if (range && props.bulk !== undefined) {
      const from = model.findIndex(({ id }) => id === (anchor ?? cursor ?? row.id));
      const [low, high] = [Math.min(from, position), Math.max(from, position)];
      setAnchor(anchor ?? cursor ?? row.id);
      select(
        model.slice(Math.max(0, low), high + 1).map(({ id }) => id),
        true,
      );
    } else {
      setAnchor(null);
    }
    setCursor(row.id);
    virtual.scrollToIndex(Math.max(0, Math.min(position, model.length - 1)), { align: 'auto' });
    if (props.peek) props.onPeek?.(row.id);
  };
  const current = index < 0 ? undefined : model[index];
  const openCurrent = () => current && props.onOpen?.(current.original);
  const peekCurrent = () => current && props.onPeek?.(props.peek === current.id ? null : current.id);
  const selectCurrent = () => current && props.bulk && select([current.id], selection[current.id] !== true);

  const chosen = Object.keys(selection).filter((id) => selection[id]);
  useRowKeys(name, {
    down: () => moveTo(index + 1, false),
    up: () => moveTo(index - 1, false),
    open: props.onOpen && openCurrent,
    peek: props.onPeek && peekCurrent,
    select: props.bulk && selectCurrent,
  });

  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 15, PageUp: -15 }[event.key];
    if (step !== undefined) moveTo(Math.max(0, index + step), event.shiftKey);
    else if (event.key === 'Home') moveTo(0, event.shiftKey);
    else if (event.key === 'End') moveTo(model.length - 1, event.shiftKey);
    else if (event.key === 'Escape' && chosen.length > 0) setSelection({});
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  const onClick = (event: MouseEvent) => {
    const target = event.target as HTMLElement;
    const id = target.closest('tr')?.dataset.id;
    if (id === undefined || target.closest('a, button, input, label') !== null) return;
    if (event.shiftKey)
      return moveTo(
        model.findIndex((row) => row.id === id),
        true,
      );
    setCursor(id);
    if (props.onPeek !== undefined) props.onPeek(id);
    else if (props.onOpen !== undefined) {
      const row = model.find((candidate) => candidate.id === id);
      if (row !== undefined) props.onOpen(row.original);
    }
  };
  const onDoubleClick = (event: MouseEvent) => {
    const id = (event.target as HTMLElement).closest('tr')?.dataset.id;
    const row = model.find((candidate) => candidate.id === id);
    if (row !== undefined) props.onOpen?.(row.original);
  };

  const before = items[0]?.start ?? 0;
  const after = virtual.getTotalSize() - (items.at(-1)?.end ?? 0);
  const span = visible.length + (props.bulk === undefined ? 0 : 1);
  return (
    <div className="grid-frame" ref={sizer} onPointerEnter={hold} onPointerLeave={release}>
      {fresh > 0 ? (
        <button type="button" className="new-pill" onClick={release}>
          {fresh} new
        </button>
      ) : null}
      <div className="grid-scroll" ref={frame}>
        <table
          className="grid"
          ref={grid}
          role="grid"
          tabIndex={0}
          aria-label={props.label}
          aria-rowcount={model.length + 1}
          aria-multiselectable={props.bulk !== undefined}
          aria-activedescendant={current === undefined ? undefined : `${name}-${current.id}`}
          onKeyDown={onKeyDown}
          onClick={onClick}
          onDoubleClick={onDoubleClick}
        >
          <colgroup>
            {props.bulk === undefined ? null : <col style={{ width: 40 }} />}
            {visible.map((column) => (
              <col key={column.id} style={column.width === undefined ? { width: 'auto' } : { width: column.width }} />
            ))}
          </colgroup>
          <thead>
            <HeadRow
              columns={visible}
              sort={props.sort}
              onSort={props.onSort}
              all={props.bulk === undefined ? null : model.length > 0 && chosen.length >= model.length}
              onAll={(on) => setSelection(on ? Object.fromEntries(model.map(({ id }) => [id, true])) : {})}
            />
          </thead>
          <tbody>
            {before > 0 ? (
              <tr className="spacer" aria-hidden>
                <td colSpan={span} style={{ height: before }} />
              </tr>
            ) : null}
            {items.map((item) => {
              const row = model[item.index];
              if (row === undefined) return null;
              const isChosen = selection[row.id] === true || props.peek === row.id;
              return (
                <tr
                  key={row.id}
                  id={`${name}-${row.id}`}
                  data-id={row.id}
                  aria-rowindex={item.index + 2}
                  aria-selected={isChosen}
                  className={row.id === current?.id ? 'cursor' : undefined}
                >
                  {props.bulk === undefined ? null : (
                    <td>
                      <input
                        type="checkbox"
                        aria-label="Select row"
                        tabIndex={-1}
                        checked={selection[row.id] === true}
                        onChange={(event) => select([row.id], event.target.checked)}
                      />
                    </td>
                  )}
                  {visible.map((column) => (
                    <td key={column.id} className={column.num ? 'num' : undefined}>
                      {column.cell(row.original)}
                    </td>
                  ))}
                </tr>
              );
            })}
            {after > 0 ? (
              <tr className="spacer" aria-hidden>
                <td colSpan={span} style={{ height: after }} />
              </tr>
            ) : null}
          </tbody>
        </table>
      </div>
      {chosen.length > 0 && props.bulk !== undefined ? (
        <div className="bulk-bar" role="toolbar" aria-label="Selection">
          <span>{chosen.length} selected</span>
          {props.bulk(chosen, () => setSelection({}))}
          <Button small kind="ghost" onClick={() => setSelection({})}>
            Clear
          </Button>
        </div>
      ) : null}
    </div>
  );
}
