/** The job of a bulk operation by filter: row after row in slices, with a checkpoint after each, so that it goes on after a restart. */
import { z } from 'zod';
import { type BulkRow, type BulkSummary, isSkipped } from '../../../contract/kernel/bulk.ts';
import { SCOPES } from '../../../contract/kernel/define.ts';
import { AppError } from '../../../contract/kernel/errors.ts';
import { type JobId, JsonObject } from '../../../contract/kernel/scalars.ts';
import { type BulkCall, type BulkResource, rowResult } from '../../core/operation/bulk.ts';
import type { TimeSlicer } from '../../core/scheduling/time-slicer.ts';
import type { JobKind } from '../jobs/index.ts';
import type { BulkFiles } from './files.ts';

const Input = z.strictObject({
  action: z.string(),
  input: JsonObject.nullable(),
  by: z.strictObject({ name: z.string(), scope: z.enum(SCOPES).nullable() }),
});

const Count = z.int().min(0);
/** Rows that are done, how many of them well, how many were skipped, how many have their line in the results, and the bytes of these lines. */
const State = z
  .strictObject({ done: Count, ok: Count, skipped: Count.default(0), written: Count, bytes: Count })
  .refine(({ done, ok, skipped, written }) => ok + skipped <= done && written <= done);
type State = z.infer<typeof State>;

/** Path of the results of a job. */
const resultsUrl = (job: JobId) => `/v1/jobs/${job}/results`;

const number = new Intl.NumberFormat('en');
const counted = (count: number, what: string) => (count === 0 ? '' : `, ${number.format(count)} ${what}`);
const words = ({ done, ok, skipped }: Pick<State, 'done' | 'ok' | 'skipped'>, total: number) =>
  `${number.format(done)} of ${number.format(total)}${counted(skipped, 'skipped')}${counted(done - ok - skipped, 'failed')}`;

/** Creates the kind of job that runs the verbs of `resource`. */
export function bulkJob<Action extends string>(
  name: string,
  resource: BulkResource<never, Action>,
  files: BulkFiles,
  timeSlicer: TimeSlicer,
): JobKind<z.infer<typeof Input>, State> {
  return {
    name,
    input: Input,
    checkpoint: State,
    resumable: true,
    async run({ id: job, input, checkpoint, signal, progress, save }) {
      const call = input as BulkCall<Action>;
      const ids = await files.ids(job).catch((cause: unknown) => {
        throw new AppError('task-interrupted', 'The host stopped before this job began; start it again.', { cause });
      });
      let state = checkpoint ?? { done: 0, ok: 0, skipped: 0, written: 0, bytes: 0 };
      if (state.done > ids.length) throw new AppError('record-damaged');
      const results = await files.results(job, state.bytes);
      /** The first rows after a restart may have had their effect before it. */
      let again = checkpoint !== null;
      const settled = (row: BulkRow): BulkRow =>
        call.action === 'delete' && row.error?.code === 'not_found' ? { id: row.id, ok: true } : row;
      const isOne = ids.length === 1;
      const together = resource.together?.(call.action) ?? 1;

      /** Adds the rows that follow, and makes them the checkpoint. */
      const keep = async (rows: readonly BulkRow[]) => {
        const bytes = await results.append(rows);
        const written = state.written + rows.length;
        const fresh = rows.slice(state.done - state.written);
        const ok = state.ok + fresh.filter((row) => row.ok).length;
        state = { done: written, ok, skipped: state.skipped + fresh.filter(isSkipped).length, written, bytes };
        save(state);
        progress({ percent: (written / ids.length) * 100, message: words(state, ids.length) });
      };
      // In the transaction of the effect, so that it happens once; its line follows.
      const commit = () => save({ ...state, done: state.done + 1, ok: state.ok + 1 });
      const claim = together === 1 ? { receipt: undefined, commit } : undefined;

      try {
        // The host ended between the effect of a row and its line.
        if (state.done > state.written)
          await keep(ids.slice(state.written, state.done).map((id) => ({ id, ok: true })));
        while (state.done < ids.length) {
          signal.throwIfAborted();
          const slice = ids.slice(state.done, state.done + together);
          const rows = slice.map((id) => rowResult(id, () => resource.act(id, { ...call, isOne }, claim)));
          const done = await leading(rows, signal);
          await keep(again ? done.map(settled) : done);
          again = false;
          await timeSlicer.next();
        }
      } finally {
        await results.close();
      }
      const { done, ok, skipped } = state;
      if (!isOne) resource.over?.(call.action, ok);
      const failed = done - ok - skipped;
      return { matched: ids.length, ok, skipped, failed, results_url: resultsUrl(job) } satisfies BulkSummary;
    },
  };
}

/** All results; when the signal is aborted, which a verb that waits does not notice, those before the first that is not there. */
async function leading(rows: readonly Promise<BulkRow>[], signal: AbortSignal): Promise<BulkRow[]> {
  const aborted = Promise.withResolvers<void>();
  const onAbort = () => aborted.resolve();
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    const found: BulkRow[] = [];
    for (const row of rows) {
      const result = await Promise.race([row, aborted.promise]);
      if (result === undefined) break;
      found.push(result);
    }
    return found;
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
