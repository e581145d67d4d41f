/** Deleting proxies, restoring them, and emptying their trash. */
import type { ProxyServer } from '../../../contract/automation/proxies.ts';
import { AppError } from '../../../contract/kernel/errors.ts';
import type { ProxyId } from '../../../contract/kernel/scalars.ts';
import type { Clock } from '../../core/clock.ts';
import type { Db } from '../../core/db/index.ts';
import { notFound } from '../../core/operation/versioned.ts';
import type { Secrets } from '../../core/secrets/secrets.ts';
import { nextOf, ownerOf } from './editing.ts';
import type { ProxyStore } from './store/proxies.ts';
import type { ProxyRow } from './store/schema.ts';

/** Users of a proxy that a refusal names. */
const NAMED_USERS = 20;

/** Creates the part of the service that deletes; `require` throws `not-found`. */
export function createTrash(deps: {
  db: Db;
  store: ProxyStore;
  clock: Clock;
  secrets: Pick<Secrets, 'removeOwner'>;
  require(id: ProxyId): ProxyRow;
  view(row: ProxyRow): ProxyServer;
}) {
  const { db, store, clock, secrets, require, view } = deps;
  return {
    /**
     * Deletes one. Profiles that use it are not changed: they refuse to start until it is restored or they have another one.
     * @throws AppError `not-found`, `conflict` with `dependents` unless `force`
     */
    remove(id: ProxyId, force: boolean): void {
      const row = require(id);
      const users = force ? [] : store.users(id, NAMED_USERS);
      if (users.length > 0) {
        const count = store.usedBy([id]).get(id) ?? users.length;
        throw new AppError(
          'conflict',
          `The proxy ${row.name} is used by ${count === 1 ? 'a profile' : `${count} profiles`}, which could not start without it.`,
          { extra: { dependents: users.map((user) => ({ type: 'profile', ...user })) } },
        );
      }
      store.save({ ...nextOf(row, clock), deleted_at: clock.now() }, 'proxy.deleted');
    },
    /** @throws AppError `not-found` */
    restore(id: ProxyId): ProxyServer {
      const row = store.getDeleted(id);
      if (!row) throw notFound('deleted proxy', id);
      const restored = { ...nextOf(row, clock), deleted_at: null };
      store.save(restored, 'proxy.created');
      return view(restored);
    },
    /** Deletes for good what was deleted before `before` (unix ms), with its password. */
    purge(before: number): void {
      for (const id of store.purgeable(before)) {
        db.transaction(() => {
          secrets.removeOwner(ownerOf(id));
          store.purge(id);
        });
      }
    },
  };
}
