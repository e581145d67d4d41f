import { Ban, RotateCw, Trash2 } from 'lucide-react';
import type { TaskId } from '../../../../contract/kernel/scalars.ts';
import { useCan } from '../../../lib/use-can.ts';
import { Button } from '../../../ui/buttons.tsx';
import { useTasksBulk } from '../task-actions.tsx';

/** Verbs on the chosen tasks. */
export function TaskBulk({ ids, done }: { ids: TaskId[]; done(): void }) {
  const bulk = useTasksBulk();
  const blocked = useCan('tasks_bulk');
  return (
    <>
      <Button small blocked={blocked} busy={bulk.busy} icon={<Ban size={13} />} onClick={() => bulk.cancel(ids, done)}>
        Cancel
      </Button>
      <Button
        small
        blocked={blocked}
        busy={bulk.busy}
        icon={<RotateCw size={13} />}
        onClick={() => bulk.retry(ids, done)}
      >
        Run again
      </Button>
      <Button
        small
        kind="danger"
        blocked={blocked}
        busy={bulk.busy}
        icon={<Trash2 size={13} />}
        onClick={() => bulk.remove(ids, done)}
      >
        Delete
      </Button>
    </>
  );
}
