import { useMutation } from '@tanstack/react-query';
import type { BulkRow } from '../../../contract/kernel/bulk.ts';
import type { AppError } from '../../../contract/kernel/errors.ts';
import { useClient } from '../../lib/client/context.tsx';
import { asError, type Input } from '../../lib/live/query.ts';
import { errorToast, toast, undoToast } from '../feedback/toast.tsx';
import type { Chosen } from '../table/navigation/use-selection.ts';
import { amountOf, type BulkOp, useBulkJobs } from './bulk-jobs.ts';

/** Most ids that one call takes. */
const MOST = 1000;

/** What is to be done with the chosen rows. */
export interface BulkVerb<Op extends BulkOp> {
  action: Input<Op>['action'];
  /** In the past tense: "deleted". */
  done: string;
  /** "Deleting". */
  doing: string;
  input?: Input<Op>['input'];
  /** Verb that takes it back. */
  undo?: Input<Op>['action'];
  /** Refused when another number of rows matches by now: for what cannot be taken back. */
  exactly?: boolean;
}

/**
 * Acts on many rows. Those that are ticked are named by id; all that match are left to the host, which works through them as a job.
 * @param list input of the list as it is shown; its filters say what matches
 */
export function useBulk<Op extends BulkOp>(op: Op, list: object) {
  const client = useClient();
  const add = useBulkJobs((state) => state.add);
  const call = (input: object) => client.call(op, input as Input<Op>);

  async function byId(
    ids: readonly string[],
    action: Input<Op>['action'],
    input?: Input<Op>['input'],
  ): Promise<BulkRow[]> {
    const rows: BulkRow[] = [];
    for (let at = 0; at < ids.length; at += MOST) {
      const answer = await call({ ids: ids.slice(at, at + MOST), action, input });
      if ('results' in answer) rows.push(...answer.results);
    }
    return rows;
  }

  const act = useMutation<void, AppError, { chosen: Chosen; verb: BulkVerb<Op> }>({
    async mutationFn({ chosen, verb }) {
      const { action, input, done, undo, exactly } = verb;
      const doing = `${verb.doing} ${amountOf(op, chosen.all ?? chosen.ids.length)}`;
      if (chosen.all !== null) {
        const filter = Object.fromEntries(Object.entries(list).filter(([name]) => name !== 'sort'));
        const answer = await call({ filter, action, input, ...(exactly ? { expected_count: chosen.all } : {}) });
        if ('job_id' in answer) add({ id: answer.job_id, op, done, doing, undo });
        return;
      }
      const rows = await byId(chosen.ids, action, input);
      const ok = rows.filter((row) => row.ok);
      const said = `${amountOf(op, rows.length)} ${done}`;
      if (ok.length < rows.length) add({ id: crypto.randomUUID(), op, done, doing, undo, rows });
      else if (undo === undefined) toast(said);
      else
        undoToast(said, () =>
          byId(
            ok.map(({ id }) => id),
            undo,
          ).catch((error) => errorToast('Could not undo it', asError(error))),
        );
    },
    onError: (error) => errorToast('No changes were made', error),
  });
  return {
    /** `then` is called when the host has taken the request. */
    run: (chosen: Chosen, verb: BulkVerb<Op>, then: () => void) => act.mutate({ chosen, verb }, { onSuccess: then }),
    busy: act.isPending,
    /** "1 task", "2,000 tasks". */
    words: ({ ids, all }: Chosen) => amountOf(op, all ?? ids.length),
  };
}
