import { type MouseEvent, useState } from 'react';
import { rowOf } from './navigation/use-navigation.ts';
import type { OpenMenu } from './row-menu.tsx';

/** The menu of a row: opened by the button in the row, the second mouse button, or a key for the row that has the cursor. */
export function useRowMenu(grid: { readonly current: HTMLElement | null }) {
  const [at, setAt] = useState<OpenMenu | null>(null);
  const below = (id: string, anchor: Element) => {
    const { left, bottom } = anchor.getBoundingClientRect();
    setAt({ id, x: left, y: bottom });
  };
  return {
    at,
    /** Opens it at a row that is in view. */
    openAt(id: string): void {
      const row = grid.current?.querySelector(`tr[data-id="${CSS.escape(id)}"]`);
      const anchor = row?.querySelector('button[aria-haspopup="menu"]') ?? row;
      if (anchor) below(id, anchor);
    },
    onContextMenu(event: MouseEvent): void {
      const id = rowOf(event);
      // Links and fields keep the menu that the browser has for them.
      if (id === undefined || (event.target as HTMLElement).closest('a, input') !== null) return;
      event.preventDefault();
      setAt({ id, x: event.clientX, y: event.clientY });
    },
    close(): void {
      setAt(null);
      grid.current?.focus({ preventScroll: true });
    },
  };
}
