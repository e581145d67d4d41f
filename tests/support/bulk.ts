/** A host with bulk operations on rows that a test makes up. */
import { BulkJob, type BulkRow } from '../../src/contract/kernel/bulk.ts';
import type { JobId } from '../../src/contract/kernel/scalars.ts';
import type { BulkResource } from '../../src/main/core/operation/bulk.ts';
import { createBulk } from '../../src/main/features/bulk/index.ts';
import type { TestCore } from './core.ts';
import { openJobs } from './jobs.ts';
import { callOf } from './tasks.ts';

export type BulkAct = BulkResource<object, 'cancel' | 'retry' | 'delete'>['act'];

const unused = { matching: () => [], act: () => undefined };

/** One run of a host in which `ids` match every filter; `act` is done with each, up to `together` at a time. */
export function openBulk(core: TestCore, ids: string[], act: BulkAct, together = 1) {
  const jobs = openJobs(core);
  const tasks = { matching: () => ids, act, together: () => together };
  const { handlers, chores } = createBulk({
    dataDir: core.dir,
    jobs: jobs.service,
    resources: {
      tasks_bulk: tasks,
      profiles_bulk: unused,
      proxies_bulk: unused,
      commands_bulk: unused,
      schedules_bulk: unused,
    },
  });
  const all = async (input: object = {}) =>
    handlers.tasks_bulk({ filter: {}, action: 'delete', wait: false, ...input }, callOf());
  const results = async (id: JobId, ok?: boolean) => {
    const found: BulkRow[] = [];
    for (let cursor: string | undefined; ; ) {
      const page = await handlers.jobs_results({ id, limit: 3, ...(ok === undefined ? {} : { ok }), cursor }, callOf());
      found.push(...page.items);
      if (page.next_cursor === null) return found;
      cursor = page.next_cursor;
    }
  };
  return {
    ...{ jobs, all, results, handlers, chores },
    begin: async (input: object = {}) => BulkJob.parse(await all(input)).job_id,
  };
}
