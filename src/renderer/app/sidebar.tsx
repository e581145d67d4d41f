/** The way between the screens: icons, with words where there is room. */
import { useMediaQuery } from '@mantine/hooks';
import { Link, useLocation } from '@tanstack/react-router';
import { PanelLeft } from 'lucide-react';
import { topicFor } from '../lib/help.ts';
import { useView } from '../lib/view-store.ts';
import { HELP_NAV, NAV, type NavItem, SETTINGS_NAV } from './nav.ts';
import css from './sidebar.module.css';

function NavLink({ item, open }: { item: NavItem; open: boolean }) {
  return (
    <Link
      to={item.to}
      activeOptions={{ exact: item.to === '/', includeSearch: false }}
      aria-label={item.title}
      title={`${item.title} · ${item.keys[0]}`}
    >
      <item.Icon size={16} />
      {open ? item.title : null}
    </Link>
  );
}

/** Leads to the page of the guide about the screen that is shown. */
function HelpLink({ open }: { open: boolean }) {
  const path = useLocation({ select: ({ pathname }) => pathname });
  return (
    <Link
      to="/help/$topic"
      params={{ topic: topicFor(path) }}
      activeOptions={{ includeHash: false }}
      aria-label={HELP_NAV.title}
      title={`${HELP_NAV.title} · ${HELP_NAV.keys[0]}`}
    >
      <HELP_NAV.Icon size={16} />
      {open ? HELP_NAV.title : null}
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
  return (
    <nav className={`${css.side} ${open ? css.open : ''}`} aria-label="Screens">
      {NAV.map((item) => (
        <NavLink key={item.to} item={item} open={open} />
      ))}
      <span className={css.space} />
      <HelpLink open={open} />
      <NavLink item={SETTINGS_NAV} open={open} />
      <button
        type="button"
        aria-label={open ? 'Collapse sidebar' : 'Expand sidebar'}
        title="Sidebar · Mod+B"
        onClick={() => set({ sidebar: !open })}
      >
        <PanelLeft size={16} />
        {open ? 'Collapse' : null}
      </button>
    </nav>
  );
}
