/** The dialog that creates and edits a proxy. */
import { NumberInput, PasswordInput, Select, Textarea, TextInput } from '@mantine/core';
import { useState } from 'react';
import { ProxyScheme, type ProxyServer } from '../../../contract/automation/proxies.ts';
import type { ProxyId } from '../../../contract/kernel/scalars.ts';
import { fieldTexts, nameOf } from '../../../contract/kernel/text/field-words.ts';
import { useDraftForm } from '../../lib/drafts/use-draft-form.ts';
import { useAct, useOperationQuery } from '../../lib/live/query.ts';
import { useCan } from '../../lib/use-can.ts';
import { Button } from '../../ui/buttons.tsx';
import { ErrorState, StateFrame } from '../../ui/feedback/state-frame.tsx';
import { undoToast } from '../../ui/feedback/toast.tsx';
import { DialogForm } from '../../ui/form/dialog-form.tsx';
import { DraftNotice } from '../../ui/form/draft-notice.tsx';
import { TagsField } from '../../ui/form/tags-field.tsx';
import { EditDialog } from '../../ui/list/edit-dialog.tsx';
import layout from '../../ui/styles/layout.module.css';
import css from './proxies.module.css';
import { fieldErrors, inputOf, PROXY_SHAPE, type ProxyValues, validateProxy, valuesOf } from './proxy-values.ts';

interface Ends {
  close(): void;
  created(id: ProxyId): void;
}

/** @param props.id proxy to change, `new` for a new one, `null` while the dialog is closed */
export function ProxyFormDialog({ id, ...ends }: { id: string | null } & Ends) {
  return (
    <EditDialog id={id} what="proxy" size={560} close={ends.close}>
      {(shown) =>
        shown === null ? <ProxyForm proxy={null} {...ends} /> : <Existing id={shown as ProxyId} {...ends} />
      }
    </EditDialog>
  );
}

function Existing({ id, ...ends }: { id: ProxyId } & Ends) {
  const query = useOperationQuery('proxies_get', { id });
  return (
    <StateFrame of={query}>{query.data === undefined ? null : <ProxyForm proxy={query.data} {...ends} />}</StateFrame>
  );
}

function ProxyForm({ proxy, close, created }: { proxy: ProxyServer | null } & Ends) {
  const form = useDraftForm<ProxyValues>(`proxy:${proxy?.id ?? 'new'}`, {
    initial: valuesOf(proxy),
    version: proxy?.version ?? null,
    shape: PROXY_SHAPE,
  });
  // A secret stays in memory.
  const [password, setPassword] = useState('');
  const isUnsettled = form.conflicts.length > 0 ? 'Resolve the conflict first' : null;
  const blocked = useCan(proxy === null ? 'proxies_create' : 'proxies_update') ?? isUnsettled;
  const onError = (error: { errors: Record<string, string> | undefined }) =>
    form.setErrors(fieldErrors(fieldTexts(error.errors ?? {})));
  const create = useAct('proxies_create', {
    onDone: ({ id }) => {
      form.drop();
      created(id);
    },
    onError,
  });
  const update = useAct('proxies_update', {
    onDone: () => {
      form.drop();
      close();
    },
    onError,
  });
  const error = create.error ?? update.error;
  const busy = create.isPending || update.isPending;
  const submit = () => {
    if (busy || blocked !== null) return;
    const errors = validateProxy(form.values, password);
    form.setErrors(errors);
    if (Object.keys(errors).length > 0) return;
    const input = inputOf(form.values, password);
    if (proxy === null) create.mutate(input);
    else update.mutate({ ...input, id: proxy.id, version: form.version ?? proxy.version });
  };
  const cancel = () => {
    if (form.isChanged) undoToast('Changes discarded', form.drop());
    close();
  };
  return (
    <DialogForm
      submit={submit}
      error={error}
      foot={
        <>
          <Button onClick={cancel}>Cancel</Button>
          <Button submit kind="primary" blocked={blocked} busy={busy}>
            {proxy === null ? 'Create proxy' : 'Save'}
          </Button>
        </>
      }
    >
      <DraftNotice form={form} titleOf={nameOf} />
      <Fields form={form} proxy={proxy} password={password} setPassword={setPassword} />
      {error === null ? null : <ErrorState inline error={error} />}
    </DialogForm>
  );
}

function Fields({
  form,
  proxy,
  password,
  setPassword,
}: {
  form: ReturnType<typeof useDraftForm<ProxyValues>>;
  proxy: ProxyServer | null;
  password: string;
  setPassword(value: string): void;
}) {
  return (
    <>
      <div className={css.address}>
        <Select label="Type" data={ProxyScheme.options} allowDeselect={false} {...form.input('scheme')} />
        <TextInput label="Host" withAsterisk data-autofocus placeholder="proxy.example.com" {...form.input('host')} />
        <NumberInput label="Port" withAsterisk min={1} max={65_535} {...form.input('port')} />
      </div>
      <div className={layout.two}>
        <TextInput label="User name" placeholder="none" autoComplete="off" {...form.input('username')} />
        <PasswordInput
          label="Password"
          autoComplete="new-password"
          placeholder={proxy?.has_password ? 'unchanged' : 'none'}
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
        <TextInput label="Name" placeholder="host:port" {...form.input('name')} />
        <TextInput label="Expires on" type="date" {...form.input('expires')} />
      </div>
      <TagsField label="Tags" maxTags={30} {...form.input('tags')} />
      <TextInput
        label="Refresh address"
        description="Address of the provider that changes the exit address when it is called."
        placeholder="https://…"
        {...form.input('refresh_url')}
      />
      <Textarea label="Notes" autosize minRows={2} maxRows={6} {...form.input('notes')} />
    </>
  );
}
