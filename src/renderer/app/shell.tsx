/** The frame around every screen. */
import { useMediaQuery } from '@mantine/hooks';
import { Link, Outlet, useLocation, useNavigate, useRouter } from '@tanstack/react-router';
import { PanelLeft, Search } from 'lucide-react';
import { useState } from 'react';
import { isDesktop } from '../lib/client/message-port.ts';
import { HELP_TOPICS, topicFor } from '../lib/help.ts';
import type { Action } from '../lib/keys/registry.ts';
import { useActions } from '../lib/keys/use-actions.ts';
import { useOperationQuery } from '../lib/live/query.ts';
import { useView } from '../lib/view-store.ts';
import { Kbd } from '../ui/display/kbd.tsx';
import { Split } from '../ui/split.tsx';
import { useAppearance } from '../ui/theme.tsx';
import { KeySheet } from './key-sheet.tsx';
import { LogDrawer } from './log-drawer.tsx';
import { HELP_NAV, NAV, type NavItem, SETTINGS_NAV } from './nav.ts';
import { OfflineBar } from './offline-bar.tsx';
import { openPalette, Palette } from './palette.tsx';
import { StatusBar } from './status-bar.tsx';

function Logo() {
  return (
    <svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true">
      <rect width="16" height="16" rx="4" fill="var(--accent)" />
      <path d="M4 5h8M8 5v7" stroke="var(--on-accent)" strokeWidth="2" strokeLinecap="round" />
    </svg>
  );
}

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
function useSidebar(): boolean {
  const chosen = useView((view) => view.sidebar);
  const wide = useMediaQuery('(min-width: 1180px)', true, { getInitialValueInEffect: false });
  return chosen ?? wide;
}

function useShellActions(openKeys: () => void): void {
  const navigate = useNavigate();
  const router = useRouter();
  const sidebar = useSidebar();
  const drawer = useView((view) => view.drawer);
  const set = useView((view) => view.set);
  const global = (
    id: string,
    title: string,
    chords: string[],
    run: () => void,
    extra: Partial<Action> = {},
  ): Action => ({
    id,
    title,
    group: 'Panel',
    layer: 'global',
    keys: chords,
    run,
    ...extra,
  });
  useActions([
    ...[...NAV, SETTINGS_NAV].map(
      (item, index): Action => ({
        id: `go${item.to}`,
        title: `Go to ${item.title}`,
        group: 'Navigation',
        layer: 'global',
        keys: [...item.keys, ...(isDesktop() ? [`Mod+${index + 1}`] : [])],
        inFields: false,
        run: () => void navigate({ to: item.to }),
      }),
    ),
    global('palette', 'Search and commands', ['Mod+K'], () => openPalette('all'), { inFields: true, hidden: true }),
    global('objects', 'Go to object', ['Mod+P'], () => openPalette('objects'), { inFields: true }),
    global('sidebar', 'Toggle sidebar', ['Mod+B'], () => set({ sidebar: !sidebar }), { inFields: true }),
    global('drawer', 'Toggle log drawer', ['Mod+J'], () => set({ drawer: !drawer }), { inFields: true }),
    global('keys', 'Keyboard shortcuts', ['?'], openKeys),
    global(
      'help',
      'Help for this screen',
      [...HELP_NAV.keys],
      () => void navigate({ to: '/help/$topic', params: { topic: topicFor(router.state.location.pathname) } }),
      { inFields: true },
    ),
    ...HELP_TOPICS.map(({ id, title, keywords }) =>
      global(`help.${id}`, `Help: ${title}`, [], () => void navigate({ to: '/help/$topic', params: { topic: id } }), {
        group: 'Help',
        keywords,
      }),
    ),
    global(
      'filter',
      'Filter this list',
      ['/'],
      () => document.querySelector<HTMLInputElement>('[data-filter]')?.focus(),
      { hidden: true },
    ),
    global('leave-field', 'Leave the field', ['Escape'], () => (document.activeElement as HTMLElement | null)?.blur(), {
      inFields: true,
      hidden: true,
    }),
  ]);
}

/** Title bar, navigation, content, log drawer and status bar. */
export function Shell() {
  const [sheet, setSheet] = useState(false);
  useShellActions(() => setSheet(true));
  const settings = useOperationQuery('settings_get', {});
  const value = (key: string) => settings.data?.values[key];
  const mode = value('appearance.theme');
  useAppearance(
    mode === 'light' || mode === 'dark' ? mode : 'system',
    value('appearance.density') === 'compact' ? 'compact' : 'comfortable',
  );
  const open = useSidebar();
  const drawer = useView((view) => view.drawer);
  const set = useView((view) => view.set);

  return (
    <div className="shell">
      <section className="title-bar" aria-label="Title bar">
        <span className="brand">
          <Logo />
          TabAgent
        </span>
        <button type="button" className="search-button" onClick={() => openPalette('all')}>
          <Search size={13} />
          <span className="grow" style={{ textAlign: 'left' }}>
            Search or run a command
          </span>
          <Kbd chord="Mod+K" />
        </button>
      </section>
      <OfflineBar />
      <div className="shell-body">
        <nav className={open ? 'side open' : 'side'} aria-label="Screens">
          {NAV.map((item) => (
            <NavLink key={item.to} item={item} open={open} />
          ))}
          <span className="space" />
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
        <main className="content">
          <Split
            name="drawer"
            fixed="second"
            vertical
            size={240}
            min={120}
            max={700}
            label="Height of the log drawer"
            first={<Outlet />}
            second={drawer ? <LogDrawer /> : null}
          />
        </main>
      </div>
      <StatusBar />
      <Palette />
      <KeySheet opened={sheet} close={() => setSheet(false)} />
    </div>
  );
}
