import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { Command } from '../../../../contract/automation/commands.ts';
import type { AppError } from '../../../../contract/kernel/errors.ts';
import { fieldTexts } from '../../../../contract/kernel/field-words.ts';
import type { CommandId, JsonObject, ProfileId } from '../../../../contract/kernel/scalars.ts';
import { useClient } from '../../../lib/client/context.tsx';
import { NO_DRAFT, useDrafts } from '../../../lib/drafts/drafts.ts';
import { saved, storedAs } from '../../../lib/drafts/merge.ts';
import { asError, useAct } from '../../../lib/live/query.ts';
import { toast } from '../../../ui/feedback/toast.tsx';
import { titlesOf } from '../../../ui/schema-form/model/read-schema.ts';
import { cleanInput } from '../../../ui/schema-form/model/values.ts';
import { patchOf } from '../draft.ts';
import { keepDraft } from '../draft-storage.ts';
import { useDraft } from '../use-draft.ts';

/** Why the run of a command failed that was stored for it: shown at the address that the command has got. */
const failedRuns = new Map<string, AppError>();

/** Storing what is edited, for the first time or again. */
function useStoring(
  id: string,
  command: Command | null,
  { draft, changed, entry, alter }: ReturnType<typeof useDraft>,
) {
  const client = useClient();
  const navigate = useNavigate();
  /** What is typed while the save is under way stays an edit. */
  const store = async (): Promise<CommandId> => {
    if (command !== null) {
      if (!changed) return command.id;
      const patch = patchOf(command, entry);
      const answer = await client.call('commands_update', patch);
      const { id: _id, version: _version, ...sent } = patch;
      alter((now) => saved(now, sent as JsonObject, answer.version));
      return command.id;
    }
    const created = await client.call('commands_create', draft);
    const next = storedAs(
      useDrafts.getState().entries[id] ?? NO_DRAFT,
      { ...draft } as unknown as JsonObject,
      created.version,
    );
    keepDraft(created.id, next, draft.input_schema);
    return created.id;
  };
  /** To the address of a command that has just been stored for the first time. */
  const moveTo = async (to: CommandId) => {
    if (to === id) return;
    await navigate({ to: '/commands/$id', params: { id: to } });
    useDrafts.getState().drop(id);
  };
  return { store, moveTo };
}

/** One composer: the draft, what it runs with, and saving, running and checking it. */
export function useComposer(id: string, command: Command | null) {
  const client = useClient();
  const navigate = useNavigate();
  const [busy, setBusy] = useState<'save' | 'run' | null>(null);
  const editing = useDraft(id, command, busy !== null);
  const { draft, fields, input } = editing;
  const [profile, setProfile] = useState<string | null>(null);
  const [error, setError] = useState<AppError | null>(failedRuns.get(id) ?? null);
  const dry = useAct('commands_dry_run');

  const { store, moveTo } = useStoring(id, command, editing);
  /** Does one thing at a time: a key pressed twice must not store or run twice. */
  const during = async (what: 'save' | 'run', work: () => Promise<void>) => {
    if (busy !== null) return;
    setBusy(what);
    setError(null);
    failedRuns.delete(id);
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
    errors: fieldTexts(
      { ...Object.fromEntries((dry.data?.errors ?? []).map((item) => [item.path, item.message])), ...error?.errors },
      titlesOf(fields, 'input'),
    ),
    save: () =>
      void during('save', async () => {
        const to = await store();
        toast('Saved');
        await moveTo(to);
      }),
    /** Stores what has changed first: a task runs a stored version. */
    run: () =>
      void during('run', async () => {
        const to = await store();
        try {
          const task = await client.call('tasks_create', { command_id: to, ...runWith });
          if ('id' in task) await navigate({ to: '/tasks/$id', params: { id: task.id } });
          if (to !== id) useDrafts.getState().drop(id);
        } catch (cause) {
          if (to !== id) failedRuns.set(to, asError(cause));
          await moveTo(to);
          throw cause;
        }
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
