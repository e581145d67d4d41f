/** The only SQL of proxies. */
import { and, eq, isNotNull, isNull, lt } from 'drizzle-orm';
import { PROXY_STATUS_ORDER, type ProxyStatus, proxyRecord } from '../../../../contract/automation/proxies.ts';
import type { FilterValues } from '../../../../contract/kernel/filters.ts';
import type { Page } from '../../../../contract/kernel/paging.ts';
import type { ProxyId } from '../../../../contract/kernel/scalars.ts';
import { naturalKey } from '../../../../contract/kernel/text/natural-key.ts';
import { type Db, type ListInput, type ListSpec, listPage, matchingIds, rowById } from '../../../core/db/index.ts';
import type { Events } from '../../../core/events.ts';
import { type ProxyRow, proxy } from './schema.ts';

/** The filters of a list of proxies. */
export type ProxyFilter = FilterValues<typeof proxyRecord.filters>;
/** What a list of proxies is asked for. */
export type ProxyListInput = ListInput<typeof proxyRecord.filters>;
/** A profile that uses a proxy. */
export interface ProxyUser {
  id: string;
  name: string;
}

const spec = (deleted: boolean): ListSpec<typeof proxy, typeof proxyRecord> => ({
  table: proxy,
  sortable: {
    created_at: proxy.created_at,
    updated_at: proxy.updated_at,
    name: proxy.name_key,
    scheme: proxy.scheme,
    host: proxy.host,
    status: proxy.status_rank,
    latency_ms: proxy.latency_ms,
    country: proxy.country,
    last_ok_at: proxy.last_ok_at,
    expires_at: proxy.expires_at,
  },
  id: proxy.id,
  where: deleted ? isNotNull(proxy.deleted_at) : isNull(proxy.deleted_at),
  record: proxyRecord,
  sources: {
    name: proxy.name,
    host: proxy.host,
    notes: proxy.notes,
    tags: { column: proxy.tags, elements: true },
    scheme: proxy.scheme,
    status: proxy.status,
    country: proxy.country,
    exit_ip: proxy.exit_ip,
  },
});

const keyed = (row: ProxyRow) => ({
  ...row,
  name_key: naturalKey(row.name),
  status_rank: PROXY_STATUS_ORDER.indexOf(row.status),
});

/** What a check has changed, for those that wait for it. One that fails the first time has not worked before, and is down all the same. */
function turn(before: ProxyStatus | undefined, now: ProxyStatus): 'down' | 'up' | null {
  if (now === 'failing' && before !== 'failing') return 'down';
  return now === 'ok' && before === 'failing' ? 'up' : null;
}

/** Creates the store. */
export function createProxyStore(db: Db, events: Events) {
  const { orm } = db;
  // Profiles by their index (proxy_id, id).
  const counts = db.raw.prepare<[string], { proxy_id: ProxyId; n: number }>(
    `SELECT proxy_id, count(*) AS n FROM profile
     WHERE deleted_at IS NULL AND proxy_id IS NOT NULL AND proxy_id IN (SELECT value FROM json_each(?)) GROUP BY proxy_id`,
  );
  const users = db.raw.prepare<[string, number], ProxyUser>(
    'SELECT id, name FROM profile WHERE deleted_at IS NULL AND proxy_id IS NOT NULL AND proxy_id = ? ORDER BY id LIMIT ?',
  );

  const get = rowById(db, proxy, isNull(proxy.deleted_at));

  return {
    insert(row: ProxyRow): void {
      db.transaction(() => {
        orm.insert(proxy).values(keyed(row)).run();
        events.append({ type: 'proxy.created', entity: 'proxy', id: row.id, version: row.version });
      });
    },
    save(row: ProxyRow, type: 'proxy.created' | 'proxy.updated' | 'proxy.deleted'): void {
      db.transaction(() => {
        orm.update(proxy).set(keyed(row)).where(eq(proxy.id, row.id)).run();
        events.append({ type, entity: 'proxy', id: row.id, version: row.version });
      });
    },
    /** Stores the outcome of a check, which is no edit: the version stays. */
    note(row: ProxyRow): void {
      db.transaction(() => {
        const before = get(row.id)?.status;
        orm.update(proxy).set(keyed(row)).where(eq(proxy.id, row.id)).run();
        events.append({ type: 'proxy.checked', entity: 'proxy', id: row.id, version: null });
        const turned = turn(before, row.status);
        const data = { name: row.name, error: row.check_message };
        if (turned !== null) events.append({ type: `proxy.${turned}`, entity: 'proxy', id: row.id, data });
      });
    },
    /** What tells proxies apart, of all of them. */
    keys: () =>
      orm
        .select({ scheme: proxy.scheme, host: proxy.host, port: proxy.port, username: proxy.username })
        .from(proxy)
        .where(isNull(proxy.deleted_at))
        .all(),
    get,
    getDeleted: rowById(db, proxy, isNotNull(proxy.deleted_at)),
    list: (query: ProxyListInput): Page<ProxyRow> => listPage(db, query, spec(false)),
    /** Ids of all proxies that match, oldest first; of the deleted ones or of the others. */
    matching: (filter: ProxyFilter, deleted: boolean): string[] => matchingIds(db, filter, spec(deleted)),
    /** How many profiles use each of these. */
    usedBy: (ids: readonly ProxyId[]): ReadonlyMap<ProxyId, number> =>
      new Map(counts.all(JSON.stringify(ids)).map(({ proxy_id, n }) => [proxy_id, n])),
    /** The first profiles that use one. */
    users: (id: ProxyId, limit: number): ProxyUser[] => users.all(id, limit),
    /** Proxies deleted before `before` (unix ms). */
    purgeable: (before: number): ProxyId[] =>
      orm
        .select({ id: proxy.id })
        .from(proxy)
        .where(and(isNotNull(proxy.deleted_at), lt(proxy.deleted_at, before)))
        .all()
        .map(({ id }) => id),
    purge: (id: ProxyId): void => void orm.delete(proxy).where(eq(proxy.id, id)).run(),
  };
}
export type ProxyStore = ReturnType<typeof createProxyStore>;
