import { useRef } from 'react';
import { NO_DISPLAY_REASON } from '../../../contract/automation/no-display.ts';
import type { Profile } from '../../../contract/automation/profiles.ts';
import type { JsonObject } from '../../../contract/kernel/scalars.ts';
import { useClient } from '../../lib/client/context.tsx';
import { asError, type Input, useAct } from '../../lib/live/query.ts';
import { useBulk } from '../../ui/bulk/use-bulk.ts';
import { errorToast, toast, undoToast } from '../../ui/feedback/toast.tsx';
import type { Chosen } from '../../ui/table/navigation/use-selection.ts';

/** A profile, and what messages call it. */
type Named = Pick<Profile, 'id' | 'name'>;

/** Calls that act on profiles, with their notifications. */
export function useProfileActions() {
  const client = useClient();
  const failed = (what: string) => (error: unknown) => errorToast(what, asError(error));
  // The messages may come when the list shows something else.
  const names = useRef(new Map<string, string>());
  const titled = ({ id, name }: Named) => {
    names.current.set(id, name);
    return { id };
  };
  const start = useAct('profiles_start', {
    onError: (error, { id, headless }) =>
      errorToast(
        `Could not start the browser of “${names.current.get(id)}”`,
        error,
        error.extra.reason === NO_DISPLAY_REASON && !headless
          ? { label: 'Run headless', act: () => start.mutate({ id, headless: true }) }
          : undefined,
      ),
  });
  const stop = useAct('profiles_stop', {
    onError: (error, { id }) => errorToast(`Could not stop the browser of “${names.current.get(id)}”`, error),
  });
  const unlock = useAct('profiles_unlock', {
    onDone: (_profile, { id }) => toast(`“${names.current.get(id)}” unlocked`),
    onError: (error, { id }) => errorToast(`Could not unlock “${names.current.get(id)}”`, error),
  });
  const clone = useAct('profiles_clone', {
    onDone: ({ items }) => {
      const [copy] = items;
      if (copy !== undefined)
        undoToast(`“${copy.name}” made`, () =>
          client.call('profiles_delete', { id: copy.id }).catch(failed(`Could not delete “${copy.name}”`)),
        );
    },
    onError: (error, { id }) => errorToast(`Could not copy “${names.current.get(id)}”`, error),
  });
  return {
    busy: start.isPending || stop.isPending || unlock.isPending,
    start: (profile: Named) => start.mutate(titled(profile)),
    stop: (profile: Named, force = false) => stop.mutate({ ...titled(profile), force }),
    clone: (profile: Named) => clone.mutate(titled(profile)),
    unlock: (profile: Named) => unlock.mutate(titled(profile)),
    remove: (profile: Profile, done: () => void) =>
      client.call('profiles_delete', { id: profile.id }).then(
        () => {
          done();
          undoToast(`“${profile.name}” deleted`, () =>
            client.call('profiles_restore', { id: profile.id }).catch(failed(`Could not restore “${profile.name}”`)),
          );
        },
        failed(`Could not delete “${profile.name}”`),
      ),
  };
}

/** Verbs on many profiles of a list; `list` is its input. */
export function useProfilesBulk(list: Input<'profiles_list'>) {
  const bulk = useBulk('profiles_bulk', list);
  return {
    busy: bulk.busy,
    start: (chosen: Chosen, then: () => void) =>
      bulk.run(chosen, { action: 'start', done: 'started', doing: 'Starting' }, then),
    stop: (chosen: Chosen, then: () => void) =>
      bulk.run(chosen, { action: 'stop', done: 'stopped', doing: 'Stopping' }, then),
    words: bulk.words,
    change: (chosen: Chosen, input: JsonObject, then: () => void) =>
      bulk.run(chosen, { action: 'update', input, done: 'changed', doing: 'Changing' }, then),
    remove: (chosen: Chosen, then: () => void) =>
      bulk.run(chosen, { action: 'delete', done: 'deleted', doing: 'Deleting', undo: 'restore' }, then),
  };
}

/** Why a profile cannot be started, or `null`. */
export const startBlocked = (profile: Pick<Profile, 'state' | 'holder'>): string | null => {
  if (profile.state === 'stopped' || profile.state === 'crashed') return null;
  if (profile.state === 'locked') return 'Another program is using this profile';
  return profile.holder?.kind === 'task' ? 'A task is using this profile' : 'The browser is already open';
};

/** Why a profile cannot be stopped, or `null`. */
export const stopBlocked = (profile: Pick<Profile, 'state' | 'holder'>): string | null => {
  if (profile.state !== 'running' && profile.state !== 'starting') return 'The browser is not open';
  return profile.holder?.kind === 'task' ? 'A task is using this profile; cancel the task' : null;
};
