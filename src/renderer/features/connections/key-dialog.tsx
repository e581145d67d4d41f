import { Checkbox, Modal, NumberInput, Select, TextInput } from '@mantine/core';
import { z } from 'zod';
import { ENTITY_AREAS } from '../../../contract/entities.ts';
import { KEY_AREAS } from '../../../contract/host/settings.ts';
import { SCOPES, type Scope } from '../../../contract/kernel/define.ts';
import { scopesUpTo } from '../../../contract/kernel/rights.ts';
import { fieldText } from '../../../contract/kernel/text/field-words.ts';
import { useDraftForm } from '../../lib/drafts/use-draft-form.ts';
import { useAct } from '../../lib/live/query.ts';
import { useCan } from '../../lib/use-can.ts';
import { Button } from '../../ui/buttons.tsx';
import { ErrorState } from '../../ui/feedback/state-frame.tsx';
import { undoToast } from '../../ui/feedback/toast.tsx';
import { DialogForm } from '../../ui/form/dialog-form.tsx';
import { DraftNotice } from '../../ui/form/draft-notice.tsx';
import { ShownOnce } from '../../ui/shown-once.tsx';
import layout from '../../ui/styles/layout.module.css';
import css from './connections.module.css';

const DAY = 86_400_000;
const LIFETIMES = [
  { value: '30', label: '30 days' },
  { value: '90', label: '90 days' },
  { value: '365', label: 'One year' },
  { value: '', label: 'Never expires' },
];
const SCOPE_TEXT: Record<Scope, string> = {
  read: 'view everything in the areas',
  run: 'run commands and start browsers',
  manage: 'create, change and delete',
  admin: 'change settings, keys and backups',
};
const AREA_TEXT: Record<string, string> = {
  models: 'models, chat, embeddings, downloads, sessions',
  automation: 'profiles, commands, tasks',
  host: 'settings, keys, logs, backups',
};

/** What the form starts with. */
type NewKey = { name: string; scope: Scope; areas: string[]; days: string; rate: number };
const NEW_KEY: NewKey = {
  name: '',
  scope: 'run',
  areas: KEY_AREAS.filter((area) => ENTITY_AREAS.has(area)),
  days: '90',
  rate: 1,
};

const NEW_KEY_SHAPE = {
  name: z.string(),
  scope: z.enum(SCOPES),
  areas: z.array(z.string()),
  days: z.string(),
  rate: z.number(),
};

/** Creates an API key and shows it once. */
export function KeyDialog({ opened, close }: { opened: boolean; close(): void }) {
  const create = useAct('keys_create');
  const done = () => {
    close();
    create.reset();
  };
  return (
    <Modal
      opened={opened}
      onClose={done}
      title={create.data === undefined ? 'New API key' : 'Your new key'}
      size={520}
      closeOnClickOutside={create.data === undefined}
    >
      {create.data === undefined ? (
        <KeyForm create={create} close={done} />
      ) : (
        <ShownOnce
          value={create.data.key}
          what="key"
          warning="Copy the key now. It is shown only this once; TabAgent keeps a hash of it."
          done={done}
        />
      )}
    </Modal>
  );
}

function KeyForm({ create, close }: { create: ReturnType<typeof useAct<'keys_create'>>; close(): void }) {
  const form = useDraftForm('key:new', { initial: NEW_KEY, version: null, shape: NEW_KEY_SHAPE });
  const { name, scope, areas, days, rate } = form.values;
  const blocked = useCan('keys_create');
  const missing =
    blocked ?? (name.trim() === '' ? 'Name is required' : areas.length === 0 ? 'Choose at least one area' : null);
  const submit = () => {
    if (missing !== null || create.isPending) return;
    create.mutate(
      {
        name,
        scopes: scopesUpTo(scope),
        areas: KEY_AREAS.filter((area) => areas.includes(area)),
        rate_multiplier: rate,
        expires_at: days === '' ? null : new Date(Date.now() + Number(days) * DAY).toISOString(),
      },
      { onSuccess: form.drop },
    );
  };
  const cancel = () => {
    if (form.isChanged) undoToast('Changes discarded', form.drop());
    close();
  };
  return (
    <DialogForm
      submit={submit}
      error={create.error}
      foot={
        <>
          <Button onClick={cancel}>Cancel</Button>
          <Button submit kind="primary" blocked={missing} busy={create.isPending}>
            Create key
          </Button>
        </>
      }
    >
      <DraftNotice form={form} />
      <TextInput
        label="Name"
        description="The program that will use it"
        data-autofocus
        withAsterisk
        maxLength={100}
        value={name}
        error={create.error?.errors?.name && fieldText('name', create.error.errors.name)}
        onChange={(event) => form.change({ name: event.currentTarget.value })}
      />
      <Select
        label="Scope"
        data={SCOPES.map((item) => ({ value: item, label: `${item} – ${SCOPE_TEXT[item]}` }))}
        value={scope}
        onChange={(next) => form.change({ scope: (next ?? 'read') as Scope })}
      />
      <Checkbox.Group label="Areas" value={areas} onChange={(next) => form.change({ areas: next })}>
        <div className={`${layout.col} ${css.choices}`}>
          {KEY_AREAS.map((area) => (
            <Checkbox key={area} value={area} label={`${area} – ${AREA_TEXT[area] ?? ''}`} />
          ))}
        </div>
      </Checkbox.Group>
      <div className={layout.two}>
        <Select label="Lifetime" data={LIFETIMES} value={days} onChange={(next) => form.change({ days: next ?? '' })} />
        <NumberInput
          label="Rate limit multiplier"
          min={0.1}
          max={100}
          step={0.5}
          value={rate}
          onChange={(next) => next !== '' && form.change({ rate: Number(next) })}
        />
      </div>
      {create.error === null ? null : <ErrorState inline error={create.error} />}
    </DialogForm>
  );
}
