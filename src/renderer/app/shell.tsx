/** The frame around every screen. */
import { Outlet } from '@tanstack/react-router';
import { Search } from 'lucide-react';
import { Suspense, useState } from 'react';
import { useOperationQuery } from '../lib/live/query.ts';
import { useView } from '../lib/view-store.ts';
import { BulkDock } from '../ui/bulk/bulk-dock.tsx';
import { Kbd } from '../ui/display/kbd.tsx';
import { useMadeRoom } from '../ui/feedback/use-made-room.ts';
import { Split } from '../ui/split.tsx';
import { useAppearance } from '../ui/theme.tsx';
import { KeySheet } from './key-sheet.tsx';
import { OfflineBar } from './offline-bar.tsx';
import { openPalette, Palette } from './palette.tsx';
import { LogDrawer } from './screens.ts';
import css from './shell.module.css';
import { Sidebar } from './sidebar.tsx';
import { StatusBar } from './status-bar.tsx';
import { useShellActions } from './use-shell-actions.ts';

function Logo() {
  return (
    <svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true">
      <rect width="16" height="16" rx="4" fill="var(--accent)" />
      <path d="M4 5h8M8 5v7" stroke="var(--on-accent)" strokeWidth="2" strokeLinecap="round" />
    </svg>
  );
}

/** Title bar, navigation, content, log drawer and status bar. */
export function Shell() {
  const [sheet, setSheet] = useState(false);
  useShellActions(() => setSheet(true));
  useMadeRoom();
  const settings = useOperationQuery('settings_get', {});
  const value = (key: string) => settings.data?.values[key];
  const mode = value('appearance.theme');
  useAppearance(
    mode === 'light' || mode === 'dark' ? mode : 'system',
    value('appearance.density') === 'compact' ? 'compact' : 'comfortable',
  );
  const drawer = useView((view) => view.drawer);

  return (
    <div className={css.shell}>
      <section className={css.titleBar} aria-label="Title bar">
        <span className={css.brand}>
          <Logo />
          TabAgent
        </span>
        <button type="button" className={css.search} onClick={() => openPalette('all')}>
          <Search size={13} />
          <span>Search or run a command</span>
          <Kbd chord="Mod+K" />
        </button>
      </section>
      <OfflineBar />
      <div className={css.body}>
        <Sidebar />
        <main className={css.content}>
          <Split
            name="drawer"
            fixed="second"
            vertical
            size={240}
            min={120}
            max={700}
            label="Height of the log drawer"
            first={<Outlet />}
            second={
              drawer ? (
                <Suspense fallback={null}>
                  <LogDrawer />
                </Suspense>
              ) : null
            }
          />
        </main>
      </div>
      <StatusBar />
      <BulkDock />
      <Palette />
      <KeySheet opened={sheet} close={() => setSheet(false)} />
    </div>
  );
}
