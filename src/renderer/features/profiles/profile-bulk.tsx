import { Play, Square, Trash2 } from 'lucide-react';
import type { Input } from '../../lib/live/query.ts';
import { useCan } from '../../lib/use-can.ts';
import { Button } from '../../ui/buttons.tsx';
import type { Chosen } from '../../ui/table/use-selection.ts';
import { useProfilesBulk } from './profile-actions.tsx';

/** Buttons for the selected profiles. */
export function ProfileBulk({ chosen, list, done }: { chosen: Chosen; list: Input<'profiles_list'>; done(): void }) {
  const actions = useProfilesBulk(list);
  const blocked = useCan('profiles_bulk');
  const noDelete = useCan('profiles_delete');
  return (
    <>
      <Button
        small
        blocked={blocked}
        busy={actions.busy}
        icon={<Play size={13} />}
        onClick={() => actions.start(chosen, done)}
      >
        Start
      </Button>
      <Button
        small
        blocked={blocked}
        busy={actions.busy}
        icon={<Square size={12} />}
        onClick={() => actions.stop(chosen, done)}
      >
        Stop
      </Button>
      <Button
        small
        kind="danger"
        blocked={noDelete}
        busy={actions.busy}
        icon={<Trash2 size={13} />}
        onClick={() => actions.remove(chosen, done)}
      >
        Delete
      </Button>
    </>
  );
}
