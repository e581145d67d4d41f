/** Rules of tasks, their logs, events and artifacts, and of the queue. */
import { realpathSync, statSync } from 'node:fs';
import fs from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import type { Artifact } from '../../../contract/automation/artifacts.ts';
import type { Queue as QueueState } from '../../../contract/automation/queue.ts';
import {
  isTerminal,
  PRIORITIES,
  type Task,
  type TaskCreate,
  type TaskDetail,
} from '../../../contract/automation/tasks.ts';
import { AppError } from '../../../contract/kernel/errors.ts';
import type { BatchId, JsonObject } from '../../../contract/kernel/scalars.ts';
import { iso } from '../../core/clock.ts';
import type { FileContent, IdempotencyClaim } from '../../core/operation/operation.ts';
import { notFound } from '../../core/operation/versioned.ts';
import type { TaskDeps } from './deps.ts';
import type { LogQuery, Logs } from './log/logs.ts';
import { failures, summarize } from './model/hours.ts';
import { toArtifact } from './model/mapping.ts';
import type { Feed } from './read/feed.ts';
import type { Views } from './read/views.ts';
import { contentUrl } from './run/artifacts.ts';
import type { Queue } from './run/queue.ts';
import type { ArtifactRow, TaskRow } from './schema.ts';
import type { TaskStore } from './store/store.ts';
import type { TaskListInput } from './store/view-store.ts';
import { ownerOf, type PreparedBatch, type TaskFactory } from './task-factory.ts';

