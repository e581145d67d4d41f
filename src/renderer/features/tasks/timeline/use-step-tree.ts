import { useMemo, useState } from 'react';
import type { TaskDetail } from '../../../../contract/automation/tasks.ts';
import { useActions } from '../../../lib/keys/use-actions.ts';
import { treeRows } from './step-tree.ts';

/** The rows of a task that are not below a folded one, and the keys that fold and unfold all. */
export function useStepTree(task: TaskDetail) {
  const [folded, setFolded] = useState<ReadonlySet<string>>(new Set());
  const rows = useMemo(() => treeRows(task, folded), [task, folded]);
  const common = { group: 'Task', layer: 'detail' } as const;
  useActions([
    { ...common, id: 'steps.expand', title: 'Expand all steps', keys: ['E'], run: () => setFolded(new Set()) },
    {
      ...common,
      id: 'steps.fold',
      title: 'Collapse all steps',
      keys: ['W'],
      // Of all rows, not of those in view: what is below a folded row is folded too.
      run: () =>
        setFolded(new Set(treeRows(task, new Set()).flatMap(({ id, hasChildren }) => (hasChildren ? [id] : [])))),
    },
  ]);
  return {
    rows,
    folded,
    fold: (id: string, on: boolean) =>
      setFolded((old) => (on ? new Set([...old, id]) : new Set([...old].filter((item) => item !== id)))),
  };
}
