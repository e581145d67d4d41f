/** Bulk operations: the verbs of other features on many rows, at once by id, or as a job on every match of a filter. */
import { contract, type Operations } from '../../../contract/index.ts';
import { BulkSummary } from '../../../contract/kernel/bulk.ts';
import type { ParsedInputOf, Scope } from '../../../contract/kernel/define.ts';
import { AppError } from '../../../contract/kernel/errors.ts';
import type { JobId, JsonObject } from '../../../contract/kernel/scalars.ts';
import type { Chore } from '../../core/maintenance.ts';
import { type BulkCall, type BulkResource, runBulk } from '../../core/operation/bulk.ts';
import type { CallContext, Handlers } from '../../core/operation/operation.ts';
import { positionIn } from '../../core/operation/position-cursor.ts';
import { notFound } from '../../core/operation/versioned.ts';
import { sharedWork } from '../../core/scheduling/shared-work.ts';
import { createTimeSlicer } from '../../core/scheduling/time-slicer.ts';
import type { JobService } from '../jobs/index.ts';
import { type BulkFiles, createBulkFiles, RESULTS } from './files.ts';
import { bulkJob } from './job.ts';

type BulkId = 'tasks_bulk' | 'profiles_bulk' | 'proxies_bulk' | 'commands_bulk' | 'schedules_bulk';
type InputOf<Id extends BulkId> = ParsedInputOf<Operations[Id]>;
/** What the feature behind bulk operation `Id` offers. */
type ResourceOf<Id extends BulkId> = BulkResource<NonNullable<InputOf<Id>['filter']>, InputOf<Id>['action']>;

/** Ids of the operations that this feature answers. */
export type BulkOperationId = BulkId | 'jobs_results';

interface Deps {
  dataDir: string;
  jobs: JobService;
  /** One line for each resource. */
  resources: { [Id in BulkId]: ResourceOf<Id> };
}

export function createBulk({ dataDir, jobs, resources }: Deps) {
  const files = createBulkFiles(dataDir);
  const timeSlicer = createTimeSlicer();
  const slots = createSlots();
  const prune = sharedWork(() => files.prune(() => true, jobs.hasEnded));
  const never = new AbortController().signal;
  // After each job: somebody may start many that leave much. What is wrong the chore finds again, and says it.
  const makeRoom = () => prune(never).catch(() => undefined);
  const handler = <F, A extends string>(id: BulkId, resource: BulkResource<F, A>) => {
    const starter = jobs.register(bulkJob(id, resource, files, timeSlicer));
    return createHandler(resource, id, async (ids, joinKey, scope, call, { principal, requestId }) => {
      slots.require(principal.id);
      const started = starter.start({
        ...{ input: { ...call }, joinKey, scope, area: contract[id].area, requestId },
        prepare: (job) => files.begin(job, ids),
      });
      slots.take(principal.id, started.job.id, started.done.then(makeRoom, makeRoom));
      return started;
    });
  };
  const handlers: Handlers<BulkOperationId> = {
    tasks_bulk: handler('tasks_bulk', resources.tasks_bulk),
    profiles_bulk: handler('profiles_bulk', resources.profiles_bulk),
    proxies_bulk: handler('proxies_bulk', resources.proxies_bulk),
    schedules_bulk: handler('schedules_bulk', resources.schedules_bulk),
    commands_bulk: handler('commands_bulk', resources.commands_bulk),
    jobs_results: ({ id, ...query }, { principal }) => {
      jobs.get(id, principal);
      return results(files, id, query);
    },
  };
  const chores: Chore[] = [
    { name: 'removing results of old jobs', run: () => files.prune(jobs.exists, jobs.hasEnded) },
  ];
  return { handlers, chores };
}

/** Bulk jobs that a caller may have at once. */
const AT_ONCE = 8;

/** Who has which bulk jobs. */
function createSlots() {
  const taken = new Map<string, Set<string>>();
  return {
    /** @throws AppError `resource-limit-exceeded` */
    require(principal: string): void {
      if ((taken.get(principal)?.size ?? 0) < AT_ONCE) return;
      throw new AppError(
        'resource-limit-exceeded',
        `${AT_ONCE} of your bulk operations are running; wait for one of them.`,
      );
    },
    take(principal: string, job: string, done: Promise<unknown>): void {
      const jobs = taken.get(principal) ?? new Set();
      taken.set(principal, jobs.add(job));
      void done.finally(() => {
        jobs.delete(job);
        if (jobs.size === 0) taken.delete(principal);
      });
    },
  };
}

type Starter = ReturnType<JobService['register']>['start'];

/** Answers one bulk operation. `begin` starts its job on these ids, or joins the one that does the same already. */
function createHandler<F, A extends string>(
  resource: BulkResource<F, A>,
  name: BulkId,
  begin: (
    ids: readonly string[],
    joinKey: string,
    scope: Scope,
    call: BulkCall<A>,
    context: Pick<CallContext, 'principal' | 'requestId'>,
  ) => Promise<ReturnType<Starter>>,
) {
  return async (
    asked: {
      ids?: readonly string[] | undefined;
      filter?: F | undefined;
      action: A;
      input?: JsonObject | undefined;
      expected_count?: number | undefined;
      wait: boolean;
    },
    context: CallContext,
  ) => {
    const { principal, requestId } = context;
    const { ids = [], filter, action, input = null, expected_count } = asked;
    const call = { action, input, by: { name: principal.name, scope: principal.scope } };
    if (filter === undefined) return runBulk(resource, ids, call);
    const matching = await resource.matching(filter, action);
    if (expected_count !== undefined && expected_count !== matching.length) {
      throw new AppError('conflict', `The filter matches ${matching.length} rows, not ${expected_count}.`, {
        extra: { expected: expected_count, actual: matching.length },
      });
    }
    const needed = contract[name].scopeFor?.({ ...asked } as never)?.scope ?? contract[name].scope;
    const { job, done, result } = await begin(matching, JSON.stringify([name, filter, call]), needed, call, context);
    if (!asked.wait) {
      done.catch(() => undefined); // the job itself tells how it ended
      return { job_id: job.id as JobId, request_id: requestId };
    }
    return BulkSummary.parse(await result());
  };
}

/** A page of results; its cursor is a place in the file. @throws AppError `not-found` for a job of another kind, `validation-error` */
async function results(
  files: BulkFiles,
  id: JobId,
  query: { ok?: boolean | undefined; limit: number; cursor?: string | undefined },
) {
  const from = query.cursor === undefined ? 0 : positionIn(query.cursor, RESULTS);
  if (!files.has(id)) throw notFound('result of job', id);
  const { rows, next } = await files.read(id, from, query.limit, query.ok);
  return { items: rows, next_cursor: next === null ? null : String(next), total: null };
}
