/** Rules of tasks, their logs, events and artifacts, and of the queue. */

import path from 'node:path';
import { z } from 'zod';
import type { Queue as QueueState } from '../../../contract/automation/queue.ts';
import { INLINE_SPEC } from '../../../contract/automation/task-operations.ts';
import type { Task, TaskCreate, TaskDetail } from '../../../contract/automation/tasks.ts';
import type { BatchId, JsonObject } from '../../../contract/kernel/scalars.ts';
import { fileScope } from '../../../contract/kernel/text/file-address.ts';
import { parseStored } from '../../core/db/index.ts';
import { entryOf, removeOwned } from '../../core/disk/owned-trees.ts';
import type { IdempotencyClaim, Principal } from '../../core/operation/operation.ts';
import { requireScope } from '../../core/operation/scope.ts';
import { keptSecrets } from '../../core/secrets/secret-refs.ts';
import type { TaskDeps } from './deps.ts';
import { ownerOf } from './draft.ts';
import type { Logs } from './log/logs.ts';
import type { LogQuery } from './log/read-page.ts';
import { createArtifactFiles } from './read/artifact-files.ts';
import type { Feed } from './read/feed.ts';
import { createStatistics } from './read/statistics.ts';
import type { Views } from './read/views.ts';
import { cancelTask } from './run/cancel.ts';
import type { Queue } from './run/queue.ts';
import type { TaskFilter, TaskListInput } from './store/list-store.ts';
import { requireFinished, requireTask } from './store/require.ts';
import type { TaskStore } from './store/store.ts';
import type { PreparedBatch, TaskFactory, TaskOrigin, TaskRequest } from './task-factory.ts';

/** What a request with an idempotency key is answered from when it is repeated. */
const Receipt = z.object({ ids: z.array(z.string()), batch_id: z.string().nullable() });

/** What {@link createTaskService} is made of. */
export interface TaskParts {
  deps: TaskDeps;
  store: TaskStore;
  factory: TaskFactory;
  queue: Queue;
  logs: Logs;
  feed: Feed;
  views: Views;
}

/** Creates the service. */
export function createTaskService(parts: TaskParts) {
  const { deps, store, queue, logs, feed, views } = parts;
  return {
    ...createRequests(parts),
    ...createRemoval(deps, store),
    ...createArtifactFiles(deps, store),
    ...createStatistics(store, deps.clock),
    /** See {@link cancelTask}. */
    cancel: async (id: string, force: boolean): Promise<Task> =>
      views.task(await cancelTask(deps, store, queue, id, force)),
    /** @throws AppError `not-found` */
    traffic: (id: string) => deps.trafficOf(requireTask(store, id).id),
    get: (id: string): TaskDetail => views.detail(requireTask(store, id)),
    list(input: TaskListInput) {
      const page = store.list(input);
      return { ...page, items: views.tasks(page.items) };
    },
    /** Ids of all tasks that match, oldest first. */
    matching: (filter: TaskFilter) => store.matching(filter),
    logs(id: string, query: LogQuery) {
      requireTask(store, id);
      return logs.read(id, query);
    },
    async *followLogs(id: string, since: number, signal: AbortSignal) {
      requireTask(store, id);
      yield* logs.follow(id, since, signal);
    },
    follow: feed.follow,
    /** Tasks of a schedule that have not ended, oldest first. */
    openOf: (scheduleId: string) => store.openOf(scheduleId),
    queue: (): QueueState => views.queue(),
    updateQueue(change: {
      paused?: boolean | undefined;
      max_running?: number | undefined;
      activity?: string | undefined;
    }): QueueState {
      deps.settings.update({
        ...(change.paused === undefined ? {} : { 'executor.paused': change.paused }),
        ...(change.max_running === undefined ? {} : { 'executor.max_running': change.max_running }),
        ...(change.activity === undefined ? {} : { 'executor.activity': change.activity }),
      });
      return views.queue();
    },
    /** Number of attempts that run on this host. */
    running: () => queue.running(),
    /** False when the claim loop is stuck. */
    healthy: () => queue.healthy(),
  };
}
export type TaskService = ReturnType<typeof createTaskService>;

