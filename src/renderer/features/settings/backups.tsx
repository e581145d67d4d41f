import { bytes, dateTime, shortId } from '../../lib/format.ts';
import { useAct, useOperationQuery } from '../../lib/live/query.ts';
import { useCan } from '../../lib/use-can.ts';
import { Button } from '../../ui/buttons.tsx';
import { Card } from '../../ui/display/card.tsx';
import { HelpLink, StateFrame } from '../../ui/feedback/state-frame.tsx';
import { errorToast, toast } from '../../ui/feedback/toast.tsx';
import layout from '../../ui/styles/layout.module.css';
import text from '../../ui/styles/text.module.css';
import { StaticTable } from '../../ui/table/static-table.tsx';
import css from './backups.module.css';

/** Backups of the database. */
export function Backups() {
  const query = useOperationQuery('backups_list', { limit: 50 });
  const blocked = useCan('backups_create');
  const create = useAct('backups_create', {
    onDone: () => toast('Backup created'),
    onError: (error) => errorToast('Could not create the backup', error),
  });
  const items = query.data?.items ?? [];
  return (
    <Card
      label="Backups"
      head={
        <>
          <h2 className={layout.grow}>Backups</h2>
          <Button small blocked={blocked} busy={create.isPending} onClick={() => create.mutate({ wait: true })}>
            Back up now
          </Button>
        </>
      }
    >
      <StateFrame of={query} skeleton={2}>
        {items.length === 0 ? (
          <p className={`${text.muted} ${css.none}`}>No backups yet. One is made before every database upgrade.</p>
        ) : (
          <StaticTable>
            <colgroup>
              {/* A date with its time is read as a whole. */}
              <col className={css.created} />
              <col />
              <col />
              <col />
              <col />
            </colgroup>
            <thead>
              <tr>
                <th scope="col">Created</th>
                <th scope="col">Reason</th>
                <th scope="col" className={text.num}>
                  Size
                </th>
                <th scope="col">SHA-256</th>
                <th scope="col">Id</th>
              </tr>
            </thead>
            <tbody>
              {items.map((item) => (
                <tr key={item.id}>
                  <td>{dateTime(item.created_at)}</td>
                  <td>{{ manual: 'Manual', auto: 'Automatic', migration: 'Before an upgrade' }[item.kind]}</td>
                  <td className={text.num}>{bytes(item.bytes)}</td>
                  <td className={`${text.mono} ${text.muted}`} title={item.sha256}>
                    {item.sha256.slice(0, 12)}…
                  </td>
                  <td className={`${text.mono} ${text.muted}`}>{shortId(item.id)}</td>
                </tr>
              ))}
            </tbody>
          </StaticTable>
        )}
        <p className={`${text.muted} ${css.none}`}>
          To go back to a backup, stop TabAgent and run <code>tabagent restore</code>: it takes the newest good one, or
          the one that <code>--from</code> names. <HelpLink to="settings-and-data" />
        </p>
      </StateFrame>
    </Card>
  );
}
