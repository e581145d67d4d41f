import { useQueryClient } from '@tanstack/react-query';
import { useNavigate, useRouter } from '@tanstack/react-router';
import { useState } from 'react';
import type { Command } from '../../../../contract/automation/commands.ts';
import type { AppError } from '../../../../contract/kernel/errors.ts';
import type { CommandId, JsonObject, ProfileId } from '../../../../contract/kernel/scalars.ts';
import { fieldTexts } from '../../../../contract/kernel/text/field-words.ts';
import { useClient } from '../../../lib/client/context.tsx';
import { type DraftEntry, NO_DRAFT, useDrafts } from '../../../lib/drafts/drafts.ts';
import { saved, storedAs } from '../../../lib/drafts/merge.ts';
import { asError, keyOf, useAct } from '../../../lib/live/query.ts';
import { toast } from '../../../ui/feedback/toast.tsx';
import { titlesOf } from '../../../ui/schema-form/model/read-schema.ts';
import { cleanInput } from '../../../ui/schema-form/model/values.ts';
import { patchOf } from '../draft.ts';
import { keepDraft } from '../draft-storage.ts';
import { noteFirstSave } from '../first-saves.ts';
import { useDraft } from '../use-draft.ts';

/** The profile that is chosen to run a command with, which survives a reload. */
function profileOf(id: string, entries: Readonly<Record<string, DraftEntry>>): string | null {
  const chosen = entries[`with:${id}`]?.edits.profile;
  return typeof chosen === 'string' ? chosen : null;
}

function keepProfile(id: string, profile: string | null): void {
  const { put, drop } = useDrafts.getState();
  const entry = { ...NO_DRAFT, edits: { profile } };
  if (profile === null) drop(`with:${id}`);
  else put(`with:${id}`, entry, entry);
}

/** Storing what is edited, for the first time or again. */
function useStoring(
  id: string,
  command: Command | null,
  { draft, changed, entry, alter }: ReturnType<typeof useDraft>,
) {
  const client = useClient();
  const queries = useQueryClient();
  const router = useRouter();
  /** The command of a draft from now on; nothing can be typed between these steps. */
  const become = (created: Command) => {
    const { entries, drop } = useDrafts.getState();
    const next = storedAs(entries[id] ?? NO_DRAFT, { ...draft } as unknown as JsonObject, created.version);
    queries.setQueryData(keyOf('commands_get', { id: created.id }), created);
    keepDraft(created.id, next, draft.input_schema);
    noteFirstSave(id, created.id);
    drop(id);
    keepProfile(created.id, profileOf(id, entries));
    keepProfile(id, null);
    // Somebody who has opened another screen meanwhile stays there.
    if (router.state.location.pathname === `/commands/${id}`)
      void router.navigate({ to: '/commands/$id', params: { id: created.id }, replace: true });
  };
  /** What is typed while the save is under way stays an edit. */
  return async (): Promise<CommandId> => {
    if (command === null) {
      const created = await client.call('commands_create', draft);
      become(created);
      return created.id;
    }
    if (!changed) return command.id;
    const patch = patchOf(command, entry);
    const answer = await client.call('commands_update', patch);
    const { id: _id, version: _version, ...sent } = patch;
    alter((now) => saved(now, sent as JsonObject, answer.version));
    return command.id;
  };
}

/** One composer: the draft, what it runs with, and saving, running and checking it. */
export function useComposer(id: string, command: Command | null) {
  const client = useClient();
  const navigate = useNavigate();
  const [busy, setBusy] = useState<'save' | 'run' | null>(null);
  const editing = useDraft(id, command, busy !== null);
  const { draft, fields, input } = editing;
  const profile = useDrafts(({ entries }) => profileOf(id, entries));
  const [failure, setFailure] = useState<{ of: 'save' | 'run'; error: AppError } | null>(null);
  const error = failure?.error ?? null;
  const dry = useAct('commands_dry_run');

  const store = useStoring(id, command, editing);
  /** Does one thing at a time: a key pressed twice must not store or run twice. */
  const during = async (what: 'save' | 'run', work: () => Promise<void>) => {
    if (busy !== null) return;
    setBusy(what);
    setFailure(null);
    try {
      await work();
    } catch (cause) {
      setFailure({ of: what, error: asError(cause) });
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
    setProfile: (chosen: string | null) => keepProfile(id, chosen),
    busy,
    error,
    /** The error, when it was the run that failed. */
    runError: failure?.of === 'run' ? error : null,
    /** Messages by path: of the last dry run, and of the call that failed. */
    errors: fieldTexts(
      { ...Object.fromEntries((dry.data?.errors ?? []).map((item) => [item.path, item.message])), ...error?.errors },
      titlesOf(fields, 'input'),
    ),
    save: () =>
      void during('save', async () => {
        await store();
        toast('Saved');
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
