import { Unplug } from 'lucide-react';
import { useState } from 'react';
import type { Connection, connectionOrder } from '../../../contract/host/access.ts';
import type { SortOf } from '../../../contract/kernel/sorts.ts';
import { useAct, useOperationQuery } from '../../lib/live/query.ts';
import { useCan } from '../../lib/use-can.ts';
import { Button } from '../../ui/buttons.tsx';
import { Ago } from '../../ui/display/ago.tsx';
import { Status } from '../../ui/display/status.tsx';
import { EmptyState, StateFrame } from '../../ui/feedback/state-frame.tsx';
import { errorToast, toast } from '../../ui/feedback/toast.tsx';
import text from '../../ui/styles/text.module.css';
import type { Column } from '../../ui/table/columns/columns.ts';
import { DataTable } from '../../ui/table/data-table.tsx';
import css from './connections.module.css';

const idOf = (connection: Connection) => connection.id;

const COLUMNS: readonly Column<Connection, SortOf<typeof connectionOrder>>[] = [
  {
    id: 'state',
    title: 'State',
    width: 124,
    unsorted: 'Not sortable: every connection in the list is live',
    cell: (item) => <Status state={item.live ? 'live' : 'closed'} />,
  },
  { id: 'name', title: 'Name', sort: 'name', cell: (item) => <span className={css.name}>{item.name}</span> },
  {
    id: 'kind',
    title: 'Kind',
    width: 100,
    sort: 'kind',
    cell: (item) => <span className={text.muted}>{item.kind}</span>,
  },
  {
    id: 'origin',
    drop: 3,
    title: 'Origin',
    width: 200,
    sort: 'origin',
    cell: (item) => item.origin ?? <span className={text.faint}>–</span>,
  },
  { id: 'scopes', drop: 2, title: 'Scopes', width: 190, sort: 'scopes', cell: (item) => item.scopes.join(', ') },
  {
    id: 'rtt',
    drop: 4,
    title: 'Round trip',
    width: 88,
    num: true,
    sort: 'rtt_ms',
    cell: (item) => (item.rtt_ms === null ? '–' : `${Math.round(item.rtt_ms)} ms`),
  },
  { id: 'since', drop: 1, title: 'Since', width: 100, sort: 'since', cell: (item) => <Ago at={item.since} /> },
];

/** Live and recent connections. */
export function ConnectionList() {
  const [sort, setSort] = useState<string>();
  const query = useOperationQuery('connections_list', sort === undefined ? {} : { sort });
  const blocked = useCan('connections_revoke');
  const revoke = useAct('connections_revoke', {
    onDone: () => toast('Connection closed'),
    onError: (error) => errorToast('Could not close the connection', error),
  });
  const columns: readonly Column<Connection, SortOf<typeof connectionOrder>>[] = [
    ...COLUMNS,
    {
      id: 'actions',
      title: '',
      width: 80,
      unsorted: 'Buttons have no order',
      cell: (item) =>
        item.live ? (
          <Button
            small
            kind="danger"
            about={item.name}
            blocked={blocked}
            onClick={() => revoke.mutate({ id: item.id })}
          >
            Close
          </Button>
        ) : null,
    },
  ];
  const items = query.data?.items ?? [];
  return (
    <StateFrame of={query} skeleton={4}>
      {items.length === 0 ? (
        <EmptyState icon={<Unplug size={24} />} title="No connections" help="connections#connected-now" />
      ) : (
        <DataTable
          name="connections"
          label="Connections"
          rows={items}
          idOf={idOf}
          columns={columns}
          sort={sort}
          onSort={setSort}
          resetKey={sort ?? ''}
        />
      )}
    </StateFrame>
  );
}
