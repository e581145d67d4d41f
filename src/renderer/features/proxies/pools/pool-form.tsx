/** The form of a pool. */
import { MultiSelect, NumberInput, Select, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { PoolCreate, type PoolPick, type ProxyPool } from '../../../../contract/automation/proxy/pools.ts';
import { fieldTexts } from '../../../../contract/kernel/text/field-words.ts';
import { issueText } from '../../../../contract/kernel/text/issue-text.ts';
import { type Input, useAct, useOperationQuery } from '../../../lib/live/query.ts';
import { useCan } from '../../../lib/use-can.ts';
import { Button } from '../../../ui/buttons.tsx';
import { ErrorState } from '../../../ui/feedback/state-frame.tsx';
import { DialogForm } from '../../../ui/form/dialog-form.tsx';
import { TagsField } from '../../../ui/form/tags-field.tsx';
import layout from '../../../ui/styles/layout.module.css';

const PICKS = [
  { value: 'least_used', label: 'The least used' },
  { value: 'fastest', label: 'The fastest' },
  { value: 'random', label: 'Any' },
];

type Values = Input<'pools_create'> & { proxy_ids: string[]; tags: string[]; pick: PoolPick };
type Errors = Record<string, string>;

const valuesOf = (pool: ProxyPool | null): Values => ({
  name: pool?.name ?? '',
  proxy_ids: pool?.proxy_ids ?? [],
  tags: pool?.tags ?? [],
  pick: pool?.pick ?? 'least_used',
  cooldown_seconds: pool?.cooldown_seconds ?? 300,
});

function errorsOf(values: Values): Errors {
  const errors: Errors = values.name.trim() === '' ? { name: 'Name is required' } : {};
  const parsed = PoolCreate.safeParse(values);
  for (const issue of parsed.error?.issues ?? []) errors[String(issue.path[0])] ??= issueText(issue);
  return errors;
}

export function PoolForm({ pool, close }: { pool: ProxyPool | null; close(): void }) {
  const [values, setValues] = useState(() => valuesOf(pool));
  const [errors, setErrors] = useState<Errors>({});
  const set = (change: Partial<Values>) => setValues((now) => ({ ...now, ...change }));
  const onError = (error: { errors: Errors | undefined }) => setErrors(fieldTexts(error.errors ?? {}));
  const create = useAct('pools_create', { onDone: close, onError });
  const update = useAct('pools_update', { onDone: close, onError });
  const error = create.error ?? update.error;
  const busy = create.isPending || update.isPending;
  const blocked = useCan(pool === null ? 'pools_create' : 'pools_update');
  const submit = () => {
    if (busy || blocked !== null) return;
    const found = errorsOf(values);
    setErrors(found);
    if (Object.keys(found).length > 0) return;
    if (pool === null) create.mutate(values);
    else update.mutate({ ...values, id: pool.id, version: pool.version });
  };
  return (
    <DialogForm
      submit={submit}
      error={error}
      foot={
        <>
          <Button onClick={close}>Back</Button>
          <Button submit kind="primary" blocked={blocked} busy={busy}>
            {pool === null ? 'Create pool' : 'Save'}
          </Button>
        </>
      }
    >
      <TextInput
        label="Name"
        withAsterisk
        data-autofocus
        value={values.name}
        error={errors.name}
        onChange={(event: FormEvent<HTMLInputElement>) => set({ name: event.currentTarget.value })}
      />
      <TagsField
        label="Tags"
        description="Every proxy with one of these tags belongs to the pool."
        maxTags={30}
        value={values.tags}
        onChange={(tags) => set({ tags })}
      />
      <Members chosen={values.proxy_ids} error={errors.proxy_ids} choose={(proxy_ids) => set({ proxy_ids })} />
      <div className={layout.two}>
        <Select
          label="A profile gets"
          data={PICKS}
          allowDeselect={false}
          value={values.pick}
          onChange={(pick) => set({ pick: (pick ?? 'least_used') as PoolPick })}
        />
        <NumberInput
          label="Rest after a failure"
          suffix=" s"
          min={0}
          max={86_400}
          value={values.cooldown_seconds ?? 300}
          error={errors.cooldown_seconds}
          onChange={(seconds) => set({ cooldown_seconds: seconds === '' ? 0 : Number(seconds) })}
        />
      </div>
      {error === null ? null : <ErrorState inline error={error} />}
    </DialogForm>
  );
}

/** Proxies by name; what is typed is looked for by the host. */
function Members(props: { chosen: string[]; error: string | undefined; choose(ids: string[]): void }) {
  const [typed, setTyped] = useState('');
  const found = useOperationQuery(
    'proxies_list',
    { sort: 'name', limit: 50, ...(typed.trim() === '' ? {} : { q: typed.trim() }) },
    { keep: true },
  );
  const own = useOperationQuery(
    'proxies_list',
    { id: props.chosen.slice(0, 200), limit: 200 },
    { keep: true, enabled: props.chosen.length > 0 },
  );
  const names = new Map(
    [...(own.data?.items ?? []), ...(found.data?.items ?? [])].map(({ id, name }) => [id as string, name]),
  );
  for (const id of props.chosen) if (!names.has(id)) names.set(id, 'Deleted proxy');
  return (
    <MultiSelect
      label="Proxies"
      placeholder={props.chosen.length === 0 ? 'none by name' : ''}
      searchable
      clearable
      maxValues={1000}
      data={[...names].map(([value, label]) => ({ value, label }))}
      // The host has looked for it already.
      filter={({ options }) => options}
      searchValue={typed}
      onSearchChange={setTyped}
      value={props.chosen}
      error={props.error}
      onChange={props.choose}
    />
  );
}
