/** Folders and rows of snapshots: a ring of each profile. */
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import type { SnapshotId } from '../../../../contract/automation/profile/snapshots.ts';
import type { ProfileId } from '../../../../contract/kernel/scalars.ts';
import type { Clock } from '../../../core/clock.ts';
import { makeOwnedFolder } from '../../../core/disk/owned-files.ts';
import { entryOf, listOwned, removeOwned } from '../../../core/disk/owned-trees.ts';
import { copyProfile, folderBytes } from '../folders.ts';
import type { SnapshotRow } from '../schema.ts';
import type { SnapshotStore } from '../store-snapshots.ts';

/** States kept of one profile; the oldest gives way. */
const RING = 5;
/** How the names of folders begin that are on their way from one place to another. */
const MOVING = 'moving-';

/** What a ring is made of. */
export interface RingDeps {
  store: SnapshotStore;
  clock: Clock;
  /** Folder that holds one folder per snapshot. */
  dir: string;
  /** Folder of a profile that keeps its data. */
  dirOf(id: ProfileId): string;
  /** Tells subscribers that something of the profile has changed. */
  announce(id: ProfileId): void;
}

/** Creates the rings. */
export function createRing({ store, clock, dir, dirOf, announce }: RingDeps) {
  const root = path.dirname(dir);
  const folderOf = (id: SnapshotId) => entryOf(dir, id);

  async function remove(id: SnapshotId): Promise<void> {
    store.remove(id);
    await removeOwned(root, folderOf(id));
  }

  return {
    remove,
    /** Copies the folder of a profile that nobody writes to, and lets the oldest copy go. */
    async take(profile: ProfileId, reason: SnapshotRow['reason']): Promise<SnapshotRow> {
      const id = `snp_${randomBytes(13).toString('hex')}`;
      await copyProfile(dirOf(profile), folderOf(id));
      const bytes = await folderBytes(folderOf(id));
      const row = { id, profile_id: profile, reason, bytes, created_at: clock.now() };
      store.insert(row);
      for (const old of store.of(profile).slice(RING)) await remove(old.id);
      announce(profile);
      return row;
    },
    /** A copy of a snapshot to work on. */
    async copyOf(id: SnapshotId): Promise<string> {
      const copy = path.join(dir, MOVING + randomBytes(6).toString('hex'));
      await copyProfile(folderOf(id), copy);
      return copy;
    },
    discard: (copy: string): Promise<void> => removeOwned(root, copy),
    /** Removes all of a profile that goes for good. */
    async forget(id: ProfileId): Promise<void> {
      for (const row of store.of(id)) await remove(row.id);
    },
    /** Makes the folder, and removes what a host that was killed was moving. */
    async startUp(): Promise<void> {
      makeOwnedFolder(root, dir);
      for (const { name } of await listOwned(root, dir)) {
        if (name.startsWith(MOVING)) await removeOwned(root, path.join(dir, name));
      }
    },
  };
}
