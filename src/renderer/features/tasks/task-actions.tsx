/** What can be done with tasks. */
import { modals } from '@mantine/modals';
import { useNavigate } from '@tanstack/react-router';
import type { TaskId } from '../../../contract/kernel/scalars.ts';
import { type Input, useAct } from '../../lib/live/query.ts';
import { useBulk } from '../../ui/bulk/use-bulk.ts';
import { errorToast, toast } from '../../ui/feedback/toast.tsx';
import type { Chosen } from '../../ui/table/navigation/use-selection.ts';

/** For a failure that a toast has told already. */
const shown = () => undefined;

/** Verbs on one task. */
export function useTaskActions() {
  const navigate = useNavigate();
  const open = (id: TaskId) => void navigate({ to: '/tasks/$id', params: { id } });
  const cancel = useAct('tasks_cancel', { onError: (error) => errorToast('Could not cancel the task', error) });
  const retry = useAct('tasks_retry', {
    onDone: (task) => open(task.id),
    onError: (error) => errorToast('Could not run the task again', error),
  });
  const remove = useAct('tasks_delete', {
    onDone: () => toast('Task deleted'),
    onError: (error) => errorToast('Could not delete the task', error),
  });
  return {
    cancel: (id: TaskId) => cancel.mutate({ id }),
    /** Runs the command as it is now with the same input. */
    retry: (id: TaskId) => retry.mutate({ id }),
    /** Runs the snapshot exactly as it was. */
    again: (id: TaskId) => retry.mutate({ id, as_then: true }),
    /** Asks first, because a task cannot be restored. */
    remove: (id: TaskId, done?: () => void) =>
      modals.openConfirmModal({
        title: 'Delete this task?',
        children: 'Its log and artifacts are deleted too. This cannot be undone.',
        labels: { confirm: 'Delete', cancel: 'Keep' },
        confirmProps: { color: 'red', size: 'xs' },
        cancelProps: { size: 'xs' },
        // Not a callback of mutate(): the page is gone when the event of the deletion is faster than the answer.
        onConfirm: () => void remove.mutateAsync({ id }).then(done, shown),
      }),
    busy: cancel.isPending || retry.isPending || remove.isPending,
  };
}

/** From this many tasks on, cancelling asks first. */
const MANY = 20;

/** Verbs on many tasks of a list; `list` is its input. */
export function useTasksBulk(list: Input<'tasks_list'>) {
  const bulk = useBulk('tasks_bulk', list);
  return {
    cancel: (chosen: Chosen, then: () => void) => {
      const cancel = () => bulk.run(chosen, { action: 'cancel', done: 'cancelled', doing: 'Cancelling' }, then);
      if ((chosen.all ?? chosen.ids.length) < MANY) return cancel();
      modals.openConfirmModal({
        title: `Cancel ${bulk.words(chosen)}?`,
        children: 'Running tasks are stopped, waiting ones do not start. Tasks that have ended are skipped.',
        labels: { confirm: 'Cancel tasks', cancel: 'Keep' },
        confirmProps: { color: 'red', size: 'xs' },
        cancelProps: { size: 'xs' },
        onConfirm: cancel,
      });
    },
    retry: (chosen: Chosen, then: () => void) =>
      bulk.run(chosen, { action: 'retry', done: 'started again', doing: 'Running again' }, then),
    remove: (chosen: Chosen, then: () => void) =>
      modals.openConfirmModal({
        title: `Delete ${bulk.words(chosen)}?`,
        children: 'Their logs and artifacts are deleted too. This cannot be undone. Active tasks are skipped.',
        labels: { confirm: 'Delete', cancel: 'Keep' },
        confirmProps: { color: 'red', size: 'xs' },
        cancelProps: { size: 'xs' },
        onConfirm: () =>
          bulk.run(chosen, { action: 'delete', done: 'deleted', doing: 'Deleting', exactly: true }, then),
      }),
    busy: bulk.busy,
  };
}
