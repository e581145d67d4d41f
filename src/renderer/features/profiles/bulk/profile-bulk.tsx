import { Package, Pencil, Play, Square, Trash2, Workflow } from 'lucide-react';
import { useState } from 'react';
import type { ProfileId } from '../../../../contract/kernel/scalars.ts';
import { useClient } from '../../../lib/client/context.tsx';
import { asError, type Input } from '../../../lib/live/query.ts';
import { useCan } from '../../../lib/use-can.ts';
import { Button } from '../../../ui/buttons.tsx';
import { errorToast } from '../../../ui/feedback/toast.tsx';
import type { Chosen } from '../../../ui/table/navigation/use-selection.ts';
import { RunDialog } from '../../run/index.ts';
import { ExportDialog } from '../archive/export-dialog.tsx';
import { useProfilesBulk } from '../profile-actions.tsx';
import { BulkEdit } from './bulk-edit.tsx';

/** Each is a file that the browser saves. */
const MOST_EXPORTS = 100;

/** Finds the ids of the chosen profiles, also of those that are not loaded. */
function useProfileIds(list: Input<'profiles_list'>) {
  const client = useClient();
  return async ({ ids, all }: Chosen): Promise<ProfileId[]> => {
    if (all === null) return ids as ProfileId[];
    const found: ProfileId[] = [];
    for (let cursor: string | null | undefined; cursor !== null; ) {
      const page = await client.call('profiles_list', {
        ...list,
        limit: 200,
        ...(cursor === undefined ? {} : { cursor }),
      });
      found.push(...page.items.map(({ id }) => id));
      cursor = page.next_cursor;
    }
    return found;
  };
}

/** Buttons for the selected profiles. */
export function ProfileBulk({ chosen, list, done }: { chosen: Chosen; list: Input<'profiles_list'>; done(): void }) {
  const actions = useProfilesBulk(list);
  const blocked = useCan('profiles_bulk');
  const noDelete = useCan('profiles_delete');
  const noRun = useCan('tasks_create');
  const [running, setRunning] = useState<readonly ProfileId[] | null>(null);
  const [exporting, setExporting] = useState<readonly ProfileId[] | null>(null);
  const noExport = useCan('profiles_export');
  const many = chosen.all ?? chosen.ids.length;
  const find = useProfileIds(list);
  const found = (then: (ids: readonly ProfileId[]) => void) =>
    void find(chosen).then(then, (error) => errorToast('Could not find the profiles', asError(error)));
  const [editing, setEditing] = useState(false);
  return (
    <>
      <Button small blocked={noRun} icon={<Workflow size={13} />} onClick={() => found(setRunning)}>
        Run a command
      </Button>
      {running === null ? null : <RunDialog opened profileIds={running} close={() => setRunning(null)} />}
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
      <Button small blocked={blocked} icon={<Pencil size={12} />} onClick={() => setEditing(true)}>
        Edit
      </Button>
      {editing ? (
        <BulkEdit
          amount={actions.words(chosen)}
          busy={actions.busy}
          save={(changes) =>
            actions.change(chosen, changes, () => {
              setEditing(false);
              done();
            })
          }
          close={() => setEditing(false)}
        />
      ) : null}
      <Button
        small
        blocked={noExport ?? (many > MOST_EXPORTS ? `At most ${MOST_EXPORTS} profiles are exported at once` : null)}
        icon={<Package size={13} />}
        onClick={() => found(setExporting)}
      >
        Export…
      </Button>
      {exporting === null ? null : <ExportDialog ids={exporting} close={() => setExporting(null)} />}
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
