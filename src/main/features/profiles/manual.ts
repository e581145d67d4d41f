/** Browsers that are opened by hand. */
import type { ProfileId } from '../../../contract/kernel/scalars.ts';
import { type LaunchedBrowser, launchBrowser } from './launch/launcher.ts';
import type { Planner } from './launch/plan.ts';
import type { Occupancy } from './occupancy.ts';

const STOP_DEADLINE_MS = 10_000;

/** Creates the table of open browsers. */
export function createManualBrowsers(deps: { states: Occupancy['states']; plan: Planner; tempDir: string }) {
  const { states, plan, tempDir } = deps;
  const open = new Map<ProfileId, LaunchedBrowser>();

  return {
    /** @throws AppError as {@link Planner} does, or when the browser does not start; the profile is then free again */
    async start(id: ProfileId, options: { headless: boolean; urls?: readonly string[] | undefined }): Promise<void> {
      const launch = await plan(id, { kind: 'manual', id: 'manual' }, { headless: options.headless, tempDir });
      try {
        const browser = await launchBrowser(launch, options.urls ?? launch.settings?.start_urls ?? []);
        open.set(id, browser);
        states.set(id, 'running');
        void browser.exited.then(async ({ clean }) => {
          open.delete(id);
          if (!clean) states.crashed(id);
          await launch.release();
        });
      } catch (error) {
        await launch.release();
        throw error;
      }
    },
    /** Closes the browser of a profile and waits until it is gone; false when none is open. */
    async stop(id: ProfileId, force: boolean): Promise<boolean> {
      const browser = open.get(id);
      if (!browser) return false;
      states.set(id, 'stopping');
      await browser.close(force ? 0 : STOP_DEADLINE_MS);
      return true;
    },
    /** Closes all of them. */
    async closeAll(): Promise<void> {
      await Promise.all([...open.values()].map((browser) => browser.close(STOP_DEADLINE_MS)));
    },
  };
}
