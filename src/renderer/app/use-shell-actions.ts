/** What can be done on every screen, by key and from the palette. */
import { useNavigate, useRouter } from '@tanstack/react-router';
import { NUMBERED_SCREENS, SCREENS } from '../../contract/host/screens.ts';
import { isDesktop } from '../lib/client/message-port.ts';
import { HELP_TOPICS, topicFor } from '../lib/help.ts';
import { focusList } from '../lib/keys/focus-list.ts';
import { focusNextMessage } from '../lib/keys/focus-messages.ts';
import type { Action } from '../lib/keys/registry.ts';
import { useActions } from '../lib/keys/use-actions.ts';
import { useView } from '../lib/view-store.ts';
import { openPalette } from './palette.tsx';
import { useSidebar } from './sidebar.tsx';

/** Offers them while the shell is shown. */
export function useShellActions(openKeys: () => void): void {
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
    ...NUMBERED_SCREENS.map(
      ({ path, title, key }, index): Action => ({
        id: `go${path}`,
        title: `Go to ${title}`,
        group: 'Navigation',
        layer: 'global',
        keys: [key, ...(isDesktop() ? [`Mod+${index + 1}`] : [])],
        inFields: false,
        run: () => {
          // The list of this screen; that of another one takes the focus when it comes.
          focusList();
          void navigate({ to: path });
        },
      }),
    ),
    global('palette', 'Search and commands', ['Mod+K'], () => openPalette('all'), { inFields: true, hidden: true }),
    global('objects', 'Go to object', ['Mod+P'], () => openPalette('objects'), { inFields: true }),
    global('sidebar', 'Toggle sidebar', ['Mod+B'], () => set({ sidebar: !sidebar }), { inFields: true }),
    global('drawer', 'Toggle log drawer', ['Mod+J'], () => set({ drawer: !drawer }), { inFields: true }),
    global('messages', 'Go to messages', ['F6'], focusNextMessage, {
      inFields: true,
      keywords: 'banner toast undo notice',
    }),
    global('keys', 'Keyboard shortcuts', ['?'], openKeys),
    global(
      'help',
      'Help for this screen',
      SCREENS.filter(({ where }) => where === 'help').map(({ key }) => key),
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
    global('leave-field', 'Leave field', ['Escape'], () => (document.activeElement as HTMLElement | null)?.blur(), {
      inFields: true,
      hidden: true,
    }),
  ]);
}
