/** How a profile goes out: directly, by a proxy, or by one of a pool; and what happens when the exit does not fit. */
import { NumberInput, Select } from '@mantine/core';
import { useOperationQuery } from '../../../lib/live/query.ts';
import { EntityPicker } from '../../../ui/entity-picker/entity-picker.tsx';
import type { ProfileDraft } from '../profile-values.ts';

const RULES = [
  { value: 'failure', label: 'Until it fails' },
  { value: 'run', label: 'For one run' },
  { value: 'minutes', label: 'For some minutes' },
  { value: 'forever', label: 'For ever' },
];
const POLICIES = [
  { value: '', label: 'As in Settings' },
  { value: 'off', label: 'Say nothing' },
  { value: 'warn', label: 'Warn' },
  { value: 'block', label: 'Do not start without consent' },
];

export function WayOutFields({ form }: { form: ProfileDraft }) {
  const pools = useOperationQuery('pools_list', {});
  const names = (pools.data?.items ?? []).map(({ id, name }) => ({ value: id as string, label: name }));
  const { pool_id, proxy_id, sticky } = form.values;
  // One that was deleted is still shown, since the profile does not start without it.
  const known = pool_id === null || names.some(({ value }) => value === pool_id);
  const data = known ? names : [...names, { value: pool_id, label: 'Deleted pool' }];
  return (
    <>
      {/* One of the two: which would be taken could only be guessed. */}
      {pool_id === null ? (
        <EntityPicker
          of="proxies"
          label="Proxy"
          placeholder="none: goes out directly"
          clearable
          {...form.input('proxy_id')}
        />
      ) : null}
      {proxy_id === null && data.length > 0 ? (
        <Select label="Pool" placeholder="none" data={data} clearable {...form.input('pool_id')} />
      ) : null}
      {pool_id === null ? null : (
        <Select label="Keeps its proxy" data={RULES} allowDeselect={false} {...form.input('sticky')} />
      )}
      {pool_id === null || sticky !== 'minutes' ? null : (
        <NumberInput label="Minutes" min={1} max={525_600} {...form.input('sticky_minutes')} />
      )}
      {pool_id === null && proxy_id === null ? null : (
        <Select label="Exit that does not fit" data={POLICIES} allowDeselect={false} {...form.input('exit_policy')} />
      )}
    </>
  );
}
