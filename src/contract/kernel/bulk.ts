/** Bulk operations: one verb on many rows, named by their ids or found by the filters of their list. */
import { z } from 'zod';
import { type Area, call, type OperationOptions } from './define.ts';
import { codeOf, Problem } from './errors.ts';
import { type Filters, filterShape } from './filters.ts';
import { JobId, JsonObject } from './scalars.ts';

/** How the verb went for one row. */
export const BulkRow = z.object({ id: z.string(), ok: z.boolean(), error: Problem.optional() });
export type BulkRow = z.infer<typeof BulkRow>;

/** Whether the verb does not apply to the row as it is, such as deleting a task that is active: that is no failure. */
export const isSkipped = ({ ok, error }: BulkRow): boolean => !ok && error?.code === codeOf('invalid-state');

/** Answer for `ids`; partial success is a success. */
export const BulkResult = z.object({ results: z.array(BulkRow) });

/** Answer for a `filter`: the job that has begun. */
export const BulkJob = z.object({ job_id: JobId, request_id: z.string() });

/** Result of that job. `skipped` counts rows whose state does not allow the verb. `results_url` is a path of this API: one {@link BulkRow} for each match, page by page. */
export const BulkSummary = z.object({
  matched: z.int(),
  ok: z.int(),
  skipped: z.int().default(0),
  failed: z.int(),
  results_url: z.string(),
});
export type BulkSummary = z.infer<typeof BulkSummary>;

export type BulkActions = readonly [string, ...string[]];

/** The verb, and the rows: either `ids` or `filter`. */
export const bulkInput = <Id extends z.ZodType, A extends BulkActions, const F extends Filters>(
  id: Id,
  actions: A,
  filters: F,
) =>
  z
    .strictObject({
      ids: z.array(id).min(1).max(1000).optional(),
      /** The filters of the list; `{}` is every row. */
      filter: z.strictObject(filterShape(filters)).optional(),
      action: z.enum(actions),
      input: JsonObject.optional(),
      /** Refused with 409 unless the filter matches as many rows. */
      expected_count: z.int().min(0).optional(),
      /** Answers when the job of a `filter` has ended. */
      wait: z.boolean().default(false),
    })
    .refine(({ ids, filter }) => (ids === undefined) !== (filter === undefined), {
      path: ['ids'],
      message: 'or a filter must be given, and not both',
    })
    .meta({ anyOf: [{ required: ['ids'] }, { required: ['filter'] }] });

const bulkOutput = z.union([BulkResult, BulkJob, BulkSummary]);

/**
 * The bulk operation of a resource; each verb needs the scope that it has by itself.
 * @param running the verbs that scope `run` is enough for; the others need `manage`
 */
export function bulkOperation<Id extends z.ZodType, A extends BulkActions, const F extends Filters>(
  name: string,
  record: { area: Area; id: Id; filters: F },
  verbs: { actions: A; running?: readonly A[number][] },
  options: Pick<OperationOptions, 'row' | 'tags'>,
) {
  const running: readonly string[] = verbs.running ?? [];
  return call(bulkInput(record.id, verbs.actions, record.filters), bulkOutput, {
    ...options,
    area: record.area,
    summary: `Apply one action to many ${name}: to up to 1000 by id at once, or to every match of a filter as a job`,
    scope: running.length > 0 ? 'run' : 'manage',
    scopeFor: ({ action }) =>
      running.includes(action) ? null : { scope: 'manage', what: `The action ${String(action)}` },
    job: true,
    http: { method: 'POST', path: `/v1/${name}/bulk` },
  });
}
