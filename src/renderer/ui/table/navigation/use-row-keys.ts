import type { Action } from '../../../lib/keys/registry.ts';
import { useActions } from '../../../lib/keys/use-actions.ts';

/** What keys do with the row that has the cursor; a list leaves out what it cannot do. */
export interface RowVerbs {
  down(): void;
  up(): void;
  open?: (() => unknown) | undefined;
  peek?: (() => unknown) | undefined;
  menu?: (() => unknown) | undefined;
  select?: (() => unknown) | undefined;
}

const KEYS = [
  ['down', 'Next row', ['J']],
  ['up', 'Previous row', ['K']],
  ['open', 'Open', ['Enter']],
  ['peek', 'Peek', ['Space']],
  ['menu', 'Actions of the row', ['Shift+F10', 'ContextMenu']],
  ['select', 'Select', ['X']],
] as const;

/** Keys of a list. `name` tells the lists of one screen apart. */
export function useRowKeys(name: string, verbs: RowVerbs): void {
  useActions(
    KEYS.flatMap(([verb, title, keys]): Action[] => {
      const run = verbs[verb];
      if (run === undefined) return [];
      return [
        {
          id: `${name}.${verb}`,
          title,
          group: 'Lists',
          layer: 'list',
          keys,
          hidden: true,
          run: () => void run(),
        },
      ];
    }),
  );
}
