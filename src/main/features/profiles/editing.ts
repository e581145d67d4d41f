/** Creating, changing, deleting and restoring profiles. */
import type { Profile, ProfileCreate } from '../../../contract/automation/profiles.ts';
import { AppError, invalidField } from '../../../contract/kernel/errors.ts';
import type { PoolId, ProfileId, ProxyId } from '../../../contract/kernel/scalars.ts';
import type { Clock } from '../../core/clock.ts';
import { newId } from '../../core/ids.ts';
import { checkVersion, notFound } from '../../core/operation/versioned.ts';
import { type ProfilePatch, patched } from './fields.ts';
import type { Leases } from './occupancy/leases.ts';
import type { ProfileRow } from './schema.ts';
import type { ProfileStore } from './store.ts';

/** What editing asks about proxies and pools. */
interface KnownWays {
  /** Whether there is a proxy of this id. */
  exists(id: ProxyId): boolean;
  pools: { exists(id: PoolId): boolean };
}

/** Checks of the way out that a profile is to have. @throws AppError `validation-error`, each of them */
function createWayChecks({ exists, pools }: KnownWays) {
  const requireProxy = (id: ProxyId | null) => {
    if (id !== null && !exists(id)) throw invalidField('proxy_id', 'must be the id of a proxy');
  };
  const requirePool = (id: PoolId | null) => {
    if (id !== null && !pools.exists(id)) throw invalidField('pool_id', 'must be the id of a pool');
  };
  /** Which of two would be taken could only be guessed. */
  const requireOneWay = ({ proxy_id, pool_id }: Pick<ProfileCreate, 'proxy_id' | 'pool_id'>) => {
    if (proxy_id !== null && pool_id !== null)
      throw invalidField('pool_id', 'stands in for a proxy: choose one of them');
  };
  const requireWay = (input: Pick<ProfileCreate, 'proxy_id' | 'pool_id'>) => {
    requireProxy(input.proxy_id);
    requirePool(input.pool_id);
    requireOneWay(input);
  };
  return { requireProxy, requirePool, requireOneWay, requireWay };
}

/** Creates the part of the service that edits; `require` throws `not-found`. */
export function createEditing(deps: {
  store: ProfileStore;
  clock: Clock;
  leases: Leases;
  require(id: ProfileId): ProfileRow;
  proxies: KnownWays;
  view(row: ProfileRow): Profile;
}) {
  const { store, clock, leases, require, view, proxies } = deps;
  const { requireProxy, requirePool, requireOneWay, requireWay } = createWayChecks(proxies);
  const next = (row: ProfileRow): ProfileRow => ({ ...row, updated_at: clock.now(), version: row.version + 1 });

  return {
    /** What the schema cannot tell. @throws AppError `validation-error` for a proxy that does not exist */
    check: (input: ProfileCreate): void => requireWay(input),
    /**
     * @param known what a copy has from the beginning; a proxy of an archive may be one that is not here, and then nothing goes out
     * @throws AppError `validation-error` for a proxy that does not exist
     */
    create(
      input: ProfileCreate,
      known: Partial<Pick<ProfileRow, 'id' | 'size_bytes' | 'proxy_id' | 'pool_id'>> = {},
    ): Profile {
      requireWay(input);
      const now = clock.now();
      const row = store.insert({
        ...input,
        id: newId('profile'),
        extensions: [],
        size_bytes: 0,
        ...known,
        last_started_at: null,
        created_at: now,
        updated_at: now,
        version: 1,
        deleted_at: null,
      });
      return view(row);
    },
    /** @throws AppError `not-found`, `version-conflict`, `validation-error` for a proxy that does not exist */
    update(
      id: ProfileId,
      patch: ProfilePatch,
      expected: { body?: number | undefined; ifMatch?: number | undefined },
    ): Profile {
      const row = require(id);
      checkVersion(row.version, expected.body, expected.ifMatch);
      if (patch.proxy_id !== undefined && patch.proxy_id !== row.proxy_id) requireProxy(patch.proxy_id);
      if (patch.pool_id !== undefined && patch.pool_id !== row.pool_id) requirePool(patch.pool_id);
      const changed = next(patched(row, patch));
      requireOneWay(changed);
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
