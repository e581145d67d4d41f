import type { Task, TaskStatus } from '../../../../contract/automation/tasks.ts';
import { useActions } from '../../../lib/keys/use-actions.ts';
import { useCan } from '../../../lib/use-can.ts';
import type { RunAgain } from '../again/use-run-again.tsx';
import { useTaskActions } from '../task-actions.tsx';
import { type StatusTab, tabOf } from '../task-facts.ts';

/** What the actions of the list act on. */
export interface ListActions {
  /** Task of the peek. */
  peeked: Task | undefined;
  statuses: readonly TaskStatus[] | undefined;
  again: RunAgain;
  /** Opens the run dialog. */
  run(): void;
  setTab(id: StatusTab): void;
  close(): void;
}

/** Actions of the task list with their keys. */
export function useListActions({ peeked, statuses, again, run, setTab, close }: ListActions): void {
  const actions = useTaskActions();
  const runBlocked = useCan('tasks_create');
  const cancelBlocked = useCan('tasks_cancel');
  useActions([
    {
      id: 'tasks.new',
      title: 'Run a command',
      group: 'Tasks',
      layer: 'view',
      keys: ['N'],
      blocked: runBlocked,
      run,
    },
    {
      id: 'tasks.failed',
      title: 'Show failed tasks only',
      group: 'Tasks',
      layer: 'view',
      keys: ['F'],
      run: () => setTab(tabOf(statuses) === 'failed' ? 'all' : 'failed'),
    },
    ...again.actions('tasks', 'view', peeked),
    {
      id: 'tasks.cancel',
      title: 'Cancel the shown task',
      group: 'Tasks',
      layer: 'view',
      keys: ['C'],
      blocked: peeked === undefined ? 'No task selected' : cancelBlocked,
      run: () => peeked && actions.cancel(peeked.id),
    },
    {
      id: 'tasks.copy',
      title: 'Copy id of the shown task',
      group: 'Tasks',
      layer: 'view',
      keys: ['Mod+Shift+C'],
      blocked: peeked === undefined ? 'No task selected' : null,
      run: () => void (peeked && navigator.clipboard.writeText(peeked.id)),
    },
    {
      id: 'tasks.close',
      title: 'Close the peek',
      group: 'Tasks',
      layer: 'view',
      keys: ['Escape'],
      hidden: true,
      run: close,
    },
  ]);
}
