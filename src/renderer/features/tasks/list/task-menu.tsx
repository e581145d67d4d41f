import { Menu } from '@mantine/core';
import { Ban, Copy, Maximize2, Trash2 } from 'lucide-react';
import type { Task } from '../../../../contract/automation/tasks.ts';
import { useCan } from '../../../lib/use-can.ts';
import { MenuAction } from '../../../ui/menu-action.tsx';
import type { RunAgain } from '../again/use-run-again.tsx';
import { useTaskActions } from '../task-actions.tsx';
import { cancelBlocked, deleteBlocked } from '../task-facts.ts';

/** What can be done with a task of the list without opening it. */
export function TaskMenu({ task, again, open }: { task: Task; again: RunAgain; open(task: Task): void }) {
  const actions = useTaskActions();
  const noCancel = useCan('tasks_cancel');
  const noDelete = useCan('tasks_delete');
  return (
    <>
      <MenuAction title="Open" Icon={Maximize2} run={() => open(task)} />
      <MenuAction title="Copy id" Icon={Copy} run={() => void navigator.clipboard.writeText(task.id)} />
      <Menu.Divider />
      <Menu.Label>Run again</Menu.Label>
      {again.items(task)}
      <Menu.Divider />
      <MenuAction
        title="Cancel"
        Icon={Ban}
        blocked={cancelBlocked(task) ?? noCancel}
        run={() => actions.cancel(task.id)}
      />
      <MenuAction
        title="Delete"
        Icon={Trash2}
        danger
        blocked={deleteBlocked(task) ?? noDelete}
        run={() => actions.remove(task.id)}
      />
    </>
  );
}
