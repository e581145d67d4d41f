import { Menu } from '@mantine/core';
import { Copy, PencilLine, Play, Power, Trash2 } from 'lucide-react';
import type { Schedule } from '../../../contract/automation/schedule/schedules.ts';
import { useCan } from '../../lib/use-can.ts';
import { MenuAction } from '../../ui/menu-action.tsx';
import { useScheduleActions } from './schedule-actions.ts';

/** What can be done with a schedule of the list without opening it. */
export function ScheduleMenu({ schedule, edit, gone }: { schedule: Schedule; edit(): void; gone(): void }) {
  const actions = useScheduleActions();
  const noRun = useCan('schedules_run');
  const noEdit = useCan('schedules_update');
  const noDelete = useCan('schedules_delete');
  return (
    <>
      <MenuAction title="Run now" Icon={Play} blocked={noRun} run={() => actions.run(schedule)} />
      <MenuAction
        title={schedule.enabled ? 'Switch off' : 'Switch on'}
        Icon={Power}
        blocked={noEdit}
        run={() => void actions.toggle(schedule)}
      />
      <MenuAction title="Edit" Icon={PencilLine} blocked={noEdit} run={edit} />
      <Menu.Divider />
      <MenuAction title="Copy id" Icon={Copy} run={() => void navigator.clipboard.writeText(schedule.id)} />
      <MenuAction
        title="Delete"
        Icon={Trash2}
        danger
        blocked={noDelete}
        run={() => void actions.remove(schedule, gone)}
      />
    </>
  );
}
