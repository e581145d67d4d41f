import type { KeyboardEvent, MouseEvent } from 'react';
import type { DataTableProps } from '../data-table-props.ts';
import { useCursor } from './use-cursor.ts';
import { useRowKeys } from './use-row-keys.ts';
import { useSelection } from './use-selection.ts';

/** Rows that PageUp and PageDown go. */
const PAGE = 15;

/** Id of the row that an event happened in. */
export const rowOf = (event: MouseEvent): string | undefined => (event.target as HTMLElement).closest('tr')?.dataset.id;

/** Cursor and selection of a table, moved by keys and clicks. `scrollTo` brings a row into view, `openMenu` opens its menu. */
export function useNavigation<R extends object>(
  { name, idOf, peek, onPeek, onOpen, bulk, menu, resetKey = '' }: DataTableProps<R>,
  rows: readonly R[],
  scrollTo: (index: number) => void,
  openMenu: (id: string) => void,
) {
  const ids = rows.map(idOf);
  const cursor = useCursor(ids, peek);
  const selection = useSelection(resetKey, ids);

  const moveTo = (position: number, range: boolean) => {
    const index = Math.max(0, Math.min(position, ids.length - 1));
    const id = ids[index];
    if (id === undefined) return;
    if (range && bulk !== undefined) selection.put(cursor.extend(id), true);
    else cursor.move(id);
    scrollTo(index);
    if (peek) onPeek?.(id);
  };
  const open = (id: string | undefined) => {
    const row = rows[ids.indexOf(id ?? '')];
    if (row !== undefined) onOpen?.(row);
  };

  const { id: current } = cursor;
  useRowKeys(name, {
    down: () => moveTo(cursor.index + 1, false),
    up: () => moveTo(cursor.index - 1, false),
    open: onOpen && (() => open(current)),
    peek: onPeek && (() => current !== undefined && onPeek(peek === current ? null : current)),
    menu: menu && (() => current !== undefined && openMenu(current)),
    select: bulk && (() => current !== undefined && selection.put([current], !selection.has(current))),
  });

  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: PAGE, PageUp: -PAGE }[event.key];
    if (step !== undefined) moveTo(cursor.index + step, event.shiftKey);
    else if (event.key === 'Home') moveTo(0, event.shiftKey);
    else if (event.key === 'End') moveTo(ids.length - 1, event.shiftKey);
    else if (event.key === 'Escape' && selection.ids.length > 0) selection.replace([]);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  const onClick = (event: MouseEvent) => {
    const id = rowOf(event);
    // What a row holds to be clicked on has a click of its own.
    if (id === undefined || (event.target as HTMLElement).closest('a, button, input, label') !== null) return;
    if (event.shiftKey) return moveTo(ids.indexOf(id), true);
    cursor.move(id);
    if (onPeek !== undefined) onPeek(id);
    else open(id);
  };

  // A second click opens and one with Shift chooses: neither marks the words under it.
  const onMouseDown = (event: MouseEvent) => {
    const isText = (event.target as HTMLElement).closest('input, textarea') !== null;
    if ((event.detail > 1 || event.shiftKey) && !isText) event.preventDefault();
  };

  return {
    current,
    selection,
    selectAll: (on: boolean) => selection.replace(on ? ids : []),
    handlers: { onKeyDown, onClick, onMouseDown, onDoubleClick: (event: MouseEvent) => open(rowOf(event)) },
  };
}
