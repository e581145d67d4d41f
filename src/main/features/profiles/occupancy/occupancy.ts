/** Who has a profile: tasks and manual starts by leases, other programs by Chrome's lock in the folder. */
import path from 'node:path';
import type { ProfileHolder } from '../../../../contract/automation/profiles.ts';
import { AppError } from '../../../../contract/kernel/errors.ts';
import { type Clock, iso } from '../../../core/clock.ts';
import { makeOwnedFolder } from '../../../core/disk/owned-files.ts';
import { removeOwned } from '../../../core/disk/owned-trees.ts';
import type { Logger } from '../../../core/log/logger.ts';
import { clearCaches, folderBytes } from '../folders.ts';
import { type ChromeLock, readChromeLock } from '../launch/chrome-lock.ts';
import type { ProfileRow } from '../schema.ts';
import type { ProfileStore } from '../store.ts';
import { createLeases } from './leases.ts';
import { createLockBook } from './lock-book.ts';
import { createStates, foreignHolder } from './states.ts';

/** Exclusive use of a profile and of its folder. */
export interface ProfileLease {
  userDataDir: string;
  /** Gives the profile back; waits until its folder has been tidied. */
  release(): Promise<void>;
}

interface OccupancyDeps {
  store: ProfileStore;
  clock: Clock;
  log: Logger;
  profilesDir: string;
  /** Folder of a profile. */
  dirOf: (row: ProfileRow) => string;
}

/** @throws AppError `profile-locked` when another program has the folder open */
function refuseLocked(row: ProfileRow, lock: ChromeLock): void {
  const holder = foreignHolder(row, lock);
  if (holder === null) return;
  const why =
    lock.state === 'foreign'
      ? `The folder of ${row.name} is locked by another computer (${lock.host}). If no browser there uses it, unlock the profile.`
      : `Another browser (${holder.id}) has the folder of ${row.name} open; close it first.`;
  throw new AppError('profile-locked', why, { extra: { holder } });
}

/** Removes what a run leaves in the folder. */
async function tidy(row: ProfileRow, userDataDir: string): Promise<void> {
  if (row.storage === 'ephemeral') await removeOwned(path.dirname(path.dirname(userDataDir)), userDataDir);
  else if (row.clear_cache_on_stop) await clearCaches(userDataDir);
}

/** Creates the book of holders. */
export function createOccupancy(deps: OccupancyDeps) {
  const { store, clock, log, dirOf } = deps;
  const leases = createLeases((error) => log.error('profiles', 'a listener failed', { error }));
  const locks = createLockBook({ ...deps, onChange: store.announce });
  const states = createStates({ store, leases, locks, dirOf });
  let stopped = false;

  /** Notes the size of the folder, without being waited for. */
  function measure(row: ProfileRow, userDataDir: string): void {
    void folderBytes(userDataDir)
      .then((size_bytes) => {
        if (stopped) return;
        store.note(row.id, { size_bytes });
        store.announce(row.id);
      })
      .catch((error: unknown) => log.debug('profiles', 'size not measured', { id: row.id, error }));
  }

  /**
   * Takes the profile for a task or a manual start.
   * @throws AppError `conflict` with `holder`, or `profile-locked` when another program has the folder open
   */
  function acquire(row: ProfileRow, by: Omit<ProfileHolder, 'since'>): ProfileLease {
    const { id } = row;
    const userDataDir = dirOf(row);
    if (!leases.holder(id)) refuseLocked(row, readChromeLock(userDataDir));
    leases.take(id, { ...by, since: iso(clock.now()) });
    try {
      makeOwnedFolder(path.dirname(path.dirname(userDataDir)), userDataDir);
      store.note(id, { last_started_at: clock.now() });
      states.set(id, by.kind === 'manual' ? 'starting' : 'running');
    } catch (error) {
      states.forget(id);
      leases.drop(id);
      throw error;
    }
    let released = false;
    return {
      userDataDir,
      async release() {
        if (released) return;
        released = true;
        try {
          await tidy(row, userDataDir);
          if (row.storage !== 'ephemeral') measure(row, userDataDir);
        } catch (error) {
          log.warn('profiles', 'profile folder not tidied', { id, error });
        }
        states.ended(id);
        leases.drop(id);
        store.announce(id);
      },
    };
  }

  return {
    leases,
    locks,
    states,
    acquire,
    /** Ends what runs in the background; nothing of it is written or announced once this is done. */
    async stop(): Promise<void> {
      stopped = true;
      await locks.stop();
    },
  };
}
export type Occupancy = ReturnType<typeof createOccupancy>;
