import type { Profile } from '../../../contract/automation/profiles.ts';
import { useActions } from '../../lib/keys/use-actions.ts';
import { useCan } from '../../lib/use-can.ts';
import { startBlocked, stopBlocked, useProfileActions } from './profile-actions.tsx';

/** Actions of the list of profiles with their keys; `shown` is the profile in the inspector. */
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
  const noStart = useCan('profiles_start');
  const noStop = useCan('profiles_stop');
  const none = 'No profile is chosen';
  const toggle = (profile: Profile) =>
    startBlocked(profile) === null ? actions.start(profile.id) : actions.stop(profile.id);

  useActions([
    {
      id: 'profiles.new',
      title: 'New profile',
      group: 'Profiles',
      layer: 'view',
      keys: ['N'],
      blocked: noCreate,
      run: () => set({ edit: 'new' }),
    },
    {
      id: 'profiles.edit',
      title: 'Edit the chosen profile',
      group: 'Profiles',
      layer: 'view',
      keys: ['E'],
      blocked: shown === undefined ? none : noUpdate,
      run: () => set({ edit: shown?.id }),
    },
    {
      id: 'profiles.toggle',
      title: 'Start or stop the chosen profile',
      group: 'Profiles',
      layer: 'view',
      keys: ['S'],
      blocked:
        shown === undefined
          ? none
          : startBlocked(shown) === null
            ? noStart
            : stopBlocked(shown) === null
              ? noStop
              : startBlocked(shown),
      run: () => shown && toggle(shown),
    },
    {
      id: 'profiles.delete',
      title: 'Delete the chosen profile',
      group: 'Profiles',
      layer: 'view',
      keys: ['Delete'],
      blocked: shown === undefined ? none : noDelete,
      run: () => void (shown && actions.remove(shown, () => set({ peek: undefined }))),
    },
    {
      id: 'profiles.copy',
      title: 'Copy id of the chosen profile',
      group: 'Profiles',
      layer: 'view',
      keys: ['Mod+Shift+C'],
      blocked: shown === undefined ? none : null,
      run: () => void (shown && navigator.clipboard.writeText(shown.id)),
    },
    {
      id: 'profiles.close',
      title: 'Close the inspector',
      group: 'Profiles',
      layer: 'view',
      keys: ['Escape'],
      hidden: true,
      run: () => set({ peek: undefined }),
    },
  ]);
}
