/** Commands to the browser of a profile, open or not: one caller after the other. */
import { AppError } from '../../../../contract/kernel/errors.ts';
import type { ProfileId } from '../../../../contract/kernel/scalars.ts';
import type { PipeClient } from '../cdp/pipe-client.ts';
import type { ManualBrowsers } from '../manual.ts';

/** Commands to a browser; `wasOpen` tells whether it stays open afterwards. */
type Commands<T> = (cdp: PipeClient, wasOpen: boolean) => Promise<T>;

/** What is known of a profile beside its browser. */
interface Known {
  /** @throws AppError `not-found` */
  require(id: ProfileId): { name: string; storage: 'persistent' | 'ephemeral' };
  isHeld(id: ProfileId): boolean;
}

/** @returns runs commands on the open browser, or on one without a window that is closed again */
export function createVisits(
  manual: Pick<ManualBrowsers, 'start' | 'stop' | 'openBrowser'>,
  { require, isHeld }: Known,
) {
  const queues = new Map<ProfileId, Promise<unknown>>();

  async function visit<T>(id: ProfileId, run: Commands<T>): Promise<T> {
    const opened = manual.openBrowser(id);
    if (opened) return run(opened.cdp, true);
    await manual.start(id, { headless: true, urls: [], by: 'visit' });
    try {
      const own = manual.openBrowser(id);
      if (!own) throw new AppError('browser-failed', 'The browser ended before it was asked.');
      return await run(own.cdp, false);
    } finally {
      await manual.stop(id, false);
    }
  }

  /** @throws AppError `invalid-state` for a closed profile that keeps nothing; as {@link ManualBrowsers} does, `browser-failed` */
  return async <T>(id: ProfileId, run: Commands<T>): Promise<T> => {
    const { name, storage } = require(id);
    if (storage === 'ephemeral' && !isHeld(id)) {
      throw new AppError('invalid-state', `${name} keeps nothing when it is closed; open it first.`, {
        extra: { expected: 'running', actual: 'stopped' },
      });
    }
    const before = queues.get(id) ?? Promise.resolve();
    const done = before.then(() => visit(id, run));
    const settled = done.then(
      () => undefined,
      () => undefined,
    );
    queues.set(id, settled);
    void settled.then(() => {
      if (queues.get(id) === settled) queues.delete(id);
    });
    return done;
  };
}
