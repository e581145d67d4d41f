import { Menu } from '@mantine/core';
import type { LucideIcon } from 'lucide-react';
import css from './menu-action.module.css';

interface MenuActionProps {
  title: string;
  Icon?: LucideIcon | undefined;
  /** Why it cannot be used now; it can still be reached, so that the reason can be read. */
  blocked?: string | null | undefined;
  danger?: boolean;
  run(): void;
}

/** One action of a menu. */
export function MenuAction({ title, Icon, blocked = null, danger = false, run }: MenuActionProps) {
  return (
    <Menu.Item
      className={blocked === null ? undefined : css.blocked}
      aria-label={title}
      aria-disabled={blocked === null ? undefined : true}
      aria-description={blocked ?? undefined}
      title={blocked ?? undefined}
      {...(danger && blocked === null ? { color: 'var(--bad)' } : {})}
      closeMenuOnClick={blocked === null}
      leftSection={Icon === undefined ? undefined : <Icon size={14} />}
      onClick={() => {
        if (blocked === null) run();
      }}
    >
      {title}
    </Menu.Item>
  );
}
