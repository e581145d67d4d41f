import { Menu } from '@mantine/core';
import type { ReactNode } from 'react';
import text from '../styles/text.module.css';

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
    <Menu opened onClose={close} position="bottom-start" offset={2} returnFocus={false} width={240}>
      <Menu.Target>
        <span style={{ position: 'fixed', left: at.x, top: at.y }}>
          <span className={text.hidden}>{label}</span>
        </span>
      </Menu.Target>
      <Menu.Dropdown>{children}</Menu.Dropdown>
    </Menu>
  );
}
