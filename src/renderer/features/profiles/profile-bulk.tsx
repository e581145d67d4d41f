import { Play, Square, Trash2 } from 'lucide-react';
import type { ProfileId } from '../../../contract/kernel/scalars.ts';
import { useCan } from '../../lib/use-can.ts';
import { Button } from '../../ui/buttons.tsx';
import { useProfileActions } from './profile-actions.tsx';

/** Buttons for the selected profiles. */
export function ProfileBulk({ ids, done }: { ids: ProfileId[]; done(): void }) {
  const actions = useProfileActions();
  const blocked = useCan('profiles_bulk');
  return (
    <>
      <Button
        small
        blocked={blocked}
        busy={actions.busy}
        icon={<Play size={13} />}
        onClick={() => actions.bulk(ids, 'start', done)}
      >
        Start
      </Button>
      <Button
        small
        blocked={blocked}
        busy={actions.busy}
        icon={<Square size={12} />}
        onClick={() => actions.bulk(ids, 'stop', done)}
      >
        Stop
      </Button>
      <Button
        small
        kind="danger"
        blocked={blocked}
        busy={actions.busy}
        icon={<Trash2 size={13} />}
        onClick={() => actions.bulk(ids, 'delete', done)}
      >
        Delete
      </Button>
    </>
  );
}
