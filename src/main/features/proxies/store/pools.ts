/** The only SQL of pools. */
import { asc, eq } from 'drizzle-orm';
import type { PoolId, ProxyId } from '../../../../contract/kernel/scalars.ts';
import { naturalKey } from '../../../../contract/kernel/text/natural-key.ts';
import type { Db } from '../../../core/db/index.ts';
import type { Events } from '../../../core/events.ts';
import { type ChoiceRow, type PoolRow, poolChoice, proxyPool } from './schema-pools.ts';

/** A profile by its name. */
export interface Named {
  id: string;
  name: string;
}

/** Creates the store. */
export function createPoolStore(db: Db, events: Events) {
  const { orm } = db;
  const keyed = (row: PoolRow) => ({ ...row, name_key: naturalKey(row.name) });
  const tell = (what: 'created' | 'updated' | 'deleted', { id, version }: Pick<PoolRow, 'id' | 'version'>) =>
    events.append({ type: `pool.${what}`, entity: 'pool', id, version });
  const members = db.raw.prepare<[string, string], { id: ProxyId }>(
    `SELECT id FROM proxy WHERE deleted_at IS NULL AND (id IN (SELECT value FROM json_each(?))
       OR EXISTS (SELECT 1 FROM json_each(proxy.tags) AS own JOIN json_each(?) AS wanted ON own.value = wanted.value))
     ORDER BY created_at, id`,
  );
  const users = db.raw.prepare<[string, number], Named>(
    'SELECT id, name FROM profile WHERE deleted_at IS NULL AND pool_id IS NOT NULL AND pool_id = ? ORDER BY id LIMIT ?',
  );
  const used = db.raw.prepare<[string], { n: number }>(
    'SELECT count(*) AS n FROM profile WHERE deleted_at IS NULL AND pool_id IS NOT NULL AND pool_id = ?',
  );
  const choices = db.raw.prepare<[string], { proxy_id: ProxyId; n: number }>(
    `SELECT c.proxy_id, count(*) AS n FROM pool_choice c JOIN profile p ON p.id = c.profile_id AND p.pool_id = c.pool_id
     WHERE p.deleted_at IS NULL AND c.proxy_id IN (SELECT value FROM json_each(?)) GROUP BY c.proxy_id`,
  );
  const sharing = db.raw.prepare<[string, string, number], Named>(
    `SELECT p.id, p.name FROM profile p LEFT JOIN pool_choice c ON c.profile_id = p.id AND c.pool_id = p.pool_id
       JOIN proxy x ON x.id = coalesce(p.proxy_id, c.proxy_id)
     WHERE p.deleted_at IS NULL AND x.deleted_at IS NULL AND x.exit_ip = ? AND p.id <> ? ORDER BY p.id LIMIT ?`,
  );

  return {
    list: (): PoolRow[] => orm.select().from(proxyPool).orderBy(asc(proxyPool.name_key), asc(proxyPool.id)).all(),
    get: (id: PoolId): PoolRow | undefined => orm.select().from(proxyPool).where(eq(proxyPool.id, id)).get(),
    insert(row: PoolRow): void {
      db.transaction(() => {
        orm.insert(proxyPool).values(keyed(row)).run();
        tell('created', row);
      });
    },
    save(row: PoolRow): void {
      db.transaction(() => {
        orm.update(proxyPool).set(keyed(row)).where(eq(proxyPool.id, row.id)).run();
        tell('updated', row);
      });
    },
    remove(row: PoolRow): void {
      db.transaction(() => {
        orm.delete(proxyPool).where(eq(proxyPool.id, row.id)).run();
        orm.delete(poolChoice).where(eq(poolChoice.pool_id, row.id)).run();
        tell('deleted', row);
      });
    },
    /** Proxies that belong to one, oldest first. */
    members: ({ proxy_ids, tags }: Pick<PoolRow, 'proxy_ids' | 'tags'>): ProxyId[] =>
      members.all(JSON.stringify(proxy_ids), JSON.stringify(tags)).map(({ id }) => id),
    users: (id: PoolId, limit: number): Named[] => users.all(id, limit),
    usedBy: (id: PoolId): number => used.get(id)?.n ?? 0,
    /** How many profiles have each of these proxies of their pool. */
    choicesOf: (ids: readonly ProxyId[]): ReadonlyMap<ProxyId, number> =>
      new Map(choices.all(JSON.stringify(ids)).map(({ proxy_id, n }) => [proxy_id, n])),
    choice: (profileId: string): ChoiceRow | undefined =>
      orm.select().from(poolChoice).where(eq(poolChoice.profile_id, profileId)).get(),
    choose(row: ChoiceRow): void {
      db.transaction(() => {
        orm.insert(poolChoice).values(row).onConflictDoUpdate({ target: poolChoice.profile_id, set: row }).run();
        events.append({ type: 'profile.exit', entity: 'profile', id: row.profile_id, version: null });
      });
    },
    forget(profileId: string): void {
      db.transaction(() => {
        orm.delete(poolChoice).where(eq(poolChoice.profile_id, profileId)).run();
        events.append({ type: 'profile.exit', entity: 'profile', id: profileId, version: null });
      });
    },
    /** Other profiles that come out at an address. */
    sharing: (exitIp: string, butNot: string, limit: number): Named[] => sharing.all(exitIp, butNot, limit),
  };
}
export type PoolStore = ReturnType<typeof createPoolStore>;
