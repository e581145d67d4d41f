import { useNavigate } from '@tanstack/react-router';
import { useActions } from '../../../lib/keys/use-actions.ts';
import { useCan } from '../../../lib/use-can.ts';
import type { Selection } from '../../../ui/table/navigation/use-selection.ts';

/**
 * Keys of the library: a new command, the one after or before `shown`, and whether that one is selected.
 * @param ids in the order of the screen
 */
export function useLibraryActions(
  ids: readonly string[],
  shown: string | undefined,
  selection: Selection,
  onNew: () => void,
): void {
  const navigate = useNavigate();
  const blocked = useCan('commands_create');
  const step = (by: 1 | -1) => {
    const id = ids[ids.indexOf(shown ?? '') + by];
    if (id === undefined) return;
    void navigate({
      to: '/commands/$id',
      params: { id },
      search: (old: Record<string, unknown>) => old as Record<string, string>,
    });
  };
  const list = { group: 'Commands', layer: 'list', hidden: true } as const;
  useActions([
    { id: 'commands.new', title: 'New command', group: 'Commands', layer: 'view', keys: ['N'], blocked, run: onNew },
    { ...list, id: 'commands.next', title: 'Next command', keys: ['J'], run: () => step(1) },
    { ...list, id: 'commands.before', title: 'Previous command', keys: ['K'], run: () => step(-1) },
    {
      ...list,
      id: 'commands.select',
      title: 'Select command',
      keys: ['X'],
      run: () => {
        if (shown !== undefined && ids.includes(shown)) selection.put([shown], !selection.has(shown));
      },
    },
    ...(selection.ids.length === 0
      ? []
      : [
          {
            ...list,
            id: 'commands.unselect',
            title: 'Clear the selection',
            keys: ['Escape'],
            run: () => selection.replace([]),
          },
        ]),
  ]);
}
