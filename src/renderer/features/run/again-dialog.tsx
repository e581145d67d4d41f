/** "Run again with another input": the form of the command, filled with what the task ran with. */
import { Modal } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { Play } from 'lucide-react';
import type { Task } from '../../../contract/automation/tasks.ts';
import type { JsonObject } from '../../../contract/kernel/scalars.ts';
import { fieldTexts } from '../../../contract/kernel/text/field-words.ts';
import { useAct, useOperationQuery } from '../../lib/live/query.ts';
import { useCan } from '../../lib/use-can.ts';
import { Button } from '../../ui/buttons.tsx';
import { ErrorState, StateFrame } from '../../ui/feedback/state-frame.tsx';
import { DialogForm } from '../../ui/form/dialog-form.tsx';
import { DraftNotice } from '../../ui/form/draft-notice.tsx';
import type { Field } from '../../ui/schema-form/model/field.ts';
import { fieldsOf, titlesOf } from '../../ui/schema-form/model/read-schema.ts';
import { cleanInput } from '../../ui/schema-form/model/values.ts';
import { textProblem } from '../../ui/schema-form/use-json-text.ts';
import text from '../../ui/styles/text.module.css';
import { InputForm } from './input-form.tsx';
import { useRunDraft } from './use-run-draft.ts';

/** The task whose input is edited. */
type Again = Pick<Task, 'id' | 'input' | 'command_id' | 'command_name'>;

/** A schema that an input fulfils: for a task whose spec brought none. */
const schemaLike = (input: JsonObject): JsonObject => ({
  type: 'object',
  properties: Object.fromEntries(
    Object.entries(input).map(([name, value]) => [name, typeof value === 'object' ? {} : { type: typeof value }]),
  ),
});

/** What is sent: a field of the earlier run that has been emptied is taken away, which a null says. */
function changedInput(fields: readonly Field[], input: JsonObject, earlier: JsonObject): JsonObject {
  const cleaned = cleanInput(fields, input);
  const emptied = Object.keys(earlier).filter((name) => name in input && !(name in cleaned));
  return { ...cleaned, ...Object.fromEntries(emptied.map((name) => [name, null])) };
}

/** Open while there is a task. */
export function AgainDialog({ task, close }: { task: Again | null; close(): void }) {
  return (
    <Modal opened={task !== null} onClose={close} title={`Run “${task?.command_name ?? ''}” again`} size={520}>
      {task === null ? null : task.command_id === null ? (
        <AgainForm task={task} schema={schemaLike(task.input)} close={close} />
      ) : (
        <OfCommand task={task} id={task.command_id} close={close} />
      )}
    </Modal>
  );
}

function OfCommand({ task, id, close }: { task: Again; id: string; close(): void }) {
  const query = useOperationQuery('commands_get', { id });
  return (
    <StateFrame of={query} skeleton={3}>
      {query.data === undefined ? null : <AgainForm task={task} schema={query.data.input_schema} close={close} />}
    </StateFrame>
  );
}

function AgainForm({ task, schema, close }: { task: Again; schema: JsonObject; close(): void }) {
  const navigate = useNavigate();
  const draft = useRunDraft(`again:${task.id}`, schema, {});
  const input = draft.input ?? task.input;
  const fields = fieldsOf(schema);
  const titles = titlesOf(fields, 'input');
  const retry = useAct('tasks_retry', {
    onDone: ({ id }) => {
      draft.drop();
      close();
      void navigate({ to: '/tasks/$id', params: { id } });
    },
  });
  const blocked = useCan('tasks_retry') ?? textProblem(draft.held);
  const submit = () => {
    if (blocked === null && !retry.isPending)
      retry.mutate({ id: task.id, input: changedInput(fields, input, task.input) });
  };
  return (
    <DialogForm
      submit={submit}
      error={retry.error}
      foot={
        <>
          <Button
            onClick={() => {
              draft.discard();
              close();
            }}
          >
            Cancel
          </Button>
          <Button submit kind="primary" icon={<Play size={14} />} blocked={blocked} busy={retry.isPending}>
            Run
          </Button>
        </>
      }
    >
      <DraftNotice form={draft.notice} />
      {fields.length === 0 ? null : <p className={text.muted}>The command runs as it is now, with this input.</p>}
      <InputForm
        fields={fields}
        value={input}
        onChange={draft.setInput}
        errors={fieldTexts(retry.error?.errors ?? {}, titles)}
        held={draft.held}
      />
      {retry.error === null ? null : <ErrorState inline error={retry.error} titles={titles} />}
    </DialogForm>
  );
}
