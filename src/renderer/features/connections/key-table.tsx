import { modals } from '@mantine/modals';
import { KeyRound } from 'lucide-react';
import { useState } from 'react';
import type { ApiKey, keyRecord } from '../../../contract/host/access.ts';
import type { SortOf } from '../../../contract/kernel/sorts.ts';
import { ago } from '../../lib/format.ts';
import { useAct, usePages } from '../../lib/live/query.ts';
import { useCan } from '../../lib/use-can.ts';
import { Button } from '../../ui/buttons.tsx';
import { Ago } from '../../ui/display/ago.tsx';
import { EmptyState, StateFrame } from '../../ui/feedback/state-frame.tsx';
import { errorToast, toast } from '../../ui/feedback/toast.tsx';
import text from '../../ui/styles/text.module.css';
import type { Column } from '../../ui/table/columns/columns.ts';
import { DataTable } from '../../ui/table/data-table.tsx';
import css from './connections.module.css';

const idOf = (key: ApiKey) => key.id;

function Expiry({ apiKey }: { apiKey: ApiKey }) {
  if (apiKey.expires_at === null) return <span className={text.faint}>never</span>;
  return Date.parse(apiKey.expires_at) < Date.now() ? (
    <span className={text.bad}>expired</span>
  ) : (
    <Ago at={apiKey.expires_at} />
  );
}

/** What a key may and until when stays in the narrowest window; what leaves it is told again before the key is revoked. */
const COLUMNS: readonly Column<ApiKey, SortOf<typeof keyRecord>>[] = [
  {
    id: 'name',
    title: 'Name',
    width: 140,
    grow: 320,
    sort: 'name',
    cell: (key) => <span className={css.name}>{key.name}</span>,
  },
  {
    id: 'prefix',
    drop: 2,
    title: 'Key',
    width: 180,
    sort: 'prefix',
    cell: (key) => <code className={text.muted}>tak_{key.prefix}…</code>,
  },
  { id: 'scopes', title: 'Scopes', width: 100, grow: 180, sort: 'scopes', cell: (key) => key.scopes.join(', ') },
  { id: 'areas', title: 'Areas', sort: 'areas', cell: (key) => key.areas.join(', ') },
  {
    id: 'used',
    drop: 1,
    title: 'Last used',
    width: 100,
    sort: 'last_used_at',
    cell: (key) => <Ago at={key.last_used_at} />,
  },
  {
    id: 'expires',
    title: 'Expires',
    width: 100,
    sort: 'expires_at',
    cell: (key) => <Expiry apiKey={key} />,
  },
];

/** API keys. Revoking one cannot be undone, so it asks for confirmation. */
export function KeyTable({ onNew }: { onNew(): void }) {
  const [sort, setSort] = useState<string>();
  const list = usePages('keys_list', sort === undefined ? {} : { sort });
  const blocked = useCan('keys_delete');
  const revoke = useAct('keys_delete', {
    onDone: () => toast('Key revoked; its connections are closed'),
    onError: (error) => errorToast('Could not revoke the key', error),
  });
  const ask = (key: ApiKey) =>
    modals.openConfirmModal({
      title: `Revoke “${key.name}”?`,
      children: (
        <>
          <p>Programs that use this key lose access at once. This cannot be undone.</p>
          <p className={text.muted}>
            <code>tak_{key.prefix}…</code>,{' '}
            {key.last_used_at === null ? 'never used' : `last used ${ago(key.last_used_at, Date.now())}`}
          </p>
        </>
      ),
      labels: { confirm: 'Revoke', cancel: 'Keep' },
      confirmProps: { color: 'red', size: 'xs' },
      cancelProps: { size: 'xs' },
      onConfirm: () => revoke.mutate({ id: key.id }),
    });
  const columns: readonly Column<ApiKey, SortOf<typeof keyRecord>>[] = [
    ...COLUMNS,
    {
      id: 'actions',
      title: '',
      width: 90,
      unsorted: 'Buttons have no order',
      cell: (key) => (
        <Button small kind="danger" about={key.name} blocked={blocked} onClick={() => ask(key)}>
          Revoke
        </Button>
      ),
    },
  ];
  return (
    <StateFrame of={list} skeleton={5}>
      {list.rows.length === 0 ? (
        <EmptyState
          icon={<KeyRound size={24} />}
          title="No API keys yet"
          help="connections#api-keys"
          action={
            <Button kind="primary" action="keys.new" showKey blocked={blocked} onClick={onNew}>
              New API key
            </Button>
          }
        >
          A key lets a program on this computer use the API with the scopes and areas that you choose.
        </EmptyState>
      ) : (
        <DataTable
          name="keys"
          label="API keys"
          rows={list.rows}
          idOf={idOf}
          columns={columns}
          sort={sort}
          onSort={setSort}
          resetKey={sort ?? ''}
          loadMore={list.loadMore}
        />
      )}
    </StateFrame>
  );
}
