/** Proxies as the rest of the program sees them: editing, checks, and forwarders for browsers. */
import { type ProxyCheck, ProxyFault, ProxyRoute, ProxyServer } from '../../../contract/automation/proxies.ts';
import type { AppError } from '../../../contract/kernel/errors.ts';
import type { Page } from '../../../contract/kernel/paging.ts';
import type { ProxyId } from '../../../contract/kernel/scalars.ts';
import { type Clock, iso } from '../../core/clock.ts';
import { type Db, recordOf, recordsOf } from '../../core/db/index.ts';
import type { Logger } from '../../core/log/logger.ts';
import { notFound } from '../../core/operation/versioned.ts';
import type { Secrets } from '../../core/secrets/secrets.ts';
import type { SettingsReader } from '../../core/settings.ts';
import { createEditing } from './editing.ts';
import { createExits } from './exits/exits.ts';
import { checked, toProxy } from './fields.ts';
import { createForwarders } from './forward/forwarders.ts';
import type { Upstream } from './forward/upstream.ts';
import { check } from './health/probe.ts';
import { createImporter } from './import/importer.ts';
import { createPoolOpener } from './pools/open.ts';
import { createPools } from './pools/service.ts';
import { createRotation } from './rotate.ts';
import type { ConsentStore } from './store/consents.ts';
import type { PoolStore } from './store/pools.ts';
import type { ProxyListInput, ProxyStore } from './store/proxies.ts';
import type { ProxyRow } from './store/schema.ts';
import type { TrafficBook } from './traffic/traffic.ts';
import { createTrash } from './trash.ts';

/** What {@link createProxyService} needs. */
export interface ProxyDeps {
  db: Db;
  store: ProxyStore;
  clock: Clock;
  log: Logger;
  secrets: Secrets;
  settings: SettingsReader;
  traffic: TrafficBook;
  pools: PoolStore;
  consents: ConsentStore;
}

/** How a proxy is reached, with its password. */
function upstreamsFrom(secrets: Pick<Secrets, 'get'>) {
  return async ({ scheme, host, port, username, password_secret }: ProxyRow): Promise<Upstream> => {
    const password = password_secret === null ? null : await secrets.get(password_secret);
    return { scheme, host, port, username, password };
  };
}

/** A start that fails tells as much as a check. */
function failedStarts(store: Pick<ProxyStore, 'get' | 'note'>, clock: Clock) {
  return (id: ProxyId, error: AppError): void => {
    const row = store.get(id);
    const fault = ProxyFault.safeParse(error.extra.reason);
    if (!row || !fault.success) return;
    const unknown = { latency_ms: null, exit_ip: null, country: null, timezone: null };
    store.note(checked(row, { ok: false, ...unknown, error: fault.data, message: error.message }, clock.now()));
  };
}

/** Creates the service. */
export function createProxyService({ db, store, clock, log, secrets, settings, traffic, ...deps }: ProxyDeps) {
  const require = (id: ProxyId): ProxyRow => {
    const row = store.get(id);
    if (!row) throw notFound('proxy', id);
    return row;
  };
  /** What other tables know of some proxies. */
  const countsOf = (ids: readonly ProxyId[]) => {
    const [used, month] = [store.usedBy(ids), traffic.ofProxies(ids)];
    return (id: ProxyId) => ({ used_by: used.get(id) ?? 0, month_bytes: month.get(id) ?? 0 });
  };
  const view = (row: ProxyRow): ProxyServer => recordOf(ProxyServer, () => toProxy(row, countsOf([row.id])(row.id)));
  const upstreamOf = upstreamsFrom(secrets);
  const echo = (): URL | null => {
    const address = settings.get('proxies.echo_url');
    return address === null ? null : new URL(address);
  };

  /**
   * Checks one and stores what was found, unless it was changed meanwhile.
   * @throws AppError `not-found`, or the reason of `signal`
   */
  async function checkOne(id: ProxyId, timeoutMs: number, signal?: AbortSignal): Promise<ProxyCheck> {
    const row = require(id);
    const outcome = await check(await upstreamOf(row), { echo: echo(), timeoutMs, signal, clock });
    const at = clock.now();
    const now = store.get(id);
    if (now && now.version === row.version) store.note(checked(now, outcome, at));
    return { ...outcome, checked_at: iso(at) };
  }
  const get = (id: ProxyId) => view(require(id));

  const forwarders = createForwarders({ find: store.get, upstreamOf, echo, clock, log, traffic });
  const openFromPool = createPoolOpener({
    ...{ store: deps.pools, find: store.get, open: forwarders.open, failed: failedStarts(store, clock), clock, log },
  });

  const editing = createEditing({ db, store, clock, secrets, require, view });

  return {
    ...editing,
    /** Reads a text of proxies, and creates them unless it is a dry run. @throws AppError `validation-error` */
    import: createImporter({ store, createMany: editing.createMany }),
    ...createTrash({ db, store, clock, secrets, require, view }),
    get,
    list(input: ProxyListInput): Page<ProxyServer> {
      const page = store.list(input);
      const counts = countsOf(page.items.map(({ id }) => id));
      const shown = (row: ProxyRow) => toProxy(row, counts(row.id));
      return { ...page, items: recordsOf(db, 'proxy', ProxyServer, page.items, shown) };
    },
    /** Ids of all proxies that match, oldest first; of the deleted ones or of the others. */
    matching: store.matching,
    exists: (id: ProxyId): boolean => store.get(id) !== undefined,
    /** Where one is; null when it was deleted. */
    route(id: ProxyId): ProxyRoute | null {
      const row = store.get(id);
      return row === undefined ? null : ProxyRoute.parse(row);
    },
    check: checkOne,
    /** Changes the exit address of one, see {@link createRotation}. */
    rotate: createRotation({ store, clock, log, settings, require, check: checkOne, get }),
    /** Forwarders for browsers. */
    forwarders: { ...forwarders, openFromPool },
    pools: createPools({ db, store: deps.pools, clock, find: store.get }),
    /** Where profiles come out. */
    exits: createExits({ consents: deps.consents, pools: deps.pools, find: store.get, settings, clock, log }),
    /** What browsers have sent and received. */
    traffic,
  };
}
export type ProxyService = ReturnType<typeof createProxyService>;
