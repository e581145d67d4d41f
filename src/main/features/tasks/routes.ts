/** Handlers of tasks, logs, artifacts and the queue: maps only. */
import type { artifactOperations } from '../../../contract/automation/artifacts.ts';
import type { queueOperations } from '../../../contract/automation/queue.ts';
import type { taskOperations } from '../../../contract/automation/task-operations.ts';
import type { Handlers } from '../../core/operation/operation.ts';
import type { TaskService } from './service.ts';

/** Ids of the operations that this feature answers. */
export type TaskOperationId =
  | Exclude<keyof typeof taskOperations, 'tasks_bulk'>
  | keyof typeof artifactOperations
  | keyof typeof queueOperations
  | 'tasks_traffic';

/** Maps the operations onto the service. */
export function taskHandlers(service: TaskService): Handlers<TaskOperationId> {
  return {
    tasks_create: (input, { signal, claim }) => service.create(input, signal, claim),
    tasks_list: (input) => service.list(input),
    tasks_get: ({ id }) => service.get(id),
    tasks_traffic: ({ id }) => service.traffic(id),
    tasks_delete: async ({ id }) => {
      await service.remove(id);
      return { id, deleted: true };
    },
    tasks_cancel: ({ id, force }) => service.cancel(id, force),
    tasks_retry: ({ id, ...options }, { principal, claim }) => service.retry(id, principal, options, claim),
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
