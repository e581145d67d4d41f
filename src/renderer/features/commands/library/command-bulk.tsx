import { Power, PowerOff, Trash2 } from 'lucide-react';
import type { Input } from '../../../lib/live/query.ts';
import { useCan } from '../../../lib/use-can.ts';
import { useBulk } from '../../../ui/bulk/use-bulk.ts';
import { Button } from '../../../ui/buttons.tsx';
import type { Chosen } from '../../../ui/table/navigation/use-selection.ts';

/** Verbs on the chosen commands; `list` is the input of their list. */
export function CommandBulk({ chosen, list, done }: { chosen: Chosen; list: Input<'commands_list'>; done(): void }) {
  const bulk = useBulk('commands_bulk', list);
  const blocked = useCan('commands_bulk');
  const noDelete = useCan('commands_delete');
  const common = { small: true, busy: bulk.busy } as const;
  const enable = (enabled: boolean) =>
    bulk.run(
      chosen,
      {
        action: 'update',
        input: { enabled },
        done: enabled ? 'enabled' : 'disabled',
        doing: enabled ? 'Enabling' : 'Disabling',
      },
      done,
    );
  return (
    <>
      <Button {...common} blocked={blocked} icon={<Power size={13} />} onClick={() => enable(true)}>
        Enable
      </Button>
      <Button {...common} blocked={blocked} icon={<PowerOff size={13} />} onClick={() => enable(false)}>
        Disable
      </Button>
      <Button
        {...common}
        kind="danger"
        blocked={noDelete}
        icon={<Trash2 size={13} />}
        onClick={() =>
          bulk.run(chosen, { action: 'delete', done: 'deleted', doing: 'Deleting', undo: 'restore' }, done)
        }
      >
        Delete
      </Button>
    </>
  );
}
