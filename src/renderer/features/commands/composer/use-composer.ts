import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { Command } from '../../../../contract/automation/commands.ts';
import type { AppError } from '../../../../contract/kernel/errors.ts';
import type { CommandId, ProfileId } from '../../../../contract/kernel/scalars.ts';
import { useClient } from '../../../lib/client/context.tsx';
import { asError, useAct } from '../../../lib/live/query.ts';
import { toast } from '../../../ui/feedback/toast.tsx';
import { cleanInput } from '../../run/index.ts';
import { patchOf, useDrafts } from '../draft.ts';
import { useDraft } from '../use-draft.ts';

/** One composer: the draft, what it runs with, and saving, running and checking it. */
export function useComposer(id: string, command: Command | null) {
  const client = useClient();
  const navigate = useNavigate();
  const editing = useDraft(id, command);
  const { draft, changed, fields, input, drop } = editing;
  const setInput = useDrafts((state) => state.setInput);
  const [profile, setProfile] = useState<string | null>(null);
  const [busy, setBusy] = useState<'save' | 'run' | null>(null);
  const [error, setError] = useState<AppError | null>(null);
  const dry = useAct('commands_dry_run');

  const store = async (): Promise<CommandId> => {
    if (command !== null) {
      if (changed) await client.call('commands_update', patchOf(command, draft));
      drop();
      return command.id;
    }
    const created = await client.call('commands_create', draft);
    drop();
    setInput(created.id, input);
    return created.id;
  };
  /** Does one thing at a time: a key pressed twice must not store or run twice. */
  const during = async (what: 'save' | 'run', work: () => Promise<void>) => {
    if (busy !== null) return;
    setBusy(what);
    setError(null);
    try {
      await work();
    } catch (cause) {
      setError(asError(cause));
    } finally {
      setBusy(null);
    }
  };
  const runWith = {
    input: cleanInput(fields, input),
    ...(profile === null ? {} : { profile_id: profile as ProfileId }),
  };

  return {
    ...editing,
    profile,
    setProfile,
    busy,
    error,
    /** Messages by path: of the last dry run, and of the call that failed. */
    errors: {
      ...Object.fromEntries((dry.data?.errors ?? []).map((item) => [item.path, item.message])),
      ...error?.errors,
    } as Record<string, string>,
    save: () =>
      void during('save', async () => {
        const to = await store();
        toast('Saved');
        if (to !== id) await navigate({ to: '/commands/$id', params: { id: to } });
      }),
    /** Stores what has changed first: a task runs a stored version. */
    run: () =>
      void during('run', async () => {
        const task = await client.call('tasks_create', { command_id: await store(), ...runWith });
        if ('id' in task) await navigate({ to: '/tasks/$id', params: { id: task.id } });
      }),
    dry,
    dryRun: () =>
      dry.mutate({
        // A stored command brings the sealed defaults that the panel only knows masked.
        ...(command === null ? { defaults: draft.defaults } : { id: command.id }),
        kind: draft.kind,
        spec: draft.spec,
        input_schema: draft.input_schema,
        ...runWith,
      }),
  };
}

/** What {@link useComposer} answers. */
export type ComposerState = ReturnType<typeof useComposer>;
