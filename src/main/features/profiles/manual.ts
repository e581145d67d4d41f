/** Browsers that are opened by hand. */
import { AppError } from '../../../contract/kernel/errors.ts';
import type { ProfileId } from '../../../contract/kernel/scalars.ts';
import type { Logger } from '../../core/log/logger.ts';
import { type LaunchedBrowser, launchBrowser } from './launch/launcher.ts';
import type { Planner } from './launch/plan.ts';
import type { Occupancy } from './occupancy/occupancy.ts';

const STOP_DEADLINE_MS = 10_000;

/** How a browser is opened. */
interface ManualStart {
  headless: boolean;
  urls?: readonly string[] | undefined;
}

/** Creates the table of open browsers. */
export function createManualBrowsers(deps: {
  states: Occupancy['states'];
  plan: Planner;
  tempDir: string;
  log: Logger;
}) {
  const { states, plan, tempDir, log } = deps;
  const open = new Map<ProfileId, LaunchedBrowser>();
  /** Starts that are under way, and browsers whose profile is not free again: closing waits for both. */
  const unfinished = new Set<Promise<unknown>>();
  const closing = new AbortController();

  function track(work: Promise<unknown>): void {
    const settled = work.then(
      () => void unfinished.delete(settled),
      () => void unfinished.delete(settled),
    );
    unfinished.add(settled);
  }

  async function start(id: ProfileId, { headless, urls }: ManualStart): Promise<void> {
    closing.signal.throwIfAborted();
    const launch = await plan(id, { kind: 'manual', id: 'manual' }, { headless, tempDir });
    let browser: LaunchedBrowser;
    try {
      browser = await launchBrowser(launch, urls ?? launch.settings?.start_urls ?? [], closing.signal);
    } catch (error) {
      await launch.release();
      log.error('profiles', 'The browser of a profile could not be opened', { profile_id: id, error });
      throw error;
    }
    open.set(id, browser);
    log.info('profiles', 'The browser of a profile was opened', { profile_id: id, headless });
    const released = browser.exited.then(async ({ clean }) => {
      open.delete(id);
      if (!clean) states.crashed(id);
      if (clean) log.info('profiles', 'The browser of a profile was closed', { profile_id: id });
      else log.warn('profiles', 'The browser of a profile ended by itself', { profile_id: id });
      await launch.release();
    });
    track(released.catch((error: unknown) => log.error('profiles', 'profile not released', { id, error })));
    // It came up just as the host began to close.
    if (closing.signal.aborted) await browser.close(STOP_DEADLINE_MS);
    closing.signal.throwIfAborted();
    states.set(id, 'running');
  }

  return {
    /**
     * @throws AppError as {@link Planner} does, `browser-failed`, or `service-unavailable` while the host closes; the profile is then free again
     */
    start(id: ProfileId, options: ManualStart): Promise<void> {
      const started = start(id, options);
      track(started);
      return started;
    },
    /** Closes the browser of a profile and waits until it is gone; false when none is open. */
    async stop(id: ProfileId, force: boolean): Promise<boolean> {
      const browser = open.get(id);
      if (!browser) return false;
      states.set(id, 'stopping');
      await browser.close(force ? 0 : STOP_DEADLINE_MS);
      return true;
    },
    /** Closes all of them, ends starts that are under way and refuses new ones. Resolves when every profile is free. */
    async closeAll(): Promise<void> {
      closing.abort(new AppError('service-unavailable', 'TabAgent is closing.'));
      await Promise.all([...open.values()].map((browser) => browser.close(STOP_DEADLINE_MS)));
      while (unfinished.size > 0) await Promise.all(unfinished);
    },
  };
}
export type ManualBrowsers = ReturnType<typeof createManualBrowsers>;
