/** The verbs on many tasks. */

import type { Logger } from '../../core/log/logger.ts';
import type { BulkResource } from '../../core/operation/bulk.ts';
import type { TaskService } from './service.ts';
import type { TaskFilter } from './store/list-store.ts';

/** Each cancel waits for the end of its processes, each delete for the removal of its files, so as many wait together. */
const TOGETHER = { cancel: 100, delete: 20, retry: 1 } as const;

/**
 * Maps them onto the service.
 * @param untold tasks of whose end the log says nothing of their own: it tells of all that are cancelled together in one line
 */
export function taskBulk(
  service: TaskService,
  log: Pick<Logger, 'info'>,
  untold: Set<string>,
): BulkResource<TaskFilter, 'cancel' | 'retry' | 'delete'> {
  async function cancel(id: string): Promise<unknown> {
    untold.add(id);
    try {
      return await service.cancel(id, false);
    } catch (error) {
      untold.delete(id);
      throw error;
    }
  }
  return {
    matching: service.matching,
    act(id, { action, by, isOne }, claim) {
      switch (action) {
        case 'cancel':
          return isOne ? service.cancel(id, false) : cancel(id);
        case 'retry':
          return service.retry(id, by, { as_then: false }, claim);
        case 'delete':
          return service.remove(id);
      }
    },
    over(action, ok) {
      if (action === 'cancel' && ok > 0) log.info('task', `${ok} ${ok === 1 ? 'task was' : 'tasks were'} cancelled`);
    },
    together: (action) => TOGETHER[action],
  };
}
