import type { Profile } from '../../../contract/automation/profiles.ts';
import { shownActions } from '../../lib/keys/shown-actions.ts';
import { useActions } from '../../lib/keys/use-actions.ts';
import { useCan } from '../../lib/use-can.ts';
import { startBlocked, stopBlocked, useProfileActions } from './profile-actions.tsx';

/** Registers the list's keyboard actions; `shown` is the profile in the inspector. */
export function useListActions({
  shown,
  set,
}: {
  shown: Profile | undefined;
  set(patch: Record<string, string | undefined>): void;
}): void {
  const actions = useProfileActions();
  const noCreate = useCan('profiles_create');
  const noUpdate = useCan('profiles_update');
  const noDelete = useCan('profiles_delete');
  const noClone = useCan('profiles_clone');
  const noStart = useCan('profiles_start');
  const noStop = useCan('profiles_stop');
  const close = () => set({ peek: undefined });
  const { always, onShown, copyAndClose } = shownActions('Profiles', 'profile', shown);
  const cannotStart = shown === undefined ? null : startBlocked(shown);
  const cannotStop = shown === undefined ? null : stopBlocked(shown);

  useActions([
    always({ id: 'profiles.new', title: 'New profile', keys: ['N'] }, noCreate, () => set({ edit: 'new' })),
    onShown({ id: 'profiles.edit', title: 'Edit the selected profile', keys: ['E'] }, noUpdate, ({ id }) =>
      set({ edit: id }),
    ),
    onShown(
      { id: 'profiles.toggle', title: 'Start or stop the selected profile', keys: ['S'] },
      cannotStart === null ? noStart : cannotStop === null ? noStop : cannotStart,
      cannotStart === null ? actions.start : actions.stop,
    ),
    onShown(
      { id: 'profiles.duplicate', title: 'Duplicate the selected profile, signed in', keys: ['D'] },
      cannotStart ?? noClone,
      (profile) => actions.clone(profile),
    ),
    onShown(
      { id: 'profiles.delete', title: 'Delete the selected profile', keys: ['Delete'] },
      noDelete,
      (profile) => void actions.remove(profile, close),
    ),
    ...copyAndClose('profiles', close),
  ]);
}
