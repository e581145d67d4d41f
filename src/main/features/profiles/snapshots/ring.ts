/** Folders and rows of snapshots: a ring of each profile. */
import { randomBytes } from 'node:crypto';
import { renameSync } from 'node:fs';
import fs from 'node:fs/promises';
import path from 'node:path';
import type { SnapshotId } from '../../../../contract/automation/profile/snapshots.ts';
import type { ProfileId } from '../../../../contract/kernel/scalars.ts';
import type { Clock } from '../../../core/clock.ts';
import { makeOwnedFolder } from '../../../core/disk/owned-files.ts';
import { entryOf, listOwned, removeOwned } from '../../../core/disk/owned-trees.ts';
import { markedBy } from '../copies.ts';
import { copyProfile, folderBytes } from '../folders.ts';
import type { SnapshotRow } from '../schema.ts';
import type { SnapshotStore } from '../store-snapshots.ts';

/** States kept of one profile; the oldest gives way. */
const RING = 5;
/** How the names of folders begin that are on their way from one place to another. */
const MOVING = 'moving-';
/** What was in the place of a profile, until what shall be there is. */
const OLD = /^moving-(prf_[0-9a-z]{26})-[0-9a-f]{12}-old$/;

/** What a ring is made of. */
export interface RingDeps {
  store: SnapshotStore;
  clock: Clock;
  /** Folder that holds one folder per snapshot. */
  dir: string;
  /** Folder of a profile that keeps its data. */
  dirOf(id: ProfileId): string;
  /** Whether there is a profile of this id, deleted ones included. */
  isKnown(id: ProfileId): boolean;
  /** Tells subscribers that something of the profile has changed. */
  announce(id: ProfileId): void;
}

const isThere = (dir: string): Promise<boolean> =>
  fs.lstat(dir).then(
    () => true,
    () => false,
  );

/** Moves a folder. @returns whether there was one */
async function moved(from: string, to: string): Promise<boolean> {
  if (!(await isThere(from))) return false;
  await fs.rename(from, to);
  return true;
}

/**
 * Makes the folder, and removes what a host that was killed was moving; the folder of a profile is put back where none has taken its place.
 * Rows without a folder go.
 */
async function putInOrder({ store, dir, dirOf, isKnown }: RingDeps): Promise<void> {
  const root = path.dirname(dir);
  makeOwnedFolder(root, dir);
  for (const id of store.all()) if (!(await isThere(entryOf(dir, id)))) store.remove(id);
  for (const { name } of await listOwned(root, dir)) {
    const made = markedBy(name);
    if (made !== null && !isKnown(made)) await removeOwned(root, dirOf(made));
    const profile = OLD.exec(name)?.[1];
    if (profile !== undefined && !(await isThere(dirOf(profile as ProfileId))))
      await fs.rename(path.join(dir, name), dirOf(profile as ProfileId));
    else if (name.startsWith(MOVING)) await removeOwned(root, path.join(dir, name));
  }
}

/** Creates the rings. */
export function createRing(deps: RingDeps) {
  const { store, clock, dir, dirOf, announce } = deps;
  const root = path.dirname(dir);
  const folderOf = (id: SnapshotId) => entryOf(dir, id);

  const placeFor = (profile: ProfileId) => path.join(dir, `${MOVING}${profile}-${randomBytes(6).toString('hex')}`);

  async function remove(id: SnapshotId): Promise<void> {
    const going = path.join(dir, `${MOVING}${id}`);
    const isHere = await isThere(folderOf(id));
    // In this order: a folder without a row would stay for ever, with the logins in it.
    if (isHere) renameSync(folderOf(id), going);
    store.remove(id);
    await removeOwned(root, going);
  }

  return {
    remove,
    /** Where a folder may lie that is to become that of a profile: the next start removes it. */
    placeFor,
    /** Copies the folder of a profile that nobody writes to, and lets the oldest copy go. */
    async take(profile: ProfileId, reason: SnapshotRow['reason']): Promise<SnapshotRow> {
      const id = `snp_${randomBytes(13).toString('hex')}`;
      const copy = placeFor(profile);
      await copyProfile(dirOf(profile), copy);
      const bytes = await folderBytes(copy);
      const row = { id, profile_id: profile, reason, bytes, created_at: clock.now() };
      try {
        store.insert(row);
        renameSync(copy, folderOf(id));
      } catch (error) {
        await removeOwned(root, copy);
        store.remove(id);
        throw error;
      }
      for (const old of store.of(profile).slice(RING)) await remove(old.id);
      announce(profile);
      return row;
    },
    /** A copy of a snapshot of a profile to work on. */
    async copyOf(id: SnapshotId, profile: ProfileId): Promise<string> {
      const copy = placeFor(profile);
      await copyProfile(folderOf(id), copy);
      return copy;
    },
    /** Takes a folder that is to replace that of a profile. @returns where it is now */
    async adopted(folder: string, profile: ProfileId): Promise<string> {
      const place = placeFor(profile);
      await fs.rename(folder, place);
      return place;
    },
    /** Puts a folder in place of that of a profile. What was there stays when that fails. */
    async replace(profile: ProfileId, fresh: string): Promise<void> {
      const old = `${fresh}-old`;
      const wasThere = await moved(dirOf(profile), old);
      try {
        await fs.rename(fresh, dirOf(profile));
      } catch (error) {
        if (wasThere) await fs.rename(old, dirOf(profile));
        throw error;
      }
      await removeOwned(root, old);
    },
    discard: (copy: string): Promise<void> => removeOwned(root, copy),
    /** Removes all of a profile that goes for good. */
    async forget(id: ProfileId): Promise<void> {
      for (const row of store.of(id)) await remove(row.id);
    },
    /** Puts in order what a host that was killed left behind. */
    startUp: (): Promise<void> => putInOrder(deps),
  };
}
