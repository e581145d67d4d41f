/** Bulk operations: the verbs of other features on many rows, at once by id, or as a job on every match of a filter. */
import { contract, type Operations } from '../../../contract/index.ts';
import { BulkSummary } from '../../../contract/kernel/bulk.ts';
import type { ParsedInputOf, Scope } from '../../../contract/kernel/define.ts';
import { AppError, errorOf } from '../../../contract/kernel/errors.ts';
import type { JobId, JsonObject } from '../../../contract/kernel/scalars.ts';
import type { Chore } from '../../core/maintenance.ts';
import { type BulkCall, type BulkResource, runBulk } from '../../core/operation/bulk.ts';
import type { CallContext, Handlers } from '../../core/operation/operation.ts';
import { notFound } from '../../core/operation/versioned.ts';
import { createTimeSlicer } from '../../core/scheduling/time-slicer.ts';
import type { JobService } from '../jobs/index.ts';
import { type BulkFiles, createBulkFiles } from './files.ts';
import { bulkJob } from './job.ts';

type BulkId = 'tasks_bulk' | 'profiles_bulk' | 'commands_bulk';
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
  const handler = <F, A extends string>(id: BulkId, resource: BulkResource<F, A>) => {
    const starter = jobs.register(bulkJob(id, resource, files, timeSlicer));
    return createHandler(resource, id, async (ids, joinKey, scope, call, requestId) => {
      const started = starter.start({ input: { ...call }, joinKey, scope, area: contract[id].area, requestId });
      if (!files.has(started.job.id as JobId)) files.begin(started.job.id as JobId, ids);
      return started;
    });
  };
  const handlers: Handlers<BulkOperationId> = {
    tasks_bulk: handler('tasks_bulk', resources.tasks_bulk),
    profiles_bulk: handler('profiles_bulk', resources.profiles_bulk),
    commands_bulk: handler('commands_bulk', resources.commands_bulk),
    jobs_results: ({ id, ...query }, { principal }) => {
      jobs.get(id, principal);
      return results(files, id, query);
    },
  };
  const chores: Chore[] = [{ name: 'removing results of old jobs', run: () => files.prune(jobs.exists) }];
  return { handlers, chores };
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
    requestId: string,
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
    { principal, requestId }: CallContext,
  ) => {
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
    const { job, done } = await begin(matching, JSON.stringify([name, filter, call]), needed, call, requestId);
    if (!asked.wait) {
      done.catch(() => undefined); // the job itself tells how it ended
      return { job_id: job.id as JobId, request_id: requestId };
    }
    const ended = await done;
    if (ended.error) throw errorOf(ended.error);
    if (ended.status !== 'succeeded') throw new AppError('task-interrupted');
    return BulkSummary.parse(ended.result);
  };
}

/** A page of results; its cursor is a place in the file. @throws AppError `not-found` for a job of another kind, `validation-error` */
async function results(
  files: BulkFiles,
  id: JobId,
  query: { ok?: boolean | undefined; limit: number; cursor?: string | undefined },
) {
  if (!files.has(id)) throw notFound('result of job', id);
  const { rows, next } = await files.read(id, Number(query.cursor ?? 0), query.limit, query.ok);
  return { items: rows, next_cursor: next === null ? null : String(next), total: null };
}
