/** Running a task again: the same three ways on the task's page, in the peek, in the menu of a row and in the palette. */
import { FileClock, PencilLine, RotateCw } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import type { Task } from '../../../../contract/automation/tasks.ts';
import type { Action } from '../../../lib/keys/registry.ts';
import { useCan } from '../../../lib/use-can.ts';
import { MenuAction } from '../../../ui/menu-action.tsx';
import { AgainDialog } from '../../run/index.ts';
import { useTaskActions } from '../task-actions.tsx';

/** What running again needs to know of a task. */
type Ended = Pick<Task, 'id' | 'input' | 'command_id' | 'command_name'>;

/** The ways, each with its title in a menu, its key, and its icon. */
const WAYS = [
  { id: 'same', title: 'Same version exactly', key: 'Shift+R', Icon: FileClock },
  { id: 'current', title: 'Current version', key: 'R', Icon: RotateCw },
  { id: 'edit', title: 'Edit the input', key: 'Shift+E', Icon: PencilLine },
] as const;

/** See {@link useRunAgain}. */
export interface RunAgain {
  /** Why no task can be run again now, or `null`. */
  blocked: string | null;
  run: Record<(typeof WAYS)[number]['id'], (task: Ended) => void>;
  /** Items of a menu. */
  items(task: Ended): ReactNode;
  /** Actions with keys for the palette, their ids below `prefix`; blocked while there is no task. */
  actions(prefix: string, layer: Action['layer'], task: Ended | undefined): Action[];
  /** Has to be in the page of whoever uses the items or the actions. */
  dialog: ReactNode;
}

/** The ways to run a task again; used once in each screen. */
export function useRunAgain(): RunAgain {
  const { retry, again } = useTaskActions();
  const [edited, setEdited] = useState<Ended | null>(null);
  const blocked = useCan('tasks_retry');
  const run: RunAgain['run'] = {
    same: ({ id }) => again(id),
    current: ({ id }) => retry(id),
    edit: setEdited,
  };
  return {
    blocked,
    run,
    items: (task) =>
      WAYS.map(({ id, title, Icon }) => (
        <MenuAction key={id} title={title} Icon={Icon} blocked={blocked} run={() => run[id](task)} />
      )),
    actions: (prefix, layer, task) =>
      WAYS.map(({ id, title, key }) => ({
        id: `${prefix}.${id}`,
        title: `Run again: ${title.toLowerCase()}`,
        group: prefix === 'task' ? 'Task' : 'Tasks',
        layer,
        keys: [key],
        blocked: task === undefined ? 'No task selected' : blocked,
        run: () => task && run[id](task),
      })),
    dialog: <AgainDialog task={edited} close={() => setEdited(null)} />,
  };
}
