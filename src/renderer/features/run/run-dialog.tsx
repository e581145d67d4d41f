/** "Run a command": which one, as whom, with what. */
import { Modal, NumberInput, Select } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { Play } from 'lucide-react';
import { useState } from 'react';
import { z } from 'zod';
import type { Command } from '../../../contract/automation/commands.ts';
import { commandKinds } from '../../../contract/automation/kinds/index.ts';
import { PRIORITIES, type Priority } from '../../../contract/automation/tasks.ts';
import type { CommandId, ProfileId, ProxyId } from '../../../contract/kernel/scalars.ts';
import { fieldTexts } from '../../../contract/kernel/text/field-words.ts';
import { useDrafts } from '../../lib/drafts/drafts.ts';
import type { Shape } from '../../lib/drafts/fitting.ts';
import { count, plural } from '../../lib/format.ts';
import { useAct, useOperationQuery } from '../../lib/live/query.ts';
import { useCan } from '../../lib/use-can.ts';
import { Button } from '../../ui/buttons.tsx';
import { EntityPicker } from '../../ui/entity-picker/entity-picker.tsx';
import { ErrorState } from '../../ui/feedback/state-frame.tsx';
import { DialogForm } from '../../ui/form/dialog-form.tsx';
import { DraftNotice } from '../../ui/form/draft-notice.tsx';
import { TagsField } from '../../ui/form/tags-field.tsx';
import { fieldsOf, titlesOf } from '../../ui/schema-form/model/read-schema.ts';
import { cleanInput, initialInput } from '../../ui/schema-form/model/values.ts';
import { textProblem } from '../../ui/schema-form/use-json-text.ts';
import layout from '../../ui/styles/layout.module.css';
import text from '../../ui/styles/text.module.css';
import { InputForm } from './input-form.tsx';
import { noProfileText } from './profile-text.ts';
import css from './run.module.css';
import { useRunDraft } from './use-run-draft.ts';

export interface RunDialogProps {
  opened: boolean;
  close(): void;
  /** Command that is chosen already. */
  commandId?: CommandId;
  profileId?: ProfileId | undefined;
  /** Profiles that are chosen already: one task is made with each. */
  profileIds?: readonly ProfileId[];
}

export function RunDialog(props: RunDialogProps) {
  return (
    <Modal opened={props.opened} onClose={props.close} title="Run a command" size={520}>
      <RunForm {...props} />
    </Modal>
  );
}

/** What a task may be told beside its input. */
type Extras = {
  priority: Priority;
  /** `null`: as the command's retry policy says. */
  attempts: number | null;
  labels: string[];
  /** `null`: as the profile says. */
  proxy: string | null;
};

const NO_EXTRAS: Extras = { priority: 'normal', attempts: null, labels: [], proxy: null };

/** What is chosen in the dialog. */
type Choice = Extras & { command: string | null; profile: string | null };

/** What a draft of the choice can hold. */
const CHOICE_SHAPE: Shape<Choice> = {
  priority: z.enum(PRIORITIES),
  attempts: z.number().nullable(),
  labels: z.array(z.string()),
  proxy: z.string().nullable(),
  command: z.string().nullable(),
  profile: z.string().nullable(),
};

/** Most profiles of one batch, which is made as a whole or not at all. */
const MOST_AT_ONCE = 1000;

/** @param made profiles that have their task already */
function amountText(profiles: number, made: number): string {
  if (made > 0) return `${count(made)} of ${plural(profiles, 'task')} made. Run goes on with the rest.`;
  const batches = Math.ceil(profiles / MOST_AT_ONCE);
  const each = `One task with each of ${plural(profiles, 'profile')}`;
  return batches === 1 ? each : `${each}, in ${batches} batches of up to ${count(MOST_AT_ONCE)}`;
}

const opensBrowser = ({ kind }: Command): boolean => commandKinds[kind].needsBrowser;

/** Why the task cannot be sent yet, or `null`. */
function missingFor(chosen: string | null, command: Command | undefined, profile: string | null): string | null {
  if (chosen === null) return 'Choose a command';
  if (command === undefined) return 'The command is still loading';
  return command.uses.profile && profile === null ? 'Choose a profile' : null;
}

