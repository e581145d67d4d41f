/** The way between the screens: icons, with words where there is room. */
import { useMediaQuery } from '@mantine/hooks';
import { Link, useLocation } from '@tanstack/react-router';
import { PanelLeft } from 'lucide-react';
import { SCREENS, type Screen } from '../../contract/host/screens.ts';
import { topicFor } from '../lib/help.ts';
import { keyHint } from '../lib/keys/registry.ts';
import { useView } from '../lib/view-store.ts';
import { viewOf } from './screens.ts';
import css from './sidebar.module.css';

function NavLink({ screen, open }: { screen: Screen; open: boolean }) {
  const { id, path, title, key, where } = screen;
  const here = useLocation({ select: ({ pathname }) => pathname });
  const { Icon } = viewOf(id);
  const target =
    where === 'help'
      ? ({ to: '/help/$topic', params: { topic: topicFor(here) }, activeOptions: { includeHash: false } } as const)
      : { to: path, activeOptions: { exact: path === '/', includeSearch: false } };
  return (
    <Link {...target} aria-label={title} title={keyHint(title, key)}>
      <Icon size={16} />
      {open ? title : null}
    </Link>
  );
}

/** Whether the sidebar shows words; in a narrow window the screens need the room more. */
export function useSidebar(): boolean {
  const chosen = useView((view) => view.sidebar);
  const wide = useMediaQuery('(min-width: 1180px)', true, { getInitialValueInEffect: false });
  return chosen ?? wide;
}

/** Links to every screen. */
export function Sidebar() {
  const open = useSidebar();
  const set = useView((view) => view.set);
  const links = (top: boolean) =>
    SCREENS.filter(({ where }) => (where === 'top') === top).map((screen) => (
      <NavLink key={screen.id} screen={screen} open={open} />
    ));
  return (
    <nav className={`${css.side} ${open ? css.open : ''}`} aria-label="Screens">
      {links(true)}
      <span className={css.space} />
      {links(false)}
      <button
        type="button"
        aria-label={open ? 'Collapse sidebar' : 'Expand sidebar'}
        title={keyHint('Sidebar', 'Mod+B')}
        onClick={() => set({ sidebar: !open })}
      >
        <PanelLeft size={16} />
        {open ? 'Collapse' : null}
      </button>
    </nav>
  );
}
