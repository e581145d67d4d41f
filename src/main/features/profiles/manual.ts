/** Browsers that are opened by hand. */
import { AppError } from '../../../contract/kernel/errors.ts';
import type { ProfileId } from '../../../contract/kernel/scalars.ts';
import type { Logger } from '../../core/log/logger.ts';
import type { BrowserEnd } from './launch/launcher.ts';
import { browserMark } from './launch/leftovers.ts';
import { type OpenBrowser, openBrowser } from './launch/open-browser.ts';
import type { LaunchPlan, Planner } from './launch/plan.ts';
import type { Occupancy } from './occupancy/occupancy.ts';

const STOP_DEADLINE_MS = 10_000;

/** What the log says. */
const ENDS: Record<BrowserEnd, string> = {
  closed: 'The browser of a profile was closed',
  killed: 'The browser of a profile was killed; what it had not written is lost',
  crashed: 'The browser of a profile ended by itself',
};

/** How a browser is opened. */
interface ManualStart {
  headless: boolean;
  urls?: readonly string[] | undefined;
  /** What the holder is called. */
  by?: string;
}

/** Work that somebody has to wait for in the end. */
function createPending() {
  const unfinished = new Set<Promise<unknown>>();
  return {
    track(work: Promise<unknown>): void {
      const settled = work.then(
        () => void unfinished.delete(settled),
        () => void unfinished.delete(settled),
      );
      unfinished.add(settled);
    },
    /** Settles when nothing is left, also of what begins meanwhile. */
    async allSettled(): Promise<void> {
      while (unfinished.size > 0) await Promise.all(unfinished);
    },
  };
}

/** Opens the browser of a plan, and closes it when its traffic budget is spent. */
async function openPlanned(
  launch: LaunchPlan,
  urls: readonly string[] | undefined,
  tempDir: string,
  signal: AbortSignal,
): Promise<OpenBrowser> {
  const marked = { ...launch, env: { ...launch.env, ...browserMark(launch.userDataDir) } };
  const browser = await openBrowser(marked, urls ?? launch.settings?.start_urls ?? [], tempDir, signal);
  const onCut = () => void browser.close(STOP_DEADLINE_MS);
  launch.cut?.addEventListener('abort', onCut, { once: true });
  if (launch.cut?.aborted) onCut();
  return browser;
}

/** Creates the table of open browsers. */
export function createManualBrowsers(deps: {
  states: Occupancy['states'];
  plan: Planner;
  tempDir: string;
  log: Logger;
  /** Called when a browser that a person opened was closed in order, before its profile is free; never rejects. */
  closed(id: ProfileId): Promise<void>;
}) {
  const { states, plan, tempDir, log } = deps;
  const open = new Map<ProfileId, { browser: OpenBrowser; released: Promise<void> }>();
  /** Whoever closes by force wants no word of a crash. */
  const forced = new Set<ProfileId>();
  /** Starts that are under way, and browsers whose profile is not free again: closing waits for both. */
  const { track, allSettled } = createPending();
  const closing = new AbortController();

  async function start(id: ProfileId, { headless, urls, by = 'manual' }: ManualStart): Promise<void> {
    closing.signal.throwIfAborted();
    const holder = { kind: 'manual', id: by } as const;
    const launch = await plan(id, holder, { headless, tempDir, signal: closing.signal });
    let browser: OpenBrowser;
    try {
      browser = await openPlanned(launch, urls, tempDir, closing.signal);
    } catch (error) {
      await launch.release();
      log.error('profiles', 'The browser of a profile could not be opened', { profile_id: id, error });
      throw error;
    }
    log.info('profiles', 'The browser of a profile was opened', { profile_id: id, headless });
    const released = browser.exited.then(async (end) => {
      open.delete(id);
      const wasForced = forced.delete(id);
      if (end !== 'closed' && !wasForced) states.crashed(id);
      if (end === 'closed') log.info('profiles', ENDS[end], { profile_id: id });
      else log.warn('profiles', ENDS[end], { profile_id: id });
      if (end === 'closed' && by === 'manual') await deps.closed(id);
      await launch.release();
    });
    const free = released.catch((error: unknown) => log.error('profiles', 'profile not released', { id, error }));
    track(free);
    open.set(id, { browser, released: free });
    // It came up just as the host began to close.
    if (closing.signal.aborted) await browser.close(STOP_DEADLINE_MS);
    closing.signal.throwIfAborted();
    states.set(id, 'running');
  }

  async function stop(id: ProfileId, force: boolean): Promise<boolean> {
    const opened = open.get(id);
    if (!opened) return false;
    states.set(id, 'stopping');
    if (force) forced.add(id);
    await opened.browser.close(force ? 0 : STOP_DEADLINE_MS);
    await opened.released;
    return true;
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
    /** Closes the browser of a profile and waits until the profile is free; false when none is open. */
    stop,
    /** The open browser of a profile. */
    openBrowser: (id: ProfileId): OpenBrowser | undefined => open.get(id)?.browser,
    /** Closes all of them, ends starts that are under way and refuses new ones. Resolves when every profile is free. */
    async closeAll(): Promise<void> {
      closing.abort(new AppError('service-unavailable', 'TabAgent is closing.'));
      await Promise.all([...open.values()].map(({ browser }) => browser.close(STOP_DEADLINE_MS)));
      await allSettled();
    },
  };
}
export type ManualBrowsers = ReturnType<typeof createManualBrowsers>;
