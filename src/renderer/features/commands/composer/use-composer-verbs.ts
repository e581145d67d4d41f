import { useNavigate } from '@tanstack/react-router';
import type { Command } from '../../../../contract/automation/commands.ts';
import { useClient } from '../../../lib/client/context.tsx';
import { useDrafts } from '../../../lib/drafts/drafts.ts';
import { useActions } from '../../../lib/keys/use-actions.ts';
import { asError } from '../../../lib/live/query.ts';
import { useCan } from '../../../lib/use-can.ts';
import { errorToast, undoToast } from '../../../ui/feedback/toast.tsx';
import { textProblem } from '../../../ui/schema-form/use-json-text.ts';
import { beginDraft } from '../draft.ts';
import type { ComposerState } from './use-composer.ts';

/** What the composer does with the command as a whole: copy it, delete it, give up its changes. */
function useLibraryVerbs(id: string, command: Command | null, { draft, drop }: ComposerState) {
  const client = useClient();
  const navigate = useNavigate();
  const show = (to: string) => void navigate({ to: '/commands/$id', params: { id: to } });
  const restore = (deleted: Command, bringBack: () => void) =>
    client.call('commands_restore', { id: deleted.id }).then(
      () => {
        bringBack();
        show(deleted.id);
      },
      (cause: unknown) => errorToast('Could not restore', asError(cause)),
    );
  return {
    duplicate() {
      show(beginDraft({ ...draft, name: `${draft.name.slice(0, 95)} copy` }));
    },
    remove() {
      if (command === null) return;
      client.call('commands_delete', { id: command.id }).then(
        () => {
          const bringBack = useDrafts.getState().drop(id);
          void navigate({ to: '/commands' });
          undoToast(`“${command.name}” deleted`, () => restore(command, bringBack));
        },
        (cause: unknown) => errorToast('Could not delete', asError(cause)),
      );
    },
    discard() {
      const bringBack = drop();
      if (command === null) void navigate({ to: '/commands' });
      undoToast('Changes discarded', () => {
        bringBack();
        show(id);
      });
    },
  };
}

/** Everything that can be done in a composer, why it cannot be done now, and its keys. `showDryRun` brings the result into view. */
export function useComposerVerbs(id: string, command: Command | null, composer: ComposerState, showDryRun: () => void) {
  const { changed, draft, conflicts, entry, save, run } = composer;
  const manage = useCan(command === null ? 'commands_create' : 'commands_update');
  const mayRun = useCan('tasks_create');
  const unready = textProblem(entry) ?? (conflicts.length > 0 ? 'Resolve the conflict first' : null);
  const blocked = {
    manage,
    dryRun: useCan('commands_dry_run') ?? textProblem(entry),
    save: manage ?? unready ?? (changed ? null : 'No changes to save'),
    run: mayRun ?? unready ?? (changed ? manage : null) ?? (draft.enabled ? null : 'The command is disabled'),
  };
  const library = useLibraryVerbs(id, command, composer);
  const dryRun = () => {
    composer.dryRun();
    showDryRun();
  };
  const common = { group: 'Command', layer: 'editor' } as const;
  const anywhere = { ...common, inFields: true } as const;
  useActions([
    { ...anywhere, id: 'composer.run', title: 'Run', keys: ['Mod+Enter'], blocked: blocked.run, run },
    { ...anywhere, id: 'composer.save', title: 'Save', keys: ['Mod+S'], blocked: blocked.save, run: save },
    {
      ...anywhere,
      id: 'composer.dry',
      title: 'Dry run',
      keys: ['Mod+Shift+Enter'],
      blocked: blocked.dryRun,
      run: dryRun,
    },
    { ...common, id: 'composer.duplicate', title: 'Duplicate', keys: ['D'], blocked: manage, run: library.duplicate },
    ...(command === null
      ? []
      : [
          { ...common, id: 'composer.delete', title: 'Delete', keys: ['Delete'], blocked: manage, run: library.remove },
        ]),
  ]);
  return { ...library, dryRun, blocked };
}

/** What {@link useComposerVerbs} answers. */
export type ComposerVerbs = ReturnType<typeof useComposerVerbs>;
