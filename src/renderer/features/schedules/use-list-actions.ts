import type { Schedule } from '../../../contract/automation/schedule/schedules.ts';
import { shownActions } from '../../lib/keys/shown-actions.ts';
import { useActions } from '../../lib/keys/use-actions.ts';
import { useCan } from '../../lib/use-can.ts';
import { useScheduleActions } from './schedule-actions.ts';

/** Registers the list's keyboard actions; `shown` is the schedule in the inspector. */
export function useListActions({
  shown,
  set,
}: {
  shown: Schedule | undefined;
  set(patch: Record<string, string | undefined>): void;
}): void {
  const actions = useScheduleActions();
  const noCreate = useCan('schedules_create');
  const noRun = useCan('schedules_run');
  const noUpdate = useCan('schedules_update');
  const noDelete = useCan('schedules_delete');
  const close = () => set({ peek: undefined });
  const { always, onShown, copyAndClose } = shownActions('Schedules', 'schedule', shown);

  useActions([
    always({ id: 'schedules.new', title: 'New schedule', keys: ['N'] }, noCreate, () => set({ edit: 'new' })),
    onShown({ id: 'schedules.run', title: 'Run the selected schedule now', keys: ['R'] }, noRun, actions.run),
    onShown(
      { id: 'schedules.toggle', title: 'Switch the selected schedule on or off', keys: ['S'] },
      noUpdate,
      (schedule) => void actions.toggle(schedule),
    ),
    onShown({ id: 'schedules.edit', title: 'Edit the selected schedule', keys: ['E'] }, noUpdate, ({ id }) =>
      set({ edit: id }),
    ),
    onShown(
      { id: 'schedules.delete', title: 'Delete the selected schedule', keys: ['Delete'] },
      noDelete,
      (schedule) => void actions.remove(schedule, close),
    ),
    ...copyAndClose('schedules', close),
  ]);
}
