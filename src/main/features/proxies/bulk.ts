/** The verbs on many proxies. */
import { z } from 'zod';
import { proxyOperations } from '../../../contract/automation/proxies.ts';
import { ProxyId } from '../../../contract/kernel/scalars.ts';
import { type BulkResource, parseMember } from '../../core/operation/bulk.ts';
import { changesOf } from '../../core/operation/versioned.ts';
import type { ProxyService } from './service.ts';
import type { ProxyFilter } from './store/proxies.ts';

/** Checks mostly wait; what only changes rows is done in slices. */
const TOGETHER = { check: 20, delete: 20, restore: 20, update: 20 } as const;
const BulkCheck = proxyOperations.proxies_check.input.pick({ timeout_ms: true });
const BulkDelete = z.strictObject({ force: z.boolean().default(false) });
const BulkPatch = proxyOperations.proxies_update.input.omit({ id: true, version: true, name: true });

/** Maps them onto the service. */
export function proxyBulk(service: ProxyService): BulkResource<ProxyFilter, 'check' | 'update' | 'delete' | 'restore'> {
  return {
    matching: (filter, action) => service.matching(filter, action === 'restore'),
    together: (action) => TOGETHER[action],
    act(row, { action, input }) {
      const id = ProxyId.parse(row);
      switch (action) {
        case 'check':
          return service.check(id, parseMember('input', BulkCheck, input ?? {}).timeout_ms);
        case 'delete':
          return service.remove(id, parseMember('input', BulkDelete, input ?? {}).force);
        case 'restore':
          return service.restore(id);
        case 'update':
          return service.update(id, changesOf({ id, ...parseMember('input', BulkPatch, input) }), {});
      }
    },
  };
}
