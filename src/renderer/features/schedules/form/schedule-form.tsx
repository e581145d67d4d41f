/** The dialog that creates and edits a schedule. */
import { TextInput } from '@mantine/core';
import type { Schedule } from '../../../../contract/automation/schedule/schedules.ts';
import type { JsonObject, ScheduleId } from '../../../../contract/kernel/scalars.ts';
import { fieldTexts, nameOf } from '../../../../contract/kernel/text/field-words.ts';
import { useDraftForm } from '../../../lib/drafts/use-draft-form.ts';
import { useAct, useOperationQuery } from '../../../lib/live/query.ts';
import { useCan } from '../../../lib/use-can.ts';
import { Button } from '../../../ui/buttons.tsx';
import { EntityPicker } from '../../../ui/entity-picker/entity-picker.tsx';
import { ErrorState, StateFrame } from '../../../ui/feedback/state-frame.tsx';
import { undoToast } from '../../../ui/feedback/toast.tsx';
import { DialogForm } from '../../../ui/form/dialog-form.tsx';
import { DraftNotice } from '../../../ui/form/draft-notice.tsx';
import { EditDialog } from '../../../ui/list/edit-dialog.tsx';
import { fieldsOf, titlesOf } from '../../../ui/schema-form/model/read-schema.ts';
import { cleanInput, initialInput } from '../../../ui/schema-form/model/values.ts';
import { textProblem } from '../../../ui/schema-form/use-json-text.ts';
import { InputForm, noProfileText, useRunDraft } from '../../run/index.ts';
import { MapFields } from './event-fields.tsx';
import { isEventKind } from './event-values.ts';
import { PolicyFields } from './policy-fields.tsx';
import { ProfilesField } from './profiles-field.tsx';
import {
  fieldErrors,
  inputOf,
  problemsOf,
  SCHEDULE_SHAPE,
  type ScheduleValues,
  triggerOf,
  valuesOf,
} from './schedule-values.ts';
import { TriggerFields } from './trigger-fields.tsx';

interface Ends {
  close(): void;
  created(id: ScheduleId): void;
}

/** @param props.id schedule to change, `new` for a new one, `null` while the dialog is closed */
export function ScheduleFormDialog({ id, ...ends }: { id: string | null } & Ends) {
  return (
    <EditDialog id={id} what="schedule" size={640} close={ends.close}>
      {(shown) =>
        shown === null ? <ScheduleForm schedule={null} {...ends} /> : <Existing id={shown as ScheduleId} {...ends} />
      }
    </EditDialog>
  );
}

function Existing({ id, ...ends }: { id: ScheduleId } & Ends) {
  const query = useOperationQuery('schedules_get', { id });
  return (
    <StateFrame of={query}>
      {query.data === undefined ? null : <ScheduleForm schedule={query.data} {...ends} />}
    </StateFrame>
  );
}

/** The command of the form, with what was typed as its input. */
function useCommandInput(schedule: Schedule | null, chosen: string | null) {
  const asked = useOperationQuery('commands_get', { id: chosen ?? '' }, { enabled: chosen !== null });
  const command = chosen === null ? undefined : asked.data;
  const isSame = schedule !== null && chosen === schedule.target.command_id;
  const fields =
    command === undefined ? [] : fieldsOf(command.input_schema, isSame ? schedule.input : command.defaults);
  const draft = useRunDraft(`schedule-input:${schedule?.id ?? 'new'}:${chosen}`, command?.input_schema ?? null, {});
  return { asked, command, fields, draft, input: draft.input ?? initialInput(fields) };
}

function ScheduleForm({ schedule, close, created }: { schedule: Schedule | null } & Ends) {
  const form = useDraftForm<ScheduleValues>(`schedule:${schedule?.id ?? 'new'}`, {
    initial: valuesOf(schedule),
    version: schedule?.version ?? null,
    shape: SCHEDULE_SHAPE,
  });
  const { asked, command, fields, draft, input } = useCommandInput(schedule, form.values.command);
  const titles = titlesOf(fields, 'input');
  const { error, errors, busy, blocked, submit } = useSave({
    ...{ form, schedule, close, created, titles },
    held: textProblem(draft.held),
    typed: () => cleanInput(fields, input),
    drop: draft.drop,
  });
  const cancel = () => {
    if (form.isChanged) undoToast('Changes discarded', form.drop());
    draft.discard();
    close();
  };
  const needsProfile = command?.uses.profile ?? false;
  return (
    <DialogForm
      submit={submit}
      error={error}
      foot={
        <>
          <Button onClick={cancel}>Cancel</Button>
          <Button submit kind="primary" blocked={blocked} busy={busy}>
            {schedule === null ? 'Create schedule' : 'Save'}
          </Button>
        </>
      }
    >
      <DraftNotice form={form} titleOf={nameOf} />
      <TextInput label="Name" withAsterisk data-autofocus {...form.input('name')} />
      <TriggerFields form={form} opened={schedule} />
      <EntityPicker of="commands" label="Command" required {...form.input('command')} />
      {asked.error === null ? null : <ErrorState inline error={asked.error} retry={asked.refetch} />}
      {command === undefined ? null : (
        <>
          <ProfilesField
            value={form.values.profiles}
            onChange={(profiles) => form.change({ profiles })}
            required={needsProfile}
            placeholder={noProfileText(command.kind, needsProfile)}
            error={form.errors.profiles}
          />
          {isEventKind(form.values.kind) ? <MapFields form={form} names={fields.map(({ name }) => name)} /> : null}
          <InputForm
            key={command.id}
            fields={fields}
            value={input}
            onChange={draft.setInput}
            errors={errors}
            held={draft.held}
          />
        </>
      )}
      <PolicyFields form={form} />
      {error === null ? null : <ErrorState inline error={error} titles={titles} />}
    </DialogForm>
  );
}

/** Creates the schedule, or saves the changes of one. */
function useSave({
  form,
  schedule,
  close,
  created,
  titles,
  held,
  typed,
  drop,
}: {
  form: ReturnType<typeof useDraftForm<ScheduleValues>>;
  schedule: Schedule | null;
  titles: ReturnType<typeof titlesOf>;
  held: string | null;
  typed(): JsonObject;
  drop(): void;
} & Ends) {
  const isUnsettled = form.conflicts.length > 0 ? 'Resolve the conflict first' : null;
  const blocked = useCan(schedule === null ? 'schedules_create' : 'schedules_update') ?? isUnsettled ?? held;
  const onError = (error: { errors: Record<string, string> | undefined }) =>
    form.setErrors(fieldErrors(fieldTexts(error.errors ?? {})));
  const done = (then: () => void) => {
    form.drop();
    drop();
    then();
  };
  const create = useAct('schedules_create', { onDone: ({ id }) => done(() => created(id)), onError });
  const update = useAct('schedules_update', { onDone: () => done(close), onError });
  const error = create.error ?? update.error;
  const busy = create.isPending || update.isPending;
  const submit = () => {
    if (busy || blocked !== null) return;
    const problems = problemsOf(form.values);
    form.setErrors(problems);
    const trigger = triggerOf(form.values, schedule);
    if (Object.keys(problems).length > 0 || trigger === null) return;
    const sent = { ...inputOf(form.values, trigger, schedule), input: typed() };
    if (schedule === null) create.mutate(sent);
    else update.mutate({ ...sent, id: schedule.id, version: form.version ?? schedule.version });
  };
  return { error, errors: fieldTexts(error?.errors ?? {}, titles), busy, blocked, submit };
}