/** One task, or those of a batch. */
type Made = Task | { batch_id: BatchId; items: Task[] };

/** Requests that make tasks. */
function createRequests({ deps, store, factory, feed, views }: TaskParts) {
  /** Commits a batch together with the idempotency key of its request; a request that has committed before makes none. */
  async function makeOnce(prepare: () => Promise<PreparedBatch>, claim: IdempotencyClaim | undefined) {
    if (claim?.receipt !== undefined) return Receipt.parse(claim.receipt);
    const batch = await prepare();
    const receipt = { ids: [...batch.ids], batch_id: batch.batchId };
    deps.db.transaction(() => {
      factory.commit(batch);
      claim?.commit(receipt);
    });
    return receipt;
  }

  function made({ ids, batch_id }: z.infer<typeof Receipt>): Made {
    const items = views.tasks(ids.map((id) => requireTask(store, id)));
    const [only] = items;
    return batch_id === null && only ? only : { batch_id: batch_id as BatchId, items };
  }

  return {
    /**
     * Creates one task, or one for each of `profile_ids` as a batch. With `wait` it answers when they have ended; a caller that
     * leaves stops only the waiting.
     * @throws AppError `validation-error`, `not-found`, `invalid-state`, `cancelled`
     */
    async create(input: TaskCreate, signal: AbortSignal, claim?: IdempotencyClaim): Promise<Made> {
      const receipt = await makeOnce(() => factory.prepare(input), claim);
      if (input.wait) await Promise.all(receipt.ids.map((id) => feed.end(id, signal)));
      return made(receipt);
    },
    /** The same for another feature. @throws AppError as {@link TaskFactory.prepare} */
    createFor: async (request: TaskRequest, origin: TaskOrigin, claim?: IdempotencyClaim): Promise<Made> =>
      made(await makeOnce(() => factory.prepare(request, origin), claim)),
    /** @throws AppError `invalid-state` while the task has not ended, `forbidden` without the scope that making it needs */
    async retry(
      id: string,
      principal: Pick<Principal, 'scope'>,
      options: { input?: JsonObject | undefined; as_then: boolean },
      claim?: IdempotencyClaim,
    ): Promise<Task> {
      const row = requireFinished(store, id, 'repeat');
      // Otherwise a caller that may only run commands runs programs that it could not have asked for, with an input of its own.
      if (row.command_id === null) requireScope(INLINE_SPEC, principal, 'automation');
      const earlier = parseStored<JsonObject>(row.input);
      // The same holds for a file that somebody else let it read: what is done with it may be changed.
      const reaches = fileScope({ ...earlier, ...options.input });
      if (reaches !== null) requireScope(reaches, principal, 'automation');
      // A secret that the caller cannot see would go wherever the rest of its own input sends it.
      const kept = keptSecrets(earlier, options.input ?? {});
      if (options.input !== undefined && kept.length > 0) {
        const what = `Keeping secrets of the earlier run that the new input does not give again (${kept.join(', ')})`;
        requireScope({ scope: 'manage', what }, principal, 'automation');
      }
      const prepare = () => factory.prepareAgain(row, options);
      const { ids } = await makeOnce(prepare, claim);
      return views.task(requireTask(store, ids[0] ?? id));
    },
  };
}

/** Deletion of tasks with what they leave outside their rows. */
function createRemoval(deps: TaskDeps, store: TaskStore) {
  /** Removes the secrets and files of a task whose row is gone. */
  async function forget(id: string): Promise<void> {
    deps.secrets.removeOwner(ownerOf(id));
    try {
      await removeOwned(path.dirname(deps.paths.tasks), entryOf(deps.paths.tasks, id));
    } catch (error) {
      deps.log.warn('tasks', 'files of a deleted task not removed', { task_id: id, error });
    }
  }

  return {
    forget,
    /** @throws AppError `invalid-state` while the task has not ended */
    async remove(id: string): Promise<void> {
      requireFinished(store, id, 'delete');
      if (store.deleteFinished(id)) await forget(id);
    },
  };
}
