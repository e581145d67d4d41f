/** Chrome's locks in all profile folders as they were at the last scan, so that a list of profiles reads no file. */
import fs from 'node:fs/promises';
import path from 'node:path';
import type { ProfileId } from '../../../contract/kernel/scalars.ts';
import type { Clock } from '../../core/clock.ts';
import { type ChromeLock, readChromeLock, readChromeLockAsync } from './launch/chrome-lock.ts';

/** Age at which a scan is repeated, ms. */
const STALE_MS = 2000;
/** Folders looked at together. */
const WIDTH = 32;
const FREE: ChromeLock = { state: 'free' };

/** Locks that other programs hold. */
export interface LockBook {
  /** The lock as the book has it. */
  get(id: ProfileId): ChromeLock;
  /** Reads one folder now. */
  read(id: ProfileId, dir: string): ChromeLock;
  /** Profiles that another program holds. */
  held(): ProfileId[];
  /** Makes sure that there has been a scan; one that is too old is repeated behind the caller's back. */
  ready(): Promise<void>;
}

const isHeld = (lock: ChromeLock) => lock.state === 'live' || lock.state === 'foreign';

/** Creates the book; `onChange` hears of each profile whose lock a scan finds changed. */
export function createLockBook(deps: {
  clock: Clock;
  profilesDir: string;
  onChange: (id: ProfileId) => void;
}): LockBook {
  const { clock, profilesDir, onChange } = deps;
  let locks = new Map<ProfileId, ChromeLock>();
  let scanned = Number.NEGATIVE_INFINITY;
  let running: Promise<void> | undefined;

  async function scan(): Promise<void> {
    const first = scanned === Number.NEGATIVE_INFINITY;
    const names = (await fs.readdir(profilesDir).catch(() => [])) as ProfileId[];
    const found = new Map<ProfileId, ChromeLock>();
    for (let at = 0; at < names.length; at += WIDTH) {
      await Promise.all(
        names.slice(at, at + WIDTH).map(async (id) => {
          const lock = await readChromeLockAsync(path.join(profilesDir, id));
          if (isHeld(lock)) found.set(id, lock);
        }),
      );
    }
    const before = locks;
    locks = found;
    scanned = clock.monotonic();
    if (first) return;
    for (const id of new Set([...before.keys(), ...found.keys()])) {
      if (before.get(id)?.state !== found.get(id)?.state) onChange(id);
    }
  }

  return {
    get: (id) => locks.get(id) ?? FREE,
    read(id, dir) {
      const lock = readChromeLock(dir);
      if (isHeld(lock)) locks.set(id, lock);
      else locks.delete(id);
      return lock;
    },
    held: () => [...locks.keys()],
    async ready() {
      const first = scanned === Number.NEGATIVE_INFINITY;
      if (clock.monotonic() - scanned >= STALE_MS) {
        running ??= scan().finally(() => {
          running = undefined;
        });
      }
      if (first) await running;
    },
  };
}
