import { useNavigate } from '@tanstack/react-router';
import type { Schedule } from '../../../contract/automation/schedule/schedules.ts';
import type { JsonObject } from '../../../contract/kernel/scalars.ts';
import { useClient } from '../../lib/client/context.tsx';
import { asError, type Input, useAct } from '../../lib/live/query.ts';
import { useBulk } from '../../ui/bulk/use-bulk.ts';
import { actToast, errorToast, toast, undoToast } from '../../ui/feedback/toast.tsx';
import type { Chosen } from '../../ui/table/navigation/use-selection.ts';

/** A schedule, and what messages call it. */
type Named = Pick<Schedule, 'id' | 'name'>;

/** Calls that act on schedules, with their notifications. */
export function useScheduleActions() {
  const client = useClient();
  const navigate = useNavigate();
  const run = useAct('schedules_run', { onError: (error) => errorToast('Could not run it', error) });
  const call = async (what: string, work: () => Promise<unknown>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      errorToast(what, asError(error));
    }
  };
  const setEnabled = ({ id, name }: Named, enabled: boolean) =>
    call(`Could not switch “${name}” ${enabled ? 'on' : 'off'}`, () =>
      client.call('schedules_update', { id, enabled }),
    );
  const test = useAct('schedules_test', { onError: (error) => errorToast('Could not try it out', error) });
  return {
    busy: run.isPending || test.isPending,
    run: ({ id, name }: Named) =>
      run.mutate(
        { id },
        {
          onSuccess(made) {
            const task = 'items' in made ? made.items[0] : made;
            const open = () => task && navigate({ to: '/tasks/$id', params: { id: task.id } });
            actToast(`“${name}” started`, { label: 'Open task', act: open });
          },
        },
      ),
    tryOut: ({ id, name }: Named) =>
      test.mutate(
        { id },
        { onSuccess: () => toast(`“${name}” was given an example; the ledger tells what became of it`) },
      ),
    toggle: (schedule: Schedule) => setEnabled(schedule, !schedule.enabled),
    remove: ({ id, name }: Named, done: () => void) =>
      call(`Could not delete “${name}”`, async () => {
        await client.call('schedules_delete', { id });
        done();
        undoToast(`“${name}” deleted`, () =>
          call(`Could not restore “${name}”`, () => client.call('schedules_restore', { id })),
        );
      }),
  };
}

/** Verbs on many schedules of a list; `list` is its input. */
export function useSchedulesBulk(list: Input<'schedules_list'>) {
  const bulk = useBulk('schedules_bulk', list);
  return {
    busy: bulk.busy,
    change: (chosen: Chosen, input: JsonObject, then: () => void) =>
      bulk.run(chosen, { action: 'update', input, done: 'changed', doing: 'Changing' }, then),
    remove: (chosen: Chosen, then: () => void) =>
      bulk.run(chosen, { action: 'delete', done: 'deleted', doing: 'Deleting', undo: 'restore' }, then),
  };
}
