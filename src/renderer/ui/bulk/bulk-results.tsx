import { Modal } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Download } from 'lucide-react';
import type { BulkRow } from '../../../contract/kernel/bulk.ts';
import { useClient } from '../../lib/client/context.tsx';
import { count, shortId } from '../../lib/format.ts';
import { asError } from '../../lib/live/query.ts';
import { saveText } from '../../lib/save-text.ts';
import { lineOf } from '../../lib/text/tame.ts';
import { Button } from '../buttons.tsx';
import { StateFrame } from '../feedback/state-frame.tsx';
import { errorToast } from '../feedback/toast.tsx';
import layout from '../styles/layout.module.css';
import text from '../styles/text.module.css';
import { StaticTable } from '../table/static-table.tsx';
import css from './bulk.module.css';
import { BULK, type BulkJob } from './bulk-jobs.ts';
import { allResults } from './use-results.ts';

/** Rows that are shown; the file has all. */
const SHOWN = 200;

/** Which rows were skipped or failed and why, and a file with the result of each row. */
export function BulkResults({ bulk, opened, close }: { bulk: BulkJob; opened: boolean; close(): void }) {
  return (
    <Modal opened={opened} onClose={close} title="Results" size={720}>
      <Failures bulk={bulk} />
    </Modal>
  );
}

interface NamedRow extends BulkRow {
  name: string | undefined;
  /** Of a task. */
  profile: string | null;
}

/** The rows that it was not done to, with their names as far as they still exist. */
function useFailures(bulk: BulkJob) {
  const client = useClient();
  return useQuery<{ rows: NamedRow[]; total: number }, ReturnType<typeof asError>>({
    queryKey: ['bulk failures', bulk.id],
    queryFn: async () => {
      const failed = await allResults(client, bulk, false);
      const shown = failed.slice(0, SHOWN);
      const asked = { id: shown.map(({ id }) => id), limit: SHOWN };
      const { items } = await client.call(BULK[bulk.op].list, asked as never);
      const named = new Map(
        items.map((item) => [
          item.id as string,
          'name' in item ? { name: item.name, profile: null } : { name: item.command_name, profile: item.profile_name },
        ]),
      );
      const rows = shown.map((row) => ({ name: undefined, profile: null, ...named.get(row.id), ...row }));
      return { rows, total: failed.length };
    },
  });
}

function Failures({ bulk }: { bulk: BulkJob }) {
  const failures = useFailures(bulk);
  const client = useClient();
  const save = () =>
    allResults(client, bulk).then(
      (rows) => saveText('results.jsonl', rows.map((row) => `${JSON.stringify(row)}\n`).join('')),
      (error) => errorToast('Could not save the results', asError(error)),
    );
  const { rows = [], total = 0 } = failures.data ?? {};
  const { at } = BULK[bulk.op];
  const hasProfiles = rows.some(({ profile }) => profile !== null);
  return (
    <StateFrame of={failures} skeleton={4}>
      <div className={css.rows}>
        <StaticTable>
          <thead>
            <tr>
              <th scope="col" className={css.name}>
                Name
              </th>
              <th scope="col">Id</th>
              {hasProfiles ? <th scope="col">Profile</th> : null}
              <th scope="col">Reason</th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ id, name, profile, error }) => (
              <tr key={id}>
                <td>
                  {name === undefined ? (
                    <span className={text.faint}>Deleted</span>
                  ) : (
                    <Link {...at(id)} className={text.nameLink}>
                      {name}
                    </Link>
                  )}
                </td>
                <td title={id}>
                  <code>{shortId(id)}</code>
                </td>
                {hasProfiles ? <td>{profile ?? '–'}</td> : null}
                <td title={lineOf(error?.detail)}>{lineOf(error?.detail)}</td>
              </tr>
            ))}
          </tbody>
        </StaticTable>
      </div>
      <div className={`${layout.row} ${css.foot}`}>
        <span className={`${layout.grow} ${text.muted}`}>
          {total > rows.length
            ? `The first ${count(rows.length)} of ${count(total)}`
            : total === 0
              ? 'No row was skipped or failed'
              : null}
        </span>
        <Button small icon={<Download size={13} />} onClick={() => void save()}>
          Save all results
        </Button>
      </div>
    </StateFrame>
  );
}
