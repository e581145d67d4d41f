/** Handlers of tasks, logs, artifacts and the queue: maps only. */
import type { artifactOperations } from '../../../contract/automation/artifacts.ts';
import type { queueOperations } from '../../../contract/automation/queue.ts';
import type { taskOperations } from '../../../contract/automation/task-operations.ts';
import { runBulk } from '../../core/operation/bulk.ts';
import type { Handlers } from '../../core/operation/operation.ts';
import type { TaskService } from './service.ts';

/** Ids of the operations that this feature answers. */
export type TaskOperationId =
  | keyof typeof taskOperations
  | keyof typeof artifactOperations
  | keyof typeof queueOperations;

/** Maps the operations onto the service. */
export function taskHandlers(service: TaskService): Handlers<TaskOperationId> {
  return {
    tasks_create: (input, { signal, claim }) => service.create(input, signal, claim),
    tasks_list: (input) => service.list(input),
    tasks_get: ({ id }) => service.get(id),
    tasks_delete: async ({ id }) => {
      await service.remove(id);
      return { id, deleted: true };
    },
    tasks_cancel: ({ id, force }) => service.cancel(id, force),
    tasks_retry: ({ id, ...options }, { principal, claim }) => service.retry(id, principal, options, claim),
    tasks_bulk: ({ ids, action }, { principal }) => {
      // Each cancel waits for the end of its processes, so all of them wait together.
      const cancelled = action === 'cancel' ? [...new Set(ids)] : [];
      const cancelling = new Map(cancelled.map((id) => [id, service.cancel(id, false)]));
      for (const cancel of cancelling.values()) cancel.catch(() => undefined); // reported for its row below
      return runBulk(ids, (id) => {
        switch (action) {
          case 'cancel':
            return cancelling.get(id);
          case 'retry':
            return service.retry(id, principal, { as_then: false });
          case 'delete':
            return service.remove(id);
        }
      });
    },
    tasks_logs: ({ id, ...query }) => service.logs(id, query),
    tasks_logs_follow: ({ id, since }, { signal }) => service.followLogs(id, since ?? 0, signal),
    tasks_follow: ({ id, since }, { signal }) => service.follow(id, since, signal),
    artifacts_list: ({ id }) => ({ items: service.artifacts(id) }),
    artifacts_get: ({ id }) => service.artifact(id),
    artifacts_content: ({ id }) => service.content(id),
    queue_stats: () => service.queue(),
    queue_update: (change) => service.updateQueue(change),
    tasks_stats: ({ hours }) => service.stats(hours),
  };
}
