/** Buttons for the selected schedules. */
import { Power, PowerOff, Trash2 } from 'lucide-react';
import type { Input } from '../../lib/live/query.ts';
import { useCan } from '../../lib/use-can.ts';
import { Button } from '../../ui/buttons.tsx';
import type { Chosen } from '../../ui/table/navigation/use-selection.ts';
import { useSchedulesBulk } from './schedule-actions.ts';

export function ScheduleBulk({ chosen, list, done }: { chosen: Chosen; list: Input<'schedules_list'>; done(): void }) {
  const actions = useSchedulesBulk(list);
  const noUpdate = useCan('schedules_update');
  const noDelete = useCan('schedules_delete');
  const { busy } = actions;
  return (
    <>
      <Button
        small
        blocked={noUpdate}
        busy={busy}
        icon={<Power size={13} />}
        onClick={() => actions.change(chosen, { enabled: true }, done)}
      >
        Switch on
      </Button>
      <Button
        small
        blocked={noUpdate}
        busy={busy}
        icon={<PowerOff size={13} />}
        onClick={() => actions.change(chosen, { enabled: false }, done)}
      >
        Switch off
      </Button>
      <Button
        small
        kind="danger"
        blocked={noDelete}
        busy={busy}
        icon={<Trash2 size={13} />}
        onClick={() => actions.remove(chosen, done)}
      >
        Delete
      </Button>
    </>
  );
}