const HOUR_MS = 3_600_000;

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
export function createTaskService({ deps, store, factory, queue, logs, feed, views }: TaskParts) {
  const { clock, settings } = deps;

  function require(id: string): TaskRow {
    const row = store.get(id);
    if (!row) throw notFound('task', id);
    return row;
  }

  function requireFinished(id: string, verb: string): TaskRow {
    const row = require(id);
    if (!isTerminal(row.status as Task['status'])) {
      throw new AppError('invalid-state', `This task is ${row.status}; cancel it before you ${verb} it.`, {
        extra: { expected: 'finished', actual: row.status },
      });
    }
    return row;
  }

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

  /**
   * Creates one task, or one for each of `profile_ids` as a batch. With `wait` it answers when they have ended; a caller that
   * leaves stops only the waiting.
   * @throws AppError `validation-error`, `not-found`, `invalid-state`, `cancelled`
   */
  async function create(
    input: TaskCreate,
    signal: AbortSignal,
    claim?: IdempotencyClaim,
  ): Promise<Task | { batch_id: BatchId; items: Task[] }> {
    const { ids, batch_id } = await makeOnce(() => factory.prepare(input), claim);
    if (input.wait) await Promise.all(ids.map((id) => feed.end(id, signal)));
    const items = views.tasks(ids.map(require));
    const [only] = items;
    if (batch_id === null && only) return only;
    return { batch_id: batch_id as BatchId, items };
  }

  /**
   * Cancels a task in whatever state it is, and answers when nothing of it is left running.
   * @param force kills at once instead of after the grace time
   * @throws AppError `invalid-state` when it has ended already
   */
  async function cancel(id: string, force: boolean): Promise<Task> {
    for (;;) {
      const run = queue.run(id);
      if (run === undefined) break;
      store.requestCancel(id);
      run.stop('cancelled', force ? 0 : settings.get('executor.grace_seconds') * 1000);
      const end = await run.done;
      const row = require(id);
      // An end that came first stands; a retry or a release that came first is cancelled below.
      if (end === 'fenced' || isTerminal(row.status as Task['status'])) return views.task(row);
    }
    const row = require(id);
    // Live without a run here: its host is gone, and recovery ends it as cancelled.
    if ((row.status === 'running' || row.status === 'waiting') && store.requestCancel(id))
      return views.task(require(id));
    store.cancelIdle(id);
    return views.task(require(id));
  }

  /** @throws AppError `invalid-state` while the task has not ended */
  async function retry(
    id: string,
    options: { input?: JsonObject | undefined; as_then: boolean },
    claim?: IdempotencyClaim,
  ): Promise<Task> {
    const { ids } = await makeOnce(() => factory.prepareAgain(requireFinished(id, 'repeat'), options), claim);
    return views.task(require(ids[0] ?? id));
  }

  /** Removes what a task left outside its rows. */
  async function forget(id: string): Promise<void> {
    deps.secrets.removeOwner(ownerOf(id));
    await fs.rm(path.join(deps.paths.tasks, id), { recursive: true, force: true }).catch((error: unknown) => {
      deps.log.warn('tasks', 'files of a deleted task not removed', { task_id: id, error });
    });
  }

  /** @throws AppError `invalid-state` while the task has not ended */
  async function remove(id: string): Promise<void> {
    requireFinished(id, 'delete');
    if (store.deleteFinished(id)) await forget(id);
  }

  const artifact = (row: ArtifactRow): Artifact => {
    const { ticket, expiresAt } = deps.tickets.issue('artifacts_content', row.id);
    return toArtifact(row, { url: contentUrl(deps.baseUrl(), row.id, ticket), expiresAt });
  };

  function requireArtifact(id: string): ArtifactRow {
    const row = store.artifact(id);
    if (!row) throw notFound('artifact', id);
    return row;
  }

  /** The file of an artifact, for doors that send bytes; null when the row or the file is gone. */
  function openContent(id: string): FileContent | null {
    const row = store.artifact(id);
    if (!row) return null;
    const dir = path.join(deps.paths.tasks, row.task_id);
    try {
      const file = realpathSync(path.join(dir, row.file));
      if (!file.startsWith(realpathSync(dir) + path.sep)) return null;
      return { path: file, name: row.name, mime: row.mime, bytes: statSync(file).size };
    } catch {
      return null;
    }
  }

  /** Like {@link openContent}. @throws AppError `not-found` when the row or the file is gone */
  function content(id: string): FileContent {
    const found = openContent(id);
    if (!found) throw notFound('artifact', id);
    return found;
  }

  function stats(hours: number) {
    const last = Math.floor(clock.now() / HOUR_MS);
    const first = last - hours + 1;
    const counts = store.hours(first);
    const byHour = Map.groupBy(counts, (count) => count.hour);
    const all = summarize(counts);
    const ended = all.succeeded + all.failed;
    return {
      buckets: Array.from({ length: hours }, (_, i) => ({
        at: iso((first + i) * HOUR_MS),
        ...summarize(byHour.get(first + i) ?? []),
      })),
      ...all,
      success_rate: ended === 0 ? null : all.succeeded / ended,
      failures: failures(counts),
    };
  }

  return {
    create,
    cancel,
    retry,
    remove,
    forget,
    get: (id: string): TaskDetail => views.detail(require(id)),
    list(input: TaskListInput) {
      const page = store.list(input);
      return { ...page, items: views.tasks(page.items) };
    },
    logs(id: string, query: LogQuery) {
      require(id);
      return logs.read(id, query);
    },
    async *followLogs(id: string, since: number, signal: AbortSignal) {
      require(id);
      yield* logs.follow(id, since, signal);
    },
    follow: feed.follow,
    artifacts(taskId: string): Artifact[] {
      require(taskId);
      return store.artifacts(taskId).map(artifact);
    },
    artifact: (id: string): Artifact => artifact(requireArtifact(id)),
    openContent,
    content,
    queue: (): QueueState => views.queue(),
    updateQueue(change: {
      paused?: boolean | undefined;
      max_running?: number | undefined;
      activity?: string | undefined;
    }): QueueState {
      settings.update({
        ...(change.paused === undefined ? {} : { 'executor.paused': change.paused }),
        ...(change.max_running === undefined ? {} : { 'executor.max_running': change.max_running }),
        ...(change.activity === undefined ? {} : { 'executor.activity': change.activity }),
      });
      return views.queue();
    },
    stats,
    /** Tasks by state and kind, for metrics. */
    metrics: () => store.countsByKind(),
    /** Waiting tasks by lane, for metrics. */
    queueDepth: () => {
      const lanes = store.lanes();
      return PRIORITIES.map((priority, lane) => ({
        priority,
        count: lanes.find((found) => found.priority === lane)?.n ?? 0,
      }));
    },
    /** Number of attempts that run on this host. */
    running: () => queue.running(),
    /** False when the claim loop is stuck. */
    healthy: () => queue.healthy(),
  };
}
/** Type of {@link createTaskService}. */
export type TaskService = ReturnType<typeof createTaskService>;
