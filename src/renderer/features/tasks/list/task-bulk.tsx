import { Ban, RotateCw, Trash2 } from 'lucide-react';
import type { Input } from '../../../lib/live/query.ts';
import { useCan } from '../../../lib/use-can.ts';
import { Button } from '../../../ui/buttons.tsx';
import type { Chosen } from '../../../ui/table/navigation/use-selection.ts';
import { useTasksBulk } from '../task-actions.tsx';

/** Verbs on the chosen tasks. */
export function TaskBulk({ chosen, list, done }: { chosen: Chosen; list: Input<'tasks_list'>; done(): void }) {
  const bulk = useTasksBulk(list);
  const blocked = useCan('tasks_bulk');
  const noDelete = useCan('tasks_delete');
  return (
    <>
      <Button
        small
        blocked={blocked}
        busy={bulk.busy}
        icon={<Ban size={13} />}
        onClick={() => bulk.cancel(chosen, done)}
      >
        Cancel
      </Button>
      <Button
        small
        blocked={blocked}
        busy={bulk.busy}
        icon={<RotateCw size={13} />}
        onClick={() => bulk.retry(chosen, done)}
      >
        Run again
      </Button>
      <Button
        small
        kind="danger"
        blocked={noDelete}
        busy={bulk.busy}
        icon={<Trash2 size={13} />}
        onClick={() => bulk.remove(chosen, done)}
      >
        Delete
      </Button>
    </>
  );
}
