/** The verbs on many schedules. */
import { z } from 'zod';
import { Priority } from '../../../contract/automation/tasks.ts';
import { ScheduleId } from '../../../contract/kernel/scalars.ts';
import { type BulkResource, parseMember } from '../../core/operation/bulk.ts';
import { changesOf } from '../../core/operation/versioned.ts';
import type { ScheduleService } from './service.ts';
import type { ScheduleFilter } from './store.ts';

/** Members that make sense on many schedules at once. */
const BulkPatch = z.strictObject({ enabled: z.boolean().optional(), priority: Priority.optional() });

/** Maps them onto the service. */
export function scheduleBulk(service: ScheduleService): BulkResource<ScheduleFilter, 'update' | 'delete' | 'restore'> {
  return {
    matching: (filter, action) => service.matching(filter, action === 'restore'),
    act(row, { action, input }) {
      const id = ScheduleId.parse(row);
      switch (action) {
        case 'update':
          return service.update(id, changesOf({ id, ...parseMember('input', BulkPatch, input) }), {});
        case 'delete':
          return service.remove(id);
        case 'restore':
          return service.restore(id);
      }
    },
  };
}
