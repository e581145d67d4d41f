import type { Command } from '../../../../contract/automation/commands.ts';
import { useClient } from '../../../lib/client/context.tsx';
import { asError } from '../../../lib/live/query.ts';
import { useCan } from '../../../lib/use-can.ts';
import { errorToast, toast, undoToast } from '../../../ui/feedback/toast.tsx';
import { type Draft, draftOf } from '../draft.ts';

/** What can be done with an earlier version. `changed`: the editor has changes that are not saved. */
export function useVersionVerbs(command: Command, changed: boolean, load: (draft: Draft) => () => void) {
  const client = useClient();
  const noRead = useCan('commands_version_get');
  const noUpdate = useCan('commands_update');
  const draftAt = async (version: number) =>
    draftOf(await client.call('commands_version_get', { id: command.id, version }));
  const attempt = (what: string, work: Promise<void>) =>
    void work.catch((error: unknown) => errorToast(what, asError(error)));
  return {
    blocked: {
      load: noRead,
      restore: noRead ?? noUpdate ?? (changed ? 'Save or discard your changes first' : null),
    },
    /** Puts it into the editor; nothing is stored. */
    load: (version: number) =>
      attempt(
        'Could not load the version',
        draftAt(version).then((draft) => {
          const bringBack = load(draft);
          const done = `Version ${version} loaded into the editor. Save to make it current.`;
          if (changed) undoToast(done, bringBack);
          else toast(done);
        }),
      ),
    /** Stores it as the newest version. Secrets are masked in what was read: their values stay. */
    restore: (version: number) =>
      attempt(
        'Could not restore the version',
        draftAt(version).then(async ({ kind: _kind, ...fields }) => {
          const next = await client.call('commands_update', {
            id: command.id,
            version: command.version,
            restored_from: version,
            ...fields,
          });
          toast(`Version ${version} restored as version ${next.version}`);
        }),
      ),
  };
}
