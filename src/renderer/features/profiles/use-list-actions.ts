import type { Profile } from '../../../contract/automation/profiles.ts';
import type { Action } from '../../lib/keys/registry.ts';
import { useActions } from '../../lib/keys/use-actions.ts';
import { useCan } from '../../lib/use-can.ts';
import { startBlocked, stopBlocked, useProfileActions } from './profile-actions.tsx';

const COMMON = { group: 'Profiles', layer: 'view' } as const;

/** An action on the selected profile, blocked while none is selected. */
function onChosen(
  profile: Profile | undefined,
  action: Pick<Action, 'id' | 'title' | 'keys'>,
  blocked: (profile: Profile) => string | null,
  run: (profile: Profile) => void,
): Action {
  return {
    ...COMMON,
    ...action,
    blocked: profile === undefined ? 'No profile selected' : blocked(profile),
    run: () => profile && run(profile),
  };
}

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

  useActions([
    {
      ...COMMON,
      id: 'profiles.new',
      title: 'New profile',
      keys: ['N'],
      blocked: noCreate,
      run: () => set({ edit: 'new' }),
    },
    onChosen(
      shown,
      { id: 'profiles.edit', title: 'Edit the selected profile', keys: ['E'] },
      () => noUpdate,
      ({ id }) => set({ edit: id }),
    ),
    onChosen(
      shown,
      { id: 'profiles.toggle', title: 'Start or stop the selected profile', keys: ['S'] },
      (profile) => {
        if (startBlocked(profile) === null) return noStart;
        return stopBlocked(profile) === null ? noStop : startBlocked(profile);
      },
      (profile) => (startBlocked(profile) === null ? actions.start(profile) : actions.stop(profile)),
    ),
    onChosen(
      shown,
      { id: 'profiles.duplicate', title: 'Duplicate the selected profile, signed in', keys: ['D'] },
      (profile) => startBlocked(profile) ?? noClone,
      (profile) => actions.clone(profile),
    ),
    onChosen(
      shown,
      { id: 'profiles.delete', title: 'Delete the selected profile', keys: ['Delete'] },
      () => noDelete,
      (profile) => void actions.remove(profile, close),
    ),
    onChosen(
      shown,
      { id: 'profiles.copy', title: 'Copy id of the selected profile', keys: ['Mod+Shift+C'] },
      () => null,
      ({ id }) => void navigator.clipboard.writeText(id),
    ),
    { ...COMMON, id: 'profiles.close', title: 'Close the inspector', keys: ['Escape'], hidden: true, run: close },
  ]);
}
