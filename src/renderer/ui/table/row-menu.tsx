import { Menu } from '@mantine/core';
import type { ReactNode } from 'react';
import css from './table.module.css';

/** Where the menu of a row is open. */
export interface OpenMenu {
  /** Id of the row. */
  id: string;
  /** Place in the window, px. */
  x: number;
  y: number;
}

/** The one menu of a table, in the page only while it is open. */
export function RowMenu({
  at,
  label,
  close,
  children,
}: {
  at: OpenMenu;
  label: string;
  close(): void;
  children: ReactNode;
}) {
  return (
    <Menu
      opened
      onClose={close}
      position="bottom-start"
      offset={2}
      width={240}
      withinPortal={false}
      floatingStrategy="fixed"
      returnFocus={false}
      withInitialFocusPlaceholder={false}
    >
      <Menu.Target>
        <button
          type="button"
          tabIndex={-1}
          className={css.anchor}
          style={{ left: at.x, top: at.y }}
          aria-label={label}
        />
      </Menu.Target>
      <Menu.Dropdown
        onKeyDown={(event) => {
          // The key closes this menu and nothing else, such as the pane beside the list.
          if (event.key === 'Escape') event.stopPropagation();
        }}
      >
        {children}
      </Menu.Dropdown>
    </Menu>
  );
}
