import { Layers } from 'lucide-react';
import type { PoolId } from '../../../../contract/kernel/scalars.ts';
import { useOperationQuery } from '../../../lib/live/query.ts';
import { Badge } from '../../../ui/display/badge.tsx';
import layout from '../../../ui/styles/layout.module.css';
import text from '../../../ui/styles/text.module.css';

/** The name of a pool, with a mark that tells it from a proxy. */
export function PoolName({ id }: { id: PoolId }) {
  // One list for all rows of a table.
  const { data } = useOperationQuery('pools_list', {}, { keep: true });
  if (data === undefined) return null;
  const pool = data.items.find((one) => one.id === id);
  if (pool === undefined) {
    return (
      <Badge tone="bad" plain>
        Deleted pool
      </Badge>
    );
  }
  return (
    <span className={layout.row} title={`Pool: ${pool.available} of ${pool.members} proxies free`}>
      <Layers size={13} aria-label="Pool" />
      <span className={text.clip}>{pool.name}</span>
    </span>
  );
}
