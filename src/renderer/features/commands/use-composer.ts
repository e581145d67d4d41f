import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { Command } from '../../../contract/automation/commands.ts';
import type { AppError } from '../../../contract/kernel/errors.ts';
import type { CommandId, JsonObject, ProfileId } from '../../../contract/kernel/scalars.ts';
import { useClient } from '../../lib/client/context.tsx';
import { asError, useAct } from '../../lib/live/query.ts';
import { errorToast, toast, undoToast } from '../../ui/feedback/toast.tsx';
import { cleanInput, fieldsOf, initialInput } from '../run/index.ts';
import { changedMembers, type Draft, draftFrom, draftOf, patchOf, useDrafts } from './draft.ts';
import { DEFAULT_TEMPLATE } from './templates.ts';

const BLANK: Draft = draftFrom(DEFAULT_TEMPLATE);

/** State and verbs of one composer. */
export function useComposer(id: string, command: Command | null) {
  const client = useClient();
  const navigate = useNavigate();
  const stored = useDrafts((state) => state.drafts[id]);
  const typed = useDrafts((state) => state.inputs[id]);
  const setDraft = useDrafts((state) => state.setDraft);
  const setInput = useDrafts((state) => state.setInput);
  const [profile, setProfile] = useState<string | null>(null);
  const [saving, setSaving] = useState(false);
  const [running, setRunning] = useState(false);
  const [error, setError] = useState<AppError | null>(null);
  // Editors keep their own text; a new generation makes them read the draft again.
  const [generation, setGeneration] = useState(0);
  const dry = useAct('commands_dry_run');

  const base = command === null ? null : draftOf(command);
  const draft = stored ?? base ?? BLANK;
  const changed = base === null || (stored !== undefined && changedMembers(base, stored).length > 0);
  const fields = fieldsOf(draft.input_schema, draft.defaults);
  const input = typed ?? initialInput(fields);

  const change = (patch: Partial<Draft>) => {
    const next = { ...draft, ...patch };
    setDraft(id, base !== null && changedMembers(base, next).length === 0 ? null : next);
  };
  const replace = (next: Draft) => {
    change(next);
    setGeneration((old) => old + 1);
  };
  const go = (to: string) => void navigate({ to: '/commands/$id', params: { id: to } });

  const store = async (): Promise<CommandId> => {
    if (command !== null) {
      if (changed) await client.call('commands_update', patchOf(command, draft));
      setDraft(id, null);
      return command.id;
    }
    const created = await client.call('commands_create', draft);
    setDraft(id, null);
    setInput(created.id, input);
    return created.id;
  };
  const guarded = async (work: () => Promise<void>, busy: (on: boolean) => void) => {
    busy(true);
    setError(null);
    try {
      await work();
    } catch (cause) {
      setError(asError(cause));
    } finally {
      busy(false);
    }
  };

  const save = () =>
    void guarded(async () => {
      const to = await store();
      toast('Saved');
      if (to !== id) go(to);
    }, setSaving);
  const run = () =>
    void guarded(async () => {
      const commandId = await store();
      const task = await client.call('tasks_create', {
        command_id: commandId,
        input: cleanInput(fields, input),
        ...(profile === null ? {} : { profile_id: profile as ProfileId }),
      });
      if ('id' in task) await navigate({ to: '/tasks/$id', params: { id: task.id } });
    }, setRunning);
  const dryRun = () =>
    dry.mutate({
      // A stored command brings the sealed defaults that the panel only knows masked.
      ...(command === null ? { defaults: draft.defaults } : { id: command.id }),
      kind: draft.kind,
      spec: draft.spec,
      input_schema: draft.input_schema,
      input: cleanInput(fields, input),
      ...(profile === null ? {} : { profile_id: profile as ProfileId }),
    });
  const duplicate = () => {
    setDraft('new', { ...draft, name: `${draft.name} copy`.slice(0, 100) });
    go('new');
  };
  const remove = () => {
    if (command === null) return;
    client.call('commands_delete', { id: command.id }).then(
      () => {
        setDraft(id, null);
        void navigate({ to: '/commands' });
        undoToast(`“${command.name}” deleted`, () =>
          client.call('commands_restore', { id: command.id }).then(
            () => go(command.id),
            (cause: unknown) => errorToast('Not restored', asError(cause)),
          ),
        );
      },
      (cause: unknown) => errorToast('Not deleted', asError(cause)),
    );
  };
  const discard = () => {
    const before = draft;
    setDraft(id, null);
    setGeneration((old) => old + 1);
    if (command === null) void navigate({ to: '/commands' });
    undoToast('Changes discarded', () => {
      setDraft(id, before);
      setGeneration((old) => old + 1);
      go(id);
    });
  };

  const errors: Record<string, string> = {
    ...Object.fromEntries((dry.data?.errors ?? []).map((item) => [item.path, item.message])),
    ...(error?.errors ?? {}),
  };
  return {
    draft,
    change,
    changed,
    replace,
    generation,
    fields,
    input,
    setInput: (next: JsonObject) => setInput(id, next),
    profile,
    setProfile,
    save,
    saving,
    run,
    running,
    dry,
    dryRun,
    duplicate,
    remove,
    discard,
    error,
    errors,
  };
}

/** What {@link useComposer} answers. */
export type ComposerState = ReturnType<typeof useComposer>;
