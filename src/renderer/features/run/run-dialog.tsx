/** "Run a command": which one, as whom, with what. */
import { Modal, NumberInput, Select, TagsInput } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { Play } from 'lucide-react';
import { useState } from 'react';
import { PRIORITIES, type Priority } from '../../../contract/automation/tasks.ts';
import type { CommandId, JsonObject, ProfileId } from '../../../contract/kernel/scalars.ts';
import { useAct, useOperationQuery } from '../../lib/live/query.ts';
import { useCan } from '../../lib/use-can.ts';
import { Button } from '../../ui/buttons.tsx';
import { EntityPicker } from '../../ui/entity-picker/entity-picker.tsx';
import { ErrorState } from '../../ui/feedback/state-frame.tsx';
import { cleanInput, fieldsOf, initialInput } from './schema.ts';
import { SchemaForm } from './schema-form.tsx';

/** Props of {@link RunDialog}. */
export interface RunDialogProps {
  opened: boolean;
  close(): void;
  /** Command that is chosen already. */
  commandId?: CommandId;
  profileId?: ProfileId | undefined;
}

/** See the file's head. */
export function RunDialog(props: RunDialogProps) {
  return (
    <Modal opened={props.opened} onClose={props.close} title="Run a command" size={520}>
      <RunForm {...props} />
    </Modal>
  );
}

function RunForm({ close, commandId, profileId }: RunDialogProps) {
  const navigate = useNavigate();
  const blocked = useCan('tasks_create');
  const [chosen, setChosen] = useState<string | null>(commandId ?? null);
  const [profile, setProfile] = useState<string | null>(profileId ?? null);
  const [priority, setPriority] = useState<Priority>('normal');
  const [attempts, setAttempts] = useState<number | null>(null);
  const [labels, setLabels] = useState<string[]>([]);
  const [typed, setTyped] = useState<JsonObject | null>(null);
  const asked = useOperationQuery('commands_get', { id: chosen ?? '' }, { enabled: chosen !== null });
  const command = chosen === null ? undefined : asked.data;
  const fields = command === undefined ? [] : fieldsOf(command.input_schema, command.defaults);
  // What was typed stays when the command changes while the dialog is open; only another choice starts anew.
  const input = typed ?? initialInput(fields);
  const create = useAct('tasks_create', {
    onDone: (answer) => {
      close();
      if ('id' in answer) void navigate({ to: '/tasks/$id', params: { id: answer.id } });
    },
  });
  const missing =
    command === undefined
      ? chosen === null
        ? 'Choose a command'
        : 'The command is not loaded yet'
      : command.uses.profile && profile === null
        ? 'This command needs a profile'
        : null;
  const submit = () =>
    command &&
    create.mutate({
      command_id: command.id,
      input: cleanInput(fields, input),
      priority,
      labels,
      ...(profile === null ? {} : { profile_id: profile as ProfileId }),
      ...(attempts === null ? {} : { max_attempts: attempts }),
    });
  const errors = create.error?.errors ?? {};
  return (
    <form
      className="col"
      style={{ gap: 12 }}
      onSubmit={(event) => {
        event.preventDefault();
        if (missing === null && blocked === null) submit();
      }}
    >
      <EntityPicker
        of="commands"
        label="Command"
        autoFocus
        required
        value={chosen}
        onChange={(id) => {
          setChosen(id);
          setTyped(null);
        }}
      />
      <EntityPicker
        of="profiles"
        label="Profile"
        clearable
        required={command?.uses.profile ?? false}
        placeholder={command?.uses.profile ? 'Choose a profile' : 'None: a fresh browser'}
        value={profile}
        onChange={setProfile}
        error={errors.profile_id}
      />
      {asked.error === null ? null : <ErrorState inline error={asked.error} retry={asked.refetch} />}
      {command === undefined ? null : (
        <SchemaForm key={command.id} fields={fields} value={input} onChange={setTyped} errors={errors} />
      )}
      <details>
        <summary className="muted">Priority, attempts, labels</summary>
        <div className="two" style={{ marginTop: 8 }}>
          <Select
            label="Priority"
            data={[...PRIORITIES]}
            value={priority}
            onChange={(next) => setPriority((next ?? 'normal') as Priority)}
          />
          <NumberInput
            label="Attempts at most"
            placeholder={`${(command?.retry.max ?? 0) + 1}`}
            min={1}
            max={101}
            value={attempts ?? ''}
            onChange={(next) => setAttempts(next === '' ? null : Number(next))}
          />
        </div>
        <TagsInput label="Labels" value={labels} onChange={setLabels} maxTags={30} mt={8} />
      </details>
      {create.error === null ? null : <ErrorState inline error={create.error} />}
      <div className="row" style={{ justifyContent: 'flex-end' }}>
        <Button onClick={close}>Cancel</Button>
        <Button submit kind="primary" icon={<Play size={14} />} blocked={blocked ?? missing} busy={create.isPending}>
          Run
        </Button>
      </div>
    </form>
  );
}
