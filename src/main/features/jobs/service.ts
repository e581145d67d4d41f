/** Background jobs (api.md §4.6): one at a time per join key, throttled progress, cancel, and an end that is always told. */

import type { Job } from '../../../contract/host/jobs.ts';
import { AREAS, type Area, SCOPES, type Scope } from '../../../contract/kernel/define.ts';
import { AppError, problemOf, toAppError } from '../../../contract/kernel/errors.ts';
import type { JobId, Json } from '../../../contract/kernel/scalars.ts';
import { type Clock, iso, isoOrNull } from '../../core/clock.ts';
import type { Events } from '../../core/events.ts';
import { newId } from '../../core/ids.ts';
import type { Logger } from '../../core/log/logger.ts';
import type { Principal } from '../../core/operation/operation.ts';
import { notFound } from '../../core/operation/versioned.ts';
import type { JobRow } from './schema.ts';
import type { JobListInput, JobStore } from './store.ts';

/** What a job's work is given. */
export interface JobContext {
  signal: AbortSignal;
  /** Delivered at most four times a second; the last one always. */
  progress(progress: Partial<Job['progress']>): void;
}

/** A job to start. */
export interface NewJob {
  kind: string;
  /** A second job with this key joins the first while it runs. */
  joinKey?: string;
  /** What is needed to see and cancel it: those of the operation that started it. */
  scope: Scope;
  area: Area;
  requestId: string;
  work: (context: JobContext) => Promise<Json>;
}

const PROGRESS_MS = 250;
const NO_PROGRESS: Job['progress'] = {
  percent: null,
  done_bytes: null,
  total_bytes: null,
  bytes_per_second: null,
  eta_seconds: null,
  step: null,
  message: null,
};

const view = (row: JobRow): Job => ({
  id: row.id,
  kind: row.kind,
  status: row.status,
  progress: row.progress,
  result: row.result,
  error: row.error,
  request_id: row.requestId,
  created_at: iso(row.createdAt),
  started_at: isoOrNull(row.startedAt),
  finished_at: isoOrNull(row.finishedAt),
});

const isLive = (status: Job['status']) => status === 'queued' || status === 'running';

/** Creates the service; jobs that a dead host left behind end as failed. */
export function createJobService(deps: { store: JobStore; events: Events; clock: Clock; log: Logger }) {
  const { store, events, clock, log } = deps;
  const running = new Map<JobId, { abort: AbortController; done: Promise<Job> }>();

  for (const orphan of store.orphans()) {
    const error = problemOf(new AppError('task-interrupted', 'The host stopped while this job ran; start it again.'));
    store.change(orphan.id, { status: 'failed', error, finishedAt: clock.now() });
  }

  const require = (id: JobId): JobRow => {
    const row = store.get(id);
    if (!row) throw notFound('job', id);
    return row;
  };

  function visibleTo(principal: Principal, row: Pick<JobRow, 'area'>): boolean {
    return row.area === 'any' || principal.areas.includes(row.area);
  }

  const requireVisible = (id: JobId, principal: Principal): JobRow => {
    const row = require(id);
    if (!visibleTo(principal, row)) throw notFound('job', id);
    return row;
  };

  async function run(id: JobId, work: NewJob['work'], signal: AbortSignal): Promise<Job> {
    let latest = NO_PROGRESS;
    let cancelTimer: (() => void) | undefined;
    const write = () => {
      cancelTimer = undefined;
      store.change(id, { progress: latest });
    };
    const context: JobContext = {
      signal,
      progress(progress) {
        latest = { ...latest, ...progress };
        cancelTimer ??= clock.schedule(write, PROGRESS_MS);
      },
    };
    store.change(id, { status: 'running', startedAt: clock.now() });
    try {
      const result = await work(context);
      store.change(id, { status: 'succeeded', result, progress: { ...latest, percent: 100 }, finishedAt: clock.now() });
    } catch (thrown) {
      const error = toAppError(thrown);
      if (error.slug === 'internal-server-error') log.error('jobs', `job ${id} failed`, { error: thrown });
      store.change(id, {
        status: signal.aborted ? 'cancelled' : 'failed',
        error: problemOf(error),
        progress: latest,
        finishedAt: clock.now(),
      });
    } finally {
      cancelTimer?.();
      running.delete(id);
    }
    return view(require(id));
  }

  return {
    /** Starts a job or joins the one with the same key. */
    start(job: NewJob): { job: Job; done: Promise<Job> } {
      const joined = job.joinKey === undefined ? undefined : store.live(job.joinKey);
      const live = joined && running.get(joined.id);
      if (joined && live) return { job: view(joined), done: live.done };
      const id = newId('job');
      const row: JobRow = {
        id,
        kind: job.kind,
        joinKey: job.joinKey ?? null,
        scope: job.scope,
        area: job.area,
        status: 'queued',
        progress: NO_PROGRESS,
        result: null,
        error: null,
        requestId: job.requestId,
        createdAt: clock.now(),
        startedAt: null,
        finishedAt: null,
      };
      store.insert(row);
      const abort = new AbortController();
      const done = Promise.resolve().then(() => run(id, job.work, abort.signal));
      running.set(id, { abort, done });
      return { job: view(row), done };
    },
    get: (id: JobId, principal: Principal) => view(requireVisible(id, principal)),
    list(input: JobListInput, principal: Principal) {
      const areas = AREAS.filter((area) => area === 'any' || principal.areas.includes(area));
      const page = store.list(input, areas);
      return { ...page, items: page.items.map(view) };
    },
    /** @throws AppError `forbidden` without the scope of the operation that started it, `invalid-state` when it has ended */
    async cancel(id: JobId, principal: Principal): Promise<Job> {
      const row = requireVisible(id, principal);
      const rank = principal.scope === null ? -1 : SCOPES.indexOf(principal.scope);
      if (rank < SCOPES.indexOf(row.scope)) {
        throw new AppError('forbidden', undefined, { extra: { required_scope: row.scope, required_area: row.area } });
      }
      const live = running.get(id);
      if (!live)
        throw new AppError('invalid-state', 'This job has already ended.', {
          extra: { expected: 'running', actual: row.status },
        });
      live.abort.abort();
      return live.done;
    },
    /** Progress until the end; the first item is the state now. */
    async *follow(id: JobId, principal: Principal, signal: AbortSignal): AsyncGenerator<{ seq: number; job: Job }> {
      requireVisible(id, principal);
      let wake: () => void = () => undefined;
      let changed = true;
      const notify = () => {
        changed = true;
        wake();
      };
      const unsubscribe = events.subscribe((changes) => {
        if (changes.some((change) => change.id === id)) notify();
      });
      signal.addEventListener('abort', notify, { once: true });
      try {
        while (!signal.aborted) {
          if (!changed)
            await new Promise<void>((resolve) => {
              wake = resolve;
            });
          changed = false;
          const current = view(require(id));
          yield { seq: events.head(), job: current };
          if (!isLive(current.status)) return;
        }
      } finally {
        unsubscribe();
        signal.removeEventListener('abort', notify);
      }
    },
    /** Cancels everything and waits. */
    async stop(): Promise<void> {
      for (const { abort } of running.values()) abort.abort();
      await Promise.allSettled([...running.values()].map(({ done }) => done));
    },
    prune: (before: number) => store.prune(before),
  };
}
/** Type of {@link createJobService}. */
export type JobService = ReturnType<typeof createJobService>;
