import type { Action } from './registry.ts';

type Named = Pick<Action, 'id' | 'title' | 'keys'>;

/** Makes actions of a list and of the row that is shown beside it. */
export function shownActions<R extends { id: string }>(group: string, what: string, shown: R | undefined) {
  const common = { group, layer: 'view' } as const;
  const onShown = (action: Named, blocked: string | null, run: (row: R) => void): Action => ({
    ...common,
    ...action,
    blocked: shown === undefined ? `No ${what} selected` : blocked,
    run: () => shown && run(shown),
  });
  return {
    /** An action that needs no row. */
    always: (action: Named, blocked: string | null, run: () => void): Action => ({
      ...common,
      ...action,
      blocked,
      run,
    }),
    /** An action on the row, blocked while none is shown. */
    onShown,
    /** What can be done with every kind of row. `list`: name of the list in ids of actions. */
    copyAndClose: (list: string, close: () => void): Action[] => [
      onShown(
        { id: `${list}.copy`, title: `Copy id of the selected ${what}`, keys: ['Mod+Shift+C'] },
        null,
        ({ id }) => void navigator.clipboard.writeText(id),
      ),
      { ...common, id: `${list}.close`, title: 'Close the inspector', keys: ['Escape'], hidden: true, run: close },
    ],
  };
}
