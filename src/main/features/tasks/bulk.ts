/** The verbs on many tasks. */
import type { BulkResource } from '../../core/operation/bulk.ts';
import type { TaskService } from './service.ts';
import type { TaskFilter } from './store/list-store.ts';

/** Each cancel waits for the end of its processes, each delete for the removal of its files, so as many wait together. */
const TOGETHER = { cancel: 100, delete: 20, retry: 1 } as const;

/** Maps them onto the service. */
export function taskBulk(service: TaskService): BulkResource<TaskFilter, 'cancel' | 'retry' | 'delete'> {
  return {
    matching: service.matching,
    act(id, { action, by }, claim) {
      switch (action) {
        case 'cancel':
          return service.cancel(id, false);
        case 'retry':
          return service.retry(id, by, { as_then: false }, claim);
        case 'delete':
          return service.remove(id);
      }
    },
    together: (action) => TOGETHER[action],
  };
}
