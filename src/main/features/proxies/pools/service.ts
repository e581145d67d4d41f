/** Pools as the rest of the program sees them. */
import { MOST_POOLS, type PoolCreate, ProxyPool } from '../../../../contract/automation/proxy/pools.ts';
import { AppError, invalidField } from '../../../../contract/kernel/errors.ts';
import type { PoolId, ProxyId } from '../../../../contract/kernel/scalars.ts';
import { type Clock, iso, isoOrNull } from '../../../core/clock.ts';
import { type Db, recordOf, recordsOf } from '../../../core/db/index.ts';
import { newId } from '../../../core/ids.ts';
import { wireMembers } from '../../../core/operation/values.ts';
import { type Changes, checkVersion, notFound } from '../../../core/operation/versioned.ts';
import type { PoolStore } from '../store/pools.ts';
import type { ProxyRow } from '../store/schema.ts';
import type { PoolRow } from '../store/schema-pools.ts';
import { restOf } from './choose.ts';

/** Users of a pool that a refusal names. */
const NAMED_USERS = 20;

/** Creates the service. */
export function createPools(deps: { db: Db; store: PoolStore; clock: Clock; find(id: ProxyId): ProxyRow | undefined }) {
  const { db, store, clock, find } = deps;
  const require = (id: PoolId): PoolRow => {
    const row = store.get(id);
    if (!row) throw notFound('pool', id);
    return row;
  };
  function toPool(row: PoolRow): ProxyPool {
    const members = store.members(row).flatMap((id) => find(id) ?? []);
    const rests = members.flatMap((one) => restOf(one, row.cooldown_seconds, clock.now()) ?? []);
    const times = rests.flatMap(({ until }) => until ?? []);
    return {
      ...wireMembers(ProxyPool, row),
      ...{ members: members.length, available: members.length - rests.length, used_by: store.usedBy(row.id) },
      next_at: isoOrNull(times.length === 0 ? null : Math.min(...times)),
      ...{ created_at: iso(row.created_at), updated_at: iso(row.updated_at) },
    };
  }
  const view = (row: PoolRow): ProxyPool => recordOf(ProxyPool, () => toPool(row));
  const check = (ids: readonly ProxyId[]) => {
    if (ids.some((id) => find(id) === undefined)) throw invalidField('proxy_ids', 'must be ids of proxies');
  };

  return {
    list: () => ({ items: recordsOf(db, 'pool', ProxyPool, store.list(), toPool) }),
    get: (id: PoolId) => view(require(id)),
    exists: (id: PoolId): boolean => store.get(id) !== undefined,
    name: (id: PoolId): string | null => store.get(id)?.name ?? null,
    /** @throws AppError `validation-error` for proxies that there are not, `resource-limit-exceeded` */
    create(input: PoolCreate): ProxyPool {
      check(input.proxy_ids);
      if (store.list().length >= MOST_POOLS) {
        throw new AppError('resource-limit-exceeded', `There can be ${MOST_POOLS} pools; delete one first.`);
      }
      const now = clock.now();
      const row: PoolRow = { ...input, id: newId('pool'), created_at: now, updated_at: now, version: 1 };
      store.insert(row);
      return view(row);
    },
    /** @throws AppError `not-found`, `version-conflict`, `validation-error` */
    update(
      id: PoolId,
      patch: Changes<Partial<PoolCreate>>,
      expected: { body?: number | undefined; ifMatch?: number | undefined },
    ): ProxyPool {
      const row = require(id);
      checkVersion(row.version, expected.body, expected.ifMatch);
      // Those that it has may have been deleted since.
      check((patch.proxy_ids ?? []).filter((one) => !row.proxy_ids.includes(one)));
      const saved = { ...row, ...patch, updated_at: clock.now(), version: row.version + 1 };
      store.save(saved);
      return view(saved);
    },
    /** @throws AppError `not-found`, `conflict` with `dependents` */
    remove(id: PoolId): void {
      const row = require(id);
      const users = store.users(id, NAMED_USERS);
      if (users.length > 0) {
        const count = store.usedBy(id);
        throw new AppError(
          'conflict',
          `The pool ${row.name} is used by ${count === 1 ? 'a profile' : `${count} profiles`}; give them another way out first.`,
          { extra: { dependents: users.map((user) => ({ type: 'profile', ...user })) } },
        );
      }
      store.remove(row);
    },
  };
}
