/** Rules of jobs: who may see and cancel them, how calls join, and how progress is followed. */
import { Job } from '../../../contract/host/jobs.ts';
import { AREAS, type Area, type Scope } from '../../../contract/kernel/define.ts';
import { AppError, errorOf } from '../../../contract/kernel/errors.ts';
import { reaches, reachesArea } from '../../../contract/kernel/rights.ts';
import type { JobId, Json } from '../../../contract/kernel/scalars.ts';
import { type Clock, iso, isoOrNull } from '../../core/clock.ts';
import { type Db, recordOf, recordsOf } from '../../core/db/index.ts';
import type { Events } from '../../core/events.ts';
import { newId } from '../../core/ids.ts';
import type { Principal } from '../../core/operation/operation.ts';
import { wireMembers } from '../../core/operation/values.ts';
import { notFound } from '../../core/operation/versioned.ts';
import { followJob, isLive } from './follow.ts';
import type { JobKind, JobKinds } from './kind.ts';
import type { JobRunner } from './runner.ts';
import { type JobRow, NO_PROGRESS } from './schema.ts';
import type { JobListInput, JobStore } from './store.ts';

/** A job to start. */
export interface NewJob<Input> {
  input: Input;
  /** A second job with this key joins the first while it is not over. */
  joinKey?: string;
  /** What is needed to see and cancel it: those of the operation that started it. */
  scope: Scope;
  area: Area;
  requestId: string;
  /** Writes what the job needs, before there is a job: none is stored when this throws. Not called for a job that is joined. */
  prepare?(id: JobId): void;
}

export interface StartedJob {
  job: Job;
  /** Its state when it has ended, or when the host stops. */
  done: Promise<Job>;
  /**
   * Waits for its end, for a caller that asked to.
   * @returns what it has found
   * @throws AppError its error, or `task-interrupted` when the host stops before
   */
  result(): Promise<Job['result']>;
}

/** Starts jobs of one kind. */
export interface JobStarter<Input> {
  /** Starts a job or joins the one with the same key. */
  start(job: NewJob<Input>): StartedJob;
}

const toJob = (row: JobRow): Job => ({
  ...wireMembers(Job, row),
  created_at: iso(row.created_at),
  started_at: isoOrNull(row.started_at),
  finished_at: isoOrNull(row.finished_at),
});
const view = (row: JobRow): Job => recordOf(Job, () => toJob(row));

const newRow = (kind: string, job: NewJob<Json>, now: number): JobRow => ({
  id: newId('job'),
  kind,
  join_key: job.joinKey ?? null,
  scope: job.scope,
  area: job.area,
  status: 'queued',
  input: job.input,
  checkpoint: null,
  cancel_requested: false,
  starts: 0,
  progress: NO_PROGRESS,
  result: null,
  error: null,
  request_id: job.requestId,
  created_at: now,
  started_at: null,
  finished_at: null,
});

async function resultOf(done: Promise<Job>): Promise<Job['result']> {
  const ended = await done;
  if (ended.error) throw errorOf(ended.error);
  if (ended.status !== 'succeeded') throw new AppError('task-interrupted');
  return ended.result;
}

/** Creates the service. */
export function createJobService(deps: {
  db: Db;
  store: JobStore;
  kinds: JobKinds;
  runner: JobRunner;
  events: Events;
  clock: Clock;
}) {
  const { db, store, kinds, runner, events, clock } = deps;

  const require = (id: JobId): JobRow => {
    const row = store.get(id);
    if (!row) throw notFound('job', id);
    return row;
  };

  const requireVisible = (id: JobId, principal: Principal): JobRow => {
    const row = require(id);
    if (!reachesArea(principal, row.area)) throw notFound('job', id);
    return row;
  };

  const launched = (row: JobRow): StartedJob => {
    const done = runner.launch(row).then(() => view(require(row.id)));
    return { job: view(row), done, result: () => resultOf(done) };
  };

  return {
    /** Makes a kind known, before the host starts. @throws Error when the name is taken */
    register<Input extends Json, State extends Json>(kind: JobKind<Input, State>): JobStarter<Input> {
      kinds.add(kind);
      return {
        start(job) {
          const joined = job.joinKey === undefined ? undefined : store.live(job.joinKey);
          if (joined) return launched(joined);
          const row = newRow(kind.name, { ...job, input: kind.input.parse(job.input) }, clock.now());
          job.prepare?.(row.id);
          store.insert(row);
          return launched(row);
        },
      };
    },
    get: (id: JobId, principal: Principal) => view(requireVisible(id, principal)),
    exists: (id: JobId) => store.status(id) !== undefined,
    /** Whether a job is there and over. */
    hasEnded: (id: JobId) => !isLive(store.status(id) ?? 'running'),
    list(input: JobListInput, principal: Principal) {
      const areas = AREAS.filter((area) => reachesArea(principal, area));
      const page = store.list(input, areas);
      return { ...page, items: recordsOf(db, 'job', Job, page.items, toJob) };
    },
    /** @throws AppError `forbidden` without the scope of the operation that started it, `invalid-state` when it has ended */
    async cancel(id: JobId, principal: Principal): Promise<Job> {
      const row = requireVisible(id, principal);
      if (!reaches(principal, row)) {
        throw new AppError('forbidden', undefined, { extra: { required_scope: row.scope, required_area: row.area } });
      }
      if (!isLive(row.status)) {
        throw new AppError('invalid-state', 'This job has already ended.', {
          extra: { expected: 'running', actual: row.status },
        });
      }
      await runner.cancel(row);
      return view(require(id));
    },
    /** Progress until the end; the first item is the state now. @throws AppError `not-found` */
    async *follow(id: JobId, principal: Principal, signal: AbortSignal): AsyncGenerator<{ seq: number; job: Job }> {
      requireVisible(id, principal);
      yield* followJob(events, id, () => view(require(id)), signal);
    },
  };
}
export type JobService = ReturnType<typeof createJobService>;
