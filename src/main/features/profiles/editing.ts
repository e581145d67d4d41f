/** Creating, changing, deleting and restoring profiles. */
import type { Profile, ProfileCreate } from '../../../contract/automation/profiles.ts';
import { AppError } from '../../../contract/kernel/errors.ts';
import type { ProfileId } from '../../../contract/kernel/scalars.ts';
import type { Clock } from '../../core/clock.ts';
import { newId } from '../../core/ids.ts';
import { checkVersion, notFound } from '../../core/operation/versioned.ts';
import { type ProfilePatch, patched } from './fields.ts';
import type { Leases } from './occupancy/leases.ts';
import type { ProfileRow } from './schema.ts';
import type { ProfileStore } from './store.ts';

/** Creates the part of the service that edits; `require` throws `not-found`. */
export function createEditing(deps: {
  store: ProfileStore;
  clock: Clock;
  leases: Leases;
  require(id: ProfileId): ProfileRow;
  view(row: ProfileRow): Profile;
}) {
  const { store, clock, leases, require, view } = deps;
  const next = (row: ProfileRow): ProfileRow => ({ ...row, updated_at: clock.now(), version: row.version + 1 });

  return {
    create(input: ProfileCreate): Profile {
      const now = clock.now();
      const row = store.insert({
        ...input,
        id: newId('profile'),
        proxy_id: null,
        extensions: [],
        size_bytes: 0,
        last_started_at: null,
        created_at: now,
        updated_at: now,
        version: 1,
        deleted_at: null,
      });
      return view(row);
    },
    /** @throws AppError `not-found`, `version-conflict` */
    update(
      id: ProfileId,
      patch: ProfilePatch,
      expected: { body?: number | undefined; ifMatch?: number | undefined },
    ): Profile {
      const row = require(id);
      checkVersion(row.version, expected.body, expected.ifMatch);
      const changed = next(patched(row, patch));
      store.save(changed, 'profile.updated');
      return view(changed);
    },
    /** @throws AppError `not-found`, `conflict` with `holder` */
    remove(id: ProfileId): void {
      const row = require(id);
      const holder = leases.holder(id);
      if (holder)
        throw new AppError('conflict', `The profile ${row.name} is in use; stop it first.`, { extra: { holder } });
      store.save({ ...next(row), deleted_at: clock.now() }, 'profile.deleted');
    },
    /** @throws AppError `not-found` */
    restore(id: ProfileId): Profile {
      const row = store.getDeleted(id);
      if (!row) throw notFound('deleted profile', id);
      const restored = { ...next(row), deleted_at: null };
      store.save(restored, 'profile.created');
      return view(restored);
    },
  };
}
