/** Handlers of proxies: maps only. */
import type { proxyOperations } from '../../../contract/automation/proxies.ts';
import type { poolOperations } from '../../../contract/automation/proxy/pools.ts';
import type { Handlers } from '../../core/operation/operation.ts';
import { changesOf } from '../../core/operation/versioned.ts';
import type { ProxyChecker } from './health/check-job.ts';
import type { ProxyService } from './service.ts';

/** Ids of the operations that this feature answers. */
export type ProxyOperationId = Exclude<keyof typeof proxyOperations, 'proxies_bulk'> | keyof typeof poolOperations;

/** Maps the operations onto the service. */
export function proxyHandlers(service: ProxyService, checks: ProxyChecker): Handlers<ProxyOperationId> {
  const { pools } = service;
  return {
    pools_list: () => pools.list(),
    pools_get: ({ id }) => pools.get(id),
    pools_create: (input) => pools.create(input),
    pools_update: (input, { ifMatch }) => pools.update(input.id, changesOf(input), { body: input.version, ifMatch }),
    pools_delete: ({ id }) => {
      pools.remove(id);
      return { id, deleted: true };
    },
    proxies_list: (input) => service.list(input),
    proxies_create: (input) => service.create(input),
    proxies_get: ({ id }) => service.get(id),
    proxies_update: (input, { ifMatch }) =>
      service.update(input.id, changesOf(input), { body: input.version, ifMatch }),
    proxies_delete: ({ id, force }) => {
      service.remove(id, force);
      return { id, deleted: true };
    },
    proxies_restore: ({ id }) => service.restore(id),
    proxies_check: ({ id, timeout_ms }, { signal }) => service.check(id, timeout_ms, signal),
    proxies_check_all: (input, context) => checks(input, context),
    proxies_rotate: ({ id }, { signal }) => service.rotate(id, signal),
    proxies_import: (input) => service.import(input),
  };
}
