/** What the features show on the screens of the contract's registry. */
import { lazyRouteComponent } from '@tanstack/react-router';
import { SCREENS, type ScreenId } from '../../contract/host/screens.ts';
import type { ScreenView } from '../lib/screen-view.ts';

const VIEWS = import.meta.glob<ScreenView>('../features/*/screen.ts', { eager: true, import: 'screen' });

/** The view of a screen. Throws for a screen whose feature has none. */
export function viewOf(id: ScreenId): ScreenView {
  const view = VIEWS[`../features/${id}/screen.ts`];
  if (view === undefined) throw new Error(`src/renderer/features/${id}/screen.ts is missing`);
  return view;
}

/** What the palette searches, in the order of the screens. */
export const FINDERS = SCREENS.flatMap(({ id }) => viewOf(id).finder ?? []);

/** Names of all features with a screen, so that a test can find one that is not in the registry. */
export const VIEW_IDS: readonly string[] = Object.keys(VIEWS).map((path) => path.split('/').at(-2) ?? path);

/** The host's log under every screen. Its viewer is a tenth of what a screen without a log loads, and is seldom opened first. */
export const LogDrawer = lazyRouteComponent(() => import('./log-drawer.tsx'), 'LogDrawer');

/** Ms after the start: what is shown first has the network to itself. */
const LATER = 5_000;

const idle = () => new Promise<unknown>((done) => requestIdleCallback(done, { timeout: 1_000 }));

/** Loads the other screens and the log drawer one by one, so that each can also be opened while the host, which sends them, is gone. */
export function loadScreensLater(): void {
  setTimeout(async () => {
    const screens = Object.values(VIEWS).flatMap(({ list, detail }) => [list, detail]);
    for (const component of [LogDrawer, ...screens]) {
      await idle();
      await component?.preload?.();
    }
  }, LATER);
}
