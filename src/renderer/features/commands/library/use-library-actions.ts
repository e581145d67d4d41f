import { useNavigate } from '@tanstack/react-router';
import type { Command } from '../../../../contract/automation/commands.ts';
import { useActions } from '../../../lib/keys/use-actions.ts';
import { useCan } from '../../../lib/use-can.ts';

/** Keys of the library: a new command, and the one after or before `shown`. */
export function useLibraryActions(rows: readonly Command[], shown: string | undefined, onNew: () => void): void {
  const navigate = useNavigate();
  const blocked = useCan('commands_create');
  const step = (by: 1 | -1) => {
    const next = rows[rows.findIndex(({ id }) => id === shown) + by];
    if (next === undefined) return;
    void navigate({
      to: '/commands/$id',
      params: { id: next.id },
      search: (old: Record<string, unknown>) => old as Record<string, string>,
    });
  };
  const list = { group: 'Commands', layer: 'list', hidden: true } as const;
  useActions([
    { id: 'commands.new', title: 'New command', group: 'Commands', layer: 'view', keys: ['N'], blocked, run: onNew },
    { ...list, id: 'commands.next', title: 'Next command', keys: ['J'], run: () => step(1) },
    { ...list, id: 'commands.before', title: 'Previous command', keys: ['K'], run: () => step(-1) },
  ]);
}