/** The command that is chosen, the input typed for it, and the call that makes a task of them. */
function useRun({ close, commandId, profileId, profileIds }: RunDialogProps) {
  const navigate = useNavigate();
  const key = `run:${commandId ?? profileId ?? (profileIds === undefined ? 'any' : 'profiles')}`;
  const kept = useDrafts((state) => state.entries[key]?.edits.command);
  const chosen = typeof kept === 'string' ? kept : (commandId ?? null);
  const asked = useOperationQuery('commands_get', { id: chosen ?? '' }, { enabled: chosen !== null });
  const command = chosen === null ? undefined : asked.data;
  const fields = command === undefined ? [] : fieldsOf(command.input_schema, command.defaults);
  const draft = useRunDraft(key, command?.input_schema ?? null, CHOICE_SHAPE);
  const choice: Choice = {
    ...NO_EXTRAS,
    command: chosen,
    profile: profileId ?? null,
    ...(draft.chosen as Partial<Choice>),
  };
  const { profile, command: _chosen, ...extras } = choice;
  // What was typed stays when the command changes while the dialog is open; only another choice starts anew.
  const input = draft.input ?? initialInput(fields);
  // Profiles that tasks were made with already, in batches before the one that is on its way.
  const [made, setMade] = useState(0);
  const next = profileIds?.slice(made, made + MOST_AT_ONCE);
  const create = useAct('tasks_create', {
    onDone: (answer, sent) => {
      const last = sent.profile_ids?.at(-1);
      const all = profileIds === undefined || last === undefined ? 0 : profileIds.indexOf(last as ProfileId) + 1;
      if (profileIds !== undefined && all < profileIds.length) {
        setMade(all);
        create.mutate({ ...sent, profile_ids: profileIds.slice(all, all + MOST_AT_ONCE) });
        return;
      }
      draft.drop();
      close();
      if ('id' in answer) void navigate({ to: '/tasks/$id', params: { id: answer.id } });
      else if (all <= MOST_AT_ONCE) void navigate({ to: '/tasks', search: { batch: answer.batch_id } as never });
      else void navigate({ to: '/tasks', search: { command: sent.command_id } as never });
    },
  });
  const blocked =
    useCan('tasks_create') ?? missingFor(chosen, command, profileIds?.[0] ?? profile) ?? textProblem(draft.held);
  const submit = () => {
    if (command === undefined || blocked !== null || create.isPending) return;
    create.mutate({
      command_id: command.id,
      input: cleanInput(fields, input),
      priority: extras.priority,
      labels: extras.labels,
      ...(profileIds === undefined
        ? profile === null
          ? {}
          : { profile_id: profile as ProfileId }
        : { profile_ids: [...(next ?? [])] }),
      ...(extras.attempts === null ? {} : { max_attempts: extras.attempts }),
      ...(extras.proxy === null || !opensBrowser(command) ? {} : { proxy_id: extras.proxy as ProxyId }),
    });
  };
  return {
    draft,
    chosen,
    choose: (id: string | null) => draft.startOver({ command: id }),
    asked,
    command,
    fields,
    input,
    profile,
    extras,
    create,
    made,
    blocked,
    submit,
  };
}

function RunForm(props: RunDialogProps) {
  const run = useRun(props);
  const { asked, command, create } = run;
  const titles = titlesOf(run.fields, 'input');
  const errors = fieldTexts(create.error?.errors ?? {}, titles);
  const needsProfile = command?.uses.profile ?? false;
  return (
    <DialogForm
      submit={run.submit}
      error={create.error}
      foot={
        <>
          <Button
            onClick={() => {
              run.draft.discard();
              props.close();
            }}
          >
            Cancel
          </Button>
          <Button submit kind="primary" icon={<Play size={14} />} blocked={run.blocked} busy={create.isPending}>
            Run
          </Button>
        </>
      }
    >
      <DraftNotice form={run.draft.notice} />
      <EntityPicker of="commands" label="Command" autoFocus required value={run.chosen} onChange={run.choose} />
      {props.profileIds === undefined ? (
        <EntityPicker
          of="profiles"
          label="Profile"
          clearable
          required={needsProfile}
          placeholder={noProfileText(command?.kind, needsProfile)}
          value={run.profile}
          onChange={(profile) => run.draft.choose({ profile })}
          error={errors.profile_id}
        />
      ) : (
        <p className={text.muted}>{amountText(props.profileIds.length, run.made)}</p>
      )}
      {asked.error === null ? null : <ErrorState inline error={asked.error} retry={asked.refetch} />}
      {command === undefined ? null : (
        <InputForm
          key={command.id}
          fields={run.fields}
          value={run.input}
          onChange={run.draft.setInput}
          errors={errors}
          held={run.draft.held}
        />
      )}
      <ExtraFields
        value={run.extras}
        onChange={(extras) => run.draft.choose(extras)}
        hasBrowser={command !== undefined && opensBrowser(command)}
        errors={errors}
        attempts={(command?.retry.max ?? 0) + 1}
      />
      {create.error === null ? null : <ErrorState inline error={create.error} titles={titles} />}
    </DialogForm>
  );
}

/** @param attempts how many the command's own policy allows */
function ExtraFields({
  value,
  onChange,
  attempts,
  hasBrowser,
  errors,
}: {
  value: Extras;
  onChange(value: Extras): void;
  attempts: number;
  hasBrowser: boolean;
  errors: Readonly<Record<string, string>>;
}) {
  return (
    <details>
      <summary className={text.muted}>{`${hasBrowser ? 'Proxy, priority' : 'Priority'}, attempts, labels`}</summary>
      {hasBrowser ? (
        <div className={css.below}>
          <EntityPicker
            of="proxies"
            label="Proxy"
            clearable
            placeholder="As the profile says"
            value={value.proxy}
            onChange={(proxy) => onChange({ ...value, proxy })}
            error={errors.proxy_id}
          />
        </div>
      ) : null}
      <div className={`${layout.two} ${css.below}`}>
        <Select
          label="Priority"
          data={[...PRIORITIES]}
          value={value.priority}
          onChange={(next) => onChange({ ...value, priority: (next ?? 'normal') as Priority })}
        />
        <NumberInput
          label="Max attempts"
          placeholder={`${attempts}`}
          min={1}
          max={101}
          value={value.attempts ?? ''}
          onChange={(next) => onChange({ ...value, attempts: next === '' ? null : Number(next) })}
        />
      </div>
      <TagsField
        label="Labels"
        value={value.labels}
        onChange={(labels) => onChange({ ...value, labels })}
        maxTags={30}
        mt={8}
      />
    </details>
  );
}
