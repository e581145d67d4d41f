/** What profiles do at the start and the stop of the host, and what is removed for good. */
import path from 'node:path';
import type { ProfileId } from '../../../contract/kernel/scalars.ts';
import { listOwned, removeOwned } from '../../core/disk/owned-trees.ts';
import type { Logger } from '../../core/log/logger.ts';
import { endLeftovers, removeLeftovers } from './launch/leftovers.ts';
import { leftoverFolders } from './launch/open-browser.ts';
import type { ManualBrowsers } from './manual.ts';
import type { Occupancy } from './occupancy/occupancy.ts';
import type { Snapshots } from './snapshots/snapshots.ts';
import type { ProfileStore } from './store.ts';

/** Creates it. */
export function createHousekeeping(deps: {
  store: ProfileStore;
  log: Logger;
  profilesDir: string;
  tempDir: string;
  /** Folder of a profile that keeps its data. */
  dirOf(id: ProfileId): string;
  manual: Pick<ManualBrowsers, 'closeAll'>;
  occupancy: Pick<Occupancy, 'stop'>;
  snapshots: Pick<Snapshots, 'startUp' | 'forget'>;
}) {
  const { store, log, profilesDir, tempDir, dirOf } = deps;
  const root = path.dirname(profilesDir);
  return {
    /** Removes what a host that was killed has left among temporary files; to be done before any profile is opened. */
    async startUp(): Promise<void> {
      const temporary = leftoverFolders(tempDir);
      await endLeftovers(temporary, log);
      await removeLeftovers(temporary, log);
      await deps.snapshots.startUp();
    },
    /** Ends browsers that outlived a host that was killed. */
    async reconcile(): Promise<void> {
      const entries = await listOwned(root, profilesDir);
      await endLeftovers(
        entries.map(({ name }) => path.join(profilesDir, name)),
        log,
      );
    },
    /** Closes every browser that was opened by hand and refuses new starts; nothing is announced once this is done. */
    async close(): Promise<void> {
      await deps.manual.closeAll();
      await deps.occupancy.stop();
    },
    /** Deletes for good what was deleted before `before` (unix ms), with its folder. */
    async purge(before: number): Promise<void> {
      for (const id of store.purgeable(before)) {
        try {
          await deps.snapshots.forget(id);
          await removeOwned(root, dirOf(id));
          store.purge(id);
        } catch (error) {
          log.warn('profiles', 'folder of a deleted profile not removed', { id, error });
        }
      }
    },
  };
}
