import { Unplug } from 'lucide-react';
import type { Connection } from '../../../contract/host/access.ts';
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

/** Live and recent connections. */
export function ConnectionList() {
  const query = useOperationQuery('connections_list', {});
  const blocked = useCan('connections_revoke');
  const revoke = useAct('connections_revoke', {
    onDone: () => toast('Connection closed'),
    onError: (error) => errorToast('Could not close the connection', error),
  });
  const columns: readonly Column<Connection>[] = [
    { id: 'state', title: 'State', width: 124, cell: (item) => <Status state={item.live ? 'live' : 'closed'} /> },
    { id: 'name', title: 'Name', cell: (item) => <span className={css.name}>{item.name}</span> },
    { id: 'kind', title: 'Kind', width: 100, cell: (item) => <span className={text.muted}>{item.kind}</span> },
    {
      id: 'origin',
      drop: 3,
      title: 'Origin',
      width: 200,
      cell: (item) => item.origin ?? <span className={text.faint}>–</span>,
    },
    { id: 'scopes', drop: 2, title: 'Scopes', width: 190, cell: (item) => item.scopes.join(', ') },
    {
      id: 'rtt',
      drop: 4,
      title: 'Round trip',
      width: 88,
      num: true,
      cell: (item) => (item.rtt_ms === null ? '–' : `${Math.round(item.rtt_ms)} ms`),
    },
    { id: 'since', drop: 1, title: 'Since', width: 100, cell: (item) => <Ago at={item.since} /> },
    {
      id: 'actions',
      title: '',
      width: 80,
      cell: (item) =>
        item.live ? (
          <Button small kind="danger" blocked={blocked} onClick={() => revoke.mutate({ id: item.id })}>
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
        <DataTable name="connections" label="Connections" rows={items} idOf={idOf} columns={columns} />
      )}
    </StateFrame>
  );
}
