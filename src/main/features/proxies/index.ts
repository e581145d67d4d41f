/** Proxies: where profiles go out, and the forwarders that lead browsers there. */
import type { Clock } from '../../core/clock.ts';
import type { Db } from '../../core/db/index.ts';
import type { Events } from '../../core/events.ts';
import type { Part } from '../../core/lifecycle.ts';
import type { Logger } from '../../core/log/logger.ts';
import type { Chore } from '../../core/maintenance.ts';
import { TRASH_MS } from '../../core/operation/versioned.ts';
import type { Secrets } from '../../core/secrets/secrets.ts';
import type { SettingsReader } from '../../core/settings.ts';
import type { JobService } from '../jobs/index.ts';
import { proxyBulk } from './bulk.ts';
import { createChecker } from './health/check-job.ts';
import { proxyHandlers } from './routes.ts';
import { createProxyService } from './service.ts';
import { createConsentStore } from './store/consents.ts';
import { createPoolStore } from './store/pools.ts';
import { createProxyStore } from './store/proxies.ts';
import { createTrafficStore } from './store/traffic.ts';
import { createTraffic } from './traffic/traffic.ts';

export type { Exits } from './exits/exits.ts';
export type { OpenHow, ProxyForwarders, ProxyLease } from './forward/forwarders.ts';
export type { OpenFromPool } from './pools/open.ts';
export type { TrafficBook } from './traffic/traffic.ts';

export function createProxies(deps: {
  db: Db;
  events: Events;
  clock: Clock;
  log: Logger;
  secrets: Secrets;
  settings: SettingsReader;
  jobs: Pick<JobService, 'register'>;
}) {
  const traffic = createTraffic({ ...deps, store: createTrafficStore(deps.db, deps.events) });
  const service = createProxyService({
    ...{ ...deps, traffic, store: createProxyStore(deps.db, deps.events) },
    ...{ pools: createPoolStore(deps.db, deps.events), consents: createConsentStore(deps.db, deps.events) },
  });
  const parts: Part[] = [{ name: 'proxies', start: traffic.closeAll, stop: service.forwarders.closeAll }];
  const chores: Chore[] = [
    { name: 'emptying the trash of proxies', run: () => service.purge(deps.clock.now() - TRASH_MS) },
    { name: 'forgetting old traffic', run: traffic.forget },
  ];
  const checks = createChecker(service, deps.jobs);
  return { service, handlers: proxyHandlers(service, checks), bulk: proxyBulk(service), parts, chores };
}
