import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import type { TaskDetail } from '../../../../contract/automation/tasks.ts';
import { useActions } from '../../../lib/keys/use-actions.ts';
import type { RunAgain } from '../again/use-run-again.tsx';
import { useTaskActions } from '../task-actions.tsx';
import { neighbourIn } from '../task-facts.ts';

/** What the header knows of its task: why a verb cannot be used now, or `null`. */
export interface HeaderActions {
  task: TaskDetail;
  again: RunAgain;
  cancel: string | null;
  remove: string | null;
  /** Shows the list again. */
  back(): void;
}

/** Goes to the task after or before `id` in the list that was loaded last. */
function useStep(id: string): (by: 1 | -1) => void {
  const queries = useQueryClient();
  const navigate = useNavigate();
  return (by) => {
    const lists = queries.getQueryCache().findAll({ queryKey: ['tasks_list'] });
    const latest = lists
      .filter(({ queryKey }) => queryKey[2] === 'pages')
      .sort((x, y) => y.state.dataUpdatedAt - x.state.dataUpdatedAt);
    const next = neighbourIn(latest[0]?.state.data, id, by);
    if (next !== null) void navigate({ to: '/tasks/$id', params: { id: next } });
  };
}

/** Actions of a task's page with their keys. */
export function useHeaderActions({ task, again, cancel, remove, back }: HeaderActions): void {
  const actions = useTaskActions();
  const step = useStep(task.id);
  useActions([
    {
      id: 'task.next',
      title: 'Next task of the list',
      group: 'Task',
      layer: 'detail',
      keys: ['J'],
      hidden: true,
      run: () => step(1),
    },
    {
      id: 'task.before',
      title: 'Previous task in the list',
      group: 'Task',
      layer: 'detail',
      keys: ['K'],
      hidden: true,
      run: () => step(-1),
    },
    ...again.actions('task', 'detail', task),
    {
      id: 'task.cancel',
      title: 'Cancel',
      group: 'Task',
      layer: 'detail',
      keys: ['C'],
      blocked: cancel,
      run: () => actions.cancel(task.id),
    },
    {
      id: 'task.delete',
      title: 'Delete',
      group: 'Task',
      layer: 'detail',
      keys: ['Delete'],
      blocked: remove,
      run: () => actions.remove(task.id, back),
    },
    {
      id: 'task.copy',
      title: 'Copy id',
      group: 'Task',
      layer: 'detail',
      keys: ['Mod+Shift+C'],
      run: () => void navigator.clipboard.writeText(task.id),
    },
    { id: 'task.back', title: 'Back to all tasks', group: 'Task', layer: 'detail', keys: ['Escape'], run: back },
  ]);
}
