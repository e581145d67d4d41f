/** Chrome's locks in the profile folders as they were last seen, so that no list waits for the file system of every profile. */
import fs from 'node:fs/promises';
import path from 'node:path';
import type { ProfileId } from '../../../../contract/kernel/scalars.ts';
import type { Clock } from '../../../core/clock.ts';
import type { Logger } from '../../../core/log/logger.ts';
import { type ChromeLock, readChromeLock, readChromeLockAsync } from '../launch/chrome-lock.ts';

/** Least time between two scans, ms. */
const MIN_PAUSE_MS = 2000;
/** A scan may take a twentieth of the time: the next one waits this many times as long as the last one took. */
const PAUSE_FACTOR = 20;
/** Folders looked at together. */
const WIDTH = 32;
const FREE: ChromeLock = { state: 'free' };

/** Locks that other programs hold. */
export interface LockBook {
  /** The lock as the book has it. */
  get(id: ProfileId): ChromeLock;
  /** Reads one folder now. */
  read(id: ProfileId, dir: string): ChromeLock;
  /** Reads the folders of a page, without holding up the event loop. */
  readAll(folders: readonly { id: ProfileId; dir: string }[]): Promise<void>;
  /** Profiles that another program holds, as far as the book knows. */
  held(): ProfileId[];
  /** Scans all folders in the background when the last scan is old. @returns settles once there has been a scan */
  refresh(): Promise<void>;
  /** Ends a running scan: nothing is announced any more once this is done. */
  stop(): Promise<void>;
}

const isHeld = (lock: ChromeLock) => lock.state === 'live' || lock.state === 'foreign';

/** Creates the book; `onChange` hears of each profile whose lock is found changed. */
export function createLockBook(deps: {
  clock: Clock;
  log: Logger;
  profilesDir: string;
  onChange: (id: ProfileId) => void;
}): LockBook {
  const { clock, log, profilesDir, onChange } = deps;
  const locks = new Map<ProfileId, ChromeLock>();
  let nextScan = Number.NEGATIVE_INFINITY;
  let running: Promise<void> | undefined;
  let stopped = false;
  let first: Promise<void> | undefined;

  function note(id: ProfileId, lock: ChromeLock): void {
    const before = locks.get(id)?.state;
    if (isHeld(lock)) locks.set(id, lock);
    else locks.delete(id);
    if (before !== locks.get(id)?.state && !stopped) onChange(id);
  }

  async function readAll(folders: readonly { id: ProfileId; dir: string }[]): Promise<void> {
    for (let at = 0; at < folders.length && !stopped; at += WIDTH) {
      await Promise.all(
        folders.slice(at, at + WIDTH).map(async ({ id, dir }) => note(id, await readChromeLockAsync(dir))),
      );
    }
  }

  async function scan(): Promise<void> {
    const begin = clock.monotonic();
    const names = (await fs.readdir(profilesDir).catch(() => [])) as ProfileId[];
    const present = new Set(names);
    for (const id of locks.keys()) if (!present.has(id)) note(id, FREE);
    await readAll(names.map((id) => ({ id, dir: path.join(profilesDir, id) })));
    const end = clock.monotonic();
    nextScan = end + Math.max(MIN_PAUSE_MS, PAUSE_FACTOR * (end - begin));
  }

  return {
    get: (id) => locks.get(id) ?? FREE,
    read(id, dir) {
      const lock = readChromeLock(dir);
      if (isHeld(lock)) locks.set(id, lock);
      else locks.delete(id);
      return lock;
    },
    readAll,
    held: () => [...locks.keys()],
    refresh() {
      if (clock.monotonic() >= nextScan) {
        running ??= scan()
          .catch((error: unknown) => log.error('profiles', 'locks not scanned', { error }))
          .finally(() => {
            running = undefined;
          });
        first ??= running;
      }
      return first ?? Promise.resolve();
    },
    async stop() {
      stopped = true;
      await running;
    },
  };
}
