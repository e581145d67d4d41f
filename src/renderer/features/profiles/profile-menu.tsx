import { Menu } from '@mantine/core';
import { Copy, CopyPlus, Package, PencilLine, Play, Square, Trash2, Workflow } from 'lucide-react';
import type { Profile } from '../../../contract/automation/profiles.ts';
import { useCan } from '../../lib/use-can.ts';
import { MenuAction } from '../../ui/menu-action.tsx';
import { startBlocked, stopBlocked, useProfileActions } from './profile-actions.tsx';

/** What can be done with a profile of the list without opening it. */
export function ProfileMenu({
  profile,
  edit,
  run,
  exportIt,
  gone,
}: {
  profile: Profile;
  edit(): void;
  /** Chooses a command to run with it. */
  run(): void;
  exportIt(): void;
  /** Called when it has been deleted. */
  gone(): void;
}) {
  const actions = useProfileActions();
  const noStart = useCan('profiles_start');
  const noStop = useCan('profiles_stop');
  const noRun = useCan('tasks_create');
  const noEdit = useCan('profiles_update');
  const noClone = useCan('profiles_clone');
  const noExport = useCan('profiles_export');
  const noDelete = useCan('profiles_delete');
  return (
    <>
      <MenuAction
        title="Start"
        Icon={Play}
        blocked={startBlocked(profile) ?? noStart}
        run={() => actions.start(profile)}
      />
      <MenuAction
        title="Stop"
        Icon={Square}
        blocked={stopBlocked(profile) ?? noStop}
        run={() => actions.stop(profile)}
      />
      <MenuAction title="Run a command" Icon={Workflow} blocked={noRun} run={run} />
      <Menu.Divider />
      <MenuAction title="Edit" Icon={PencilLine} blocked={noEdit} run={edit} />
      <MenuAction
        title="Duplicate"
        Icon={CopyPlus}
        blocked={startBlocked(profile) ?? noClone}
        run={() => actions.clone(profile)}
      />
      <MenuAction title="Export…" Icon={Package} blocked={startBlocked(profile) ?? noExport} run={exportIt} />
      <MenuAction title="Copy id" Icon={Copy} run={() => void navigator.clipboard.writeText(profile.id)} />
      <MenuAction
        title="Delete"
        Icon={Trash2}
        danger
        blocked={noDelete}
        run={() => void actions.remove(profile, gone)}
      />
    </>
  );
}
