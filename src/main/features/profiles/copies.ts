/** Copies of profiles, and what is on the disk of one. */
import fs from 'node:fs';
import path from 'node:path';
import { type Profile, ProfileCreate } from '../../../contract/automation/profiles.ts';
import type { ProfileId } from '../../../contract/kernel/scalars.ts';
import { makeOwnedFolder } from '../../core/disk/owned-files.ts';
import { removeOwned } from '../../core/disk/owned-trees.ts';
import { newId } from '../../core/ids.ts';
import { wireMembers } from '../../core/operation/values.ts';
import type { createEditing } from './editing.ts';
import { clearCaches, copyProfile, folderBytes, folderDisk } from './folders.ts';
import type { Holder } from './launch/plan.ts';
import type { ProfileLease } from './occupancy/occupancy.ts';
import type { ProfileRow } from './schema.ts';
import type { ProfileStore } from './store.ts';

interface CloneInput {
  name?: string | undefined;
  with_storage: boolean;
  count: number;
}

/** How the name of the mark ends that lies beside a folder until its profile is made. */
const MARK = '-new';

/** The profile that a mark is of; null for what is none. */
export const markedBy = (name: string): ProfileId | null => {
  const id = /^(?:moving-)?(prf_[0-9a-z]{26})(?:-[0-9a-f]{12})?-new$/.exec(name)?.[1];
  return id === undefined ? null : (id as ProfileId);
};

/**
 * Puts a folder in the place of that of a new profile, and makes the profile in the same turn of the event loop: files of nobody would stay for ever,
 * with the logins in them. A host that is killed between the two leaves a mark, by which the next start finds them.
 */
export async function placed<T>({ from, to }: { from: string | null; to: string }, make: () => T): Promise<T> {
  if (from === null) return make();
  const root = path.dirname(path.dirname(to));
  makeOwnedFolder(root, path.dirname(to));
  const mark = from + MARK;
  makeOwnedFolder(root, mark);
  try {
    fs.renameSync(from, to);
    return make();
  } catch (error) {
    await removeOwned(root, to);
    throw error;
  } finally {
    await removeOwned(root, mark);
  }
}

/** Creates the operations. */
export function createCopies(deps: {
  store: ProfileStore;
  /** @throws AppError `not-found` */
  require(id: ProfileId): ProfileRow;
  /** @throws AppError `conflict` with `holder`, `profile-locked` */
  hold(id: ProfileId, holder: Holder): ProfileLease;
  editing: Pick<ReturnType<typeof createEditing>, 'check' | 'create'>;
  /** Folder of a profile that keeps its data. */
  dirOf(id: ProfileId): string;
  /** Where a folder may lie that is to become that of a profile. */
  placeFor(id: ProfileId): string;
}) {
  const { store, require, hold, editing, dirOf, placeFor } = deps;

  /** Runs with the profile to itself: a browser would write while its files are read or removed. */
  async function alone<T>(id: ProfileId, by: string, work: () => Promise<T>): Promise<T> {
    const lease = hold(id, { kind: 'manual', id: by });
    try {
      return await work();
    } finally {
      await lease.release();
    }
  }

  async function copies(row: ProfileRow, { name, with_storage, count }: CloneInput, signal: AbortSignal) {
    const settings = wireMembers(ProfileCreate, row);
    editing.check(settings);
    const base = name ?? `${row.name.slice(0, 85)} copy`;
    const made: Profile[] = [];
    for (let n = 1; n <= count; n++) {
      signal.throwIfAborted();
      const id = newId('profile');
      const withData = with_storage && row.storage === 'persistent';
      const copy = placeFor(id);
      if (withData) await copyProfile(dirOf(row.id), copy, signal);
      const size_bytes = withData ? await folderBytes(copy) : 0;
      const named = { ...settings, name: n === 1 ? base : `${base} ${n}` };
      made.push(
        await placed({ from: withData ? copy : null, to: dirOf(id) }, () => editing.create(named, { id, size_bytes })),
      );
    }
    return { items: made };
  }

  return {
    /** Copies that were made before an abort stay. @throws AppError `not-found`, `conflict` with `holder`, `profile-locked` */
    async clone(id: ProfileId, input: CloneInput, signal: AbortSignal): Promise<{ items: Profile[] }> {
      const row = require(id);
      return input.with_storage && row.storage === 'persistent'
        ? alone(id, 'copy', () => copies(row, input, signal))
        : copies(row, input, signal);
    },
    /** @throws AppError `not-found` */
    async disk(id: ProfileId) {
      const disk = await folderDisk(dirOf(require(id).id));
      store.note(id, { size_bytes: disk.bytes });
      return disk;
    },
    /** @throws AppError `not-found`, `conflict` with `holder`, `profile-locked` */
    async clearCache(id: ProfileId): Promise<{ freed_bytes: number }> {
      const dir = dirOf(require(id).id);
      return alone(id, 'cache', async () => {
        const before = await folderBytes(dir);
        await clearCaches(dir);
        return { freed_bytes: Math.max(0, before - (await folderBytes(dir))) };
      });
    },
  };
}
