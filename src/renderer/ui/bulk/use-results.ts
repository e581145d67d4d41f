import type { Client } from '../../../contract/client/client-types.ts';
import type { BulkRow } from '../../../contract/kernel/bulk.ts';
import type { JobId } from '../../../contract/kernel/scalars.ts';
import { useClient } from '../../lib/client/context.tsx';
import type { BulkJob } from './bulk-jobs.ts';

/** Rows per page of results. */
const PAGE = 1000;

/** Every result of an operation; `ok` leaves out the others. */
export async function allResults(client: Client, bulk: BulkJob, ok?: boolean): Promise<BulkRow[]> {
  if (bulk.rows !== undefined) return bulk.rows.filter((row) => ok === undefined || row.ok === ok);
  const found: BulkRow[] = [];
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const page = await client.call('jobs_results', {
      id: bulk.id as JobId,
      limit: PAGE,
      ...(ok === undefined ? {} : { ok }),
      ...(cursor === undefined ? {} : { cursor }),
    });
    found.push(...page.items);
    cursor = page.next_cursor;
  }
  return found;
}

/** Takes an operation back for the rows that it went well for; null when that cannot be done. */
export function useUndo(bulk: BulkJob): (() => Promise<void>) | null {
  const client = useClient();
  const { undo, op } = bulk;
  if (undo === undefined) return null;
  return async () => {
    const ids = (await allResults(client, bulk, true)).map(({ id }) => id);
    for (let at = 0; at < ids.length; at += PAGE) {
      await client.call(op, { ids: ids.slice(at, at + PAGE), action: undo } as never);
    }
  };
}
