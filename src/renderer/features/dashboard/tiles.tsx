import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { count, duration, percent } from '../../lib/format.ts';
import { useOperationQuery } from '../../lib/live/query.ts';
import { useHostNow } from '../../lib/use-now.ts';
import { Sparkline } from '../../ui/chart/sparkline.tsx';
import layout from '../../ui/styles/layout.module.css';
import text from '../../ui/styles/text.module.css';
import css from './tiles.module.css';

function Tile({
  title,
  value,
  side,
  search,
  children,
}: {
  title: string;
  value: string;
  side?: ReactNode;
  search: Record<string, string>;
  children?: ReactNode;
}) {
  return (
    <Link to="/tasks" search={search} className={css.tile}>
      <span className={text.muted}>{title}</span>
      <span className={`${layout.row} ${css.figure}`}>
        <strong>{value}</strong>
        {side === undefined ? null : <span className={`${text.muted} ${text.clip}`}>{side}</span>}
        <span className={layout.grow} />
        {children}
      </span>
    </Link>
  );
}

/** How long the first in the queue has waited, counted on from when the host told it. */
function OldestWait({ seconds, told }: { seconds: number; told: number }) {
  return <>oldest {duration(seconds * 1_000 + Math.max(0, useHostNow() - told))}</>;
}

/** Key figures; each links to the tasks that it counts. */
export function Tiles() {
  const { data: queue, dataUpdatedAt: told } = useOperationQuery('queue_stats', {});
  const stats = useOperationQuery('tasks_stats', { hours: 24 }).data;
  const waiting = queue === undefined ? 0 : queue.urgent + queue.normal + queue.low + queue.batch;
  const buckets = stats?.buckets ?? [];
  return (
    <section className={css.tiles} aria-label="Key figures">
      <Tile
        title="Running"
        value={queue === undefined ? '–' : count(queue.running)}
        side={queue === undefined ? undefined : `of ${queue.capacity}`}
        search={{ status: 'running' }}
      >
        <Sparkline values={buckets.map((bucket) => bucket.succeeded + bucket.failed)} />
      </Tile>
      <Tile
        title="Waiting"
        value={queue === undefined ? '–' : count(waiting)}
        side={
          queue !== undefined && waiting > 0 ? (
            <OldestWait seconds={queue.oldest_wait_seconds} told={told} />
          ) : undefined
        }
        search={{ status: 'queued' }}
      />
      <Tile
        title="Failed, 24 h"
        value={stats === undefined ? '–' : count(stats.failed)}
        search={{ status: 'failed,timed_out,interrupted,dead' }}
      >
        <Sparkline tone="bad" values={buckets.map((bucket) => bucket.failed)} />
      </Tile>
      <Tile
        title="Success rate, 24 h"
        value={percent(stats?.success_rate)}
        side={
          stats === undefined || stats.success_rate === null ? undefined : `of ${count(stats.succeeded + stats.failed)}`
        }
        search={{ status: 'succeeded' }}
      >
        <Sparkline tone="good" values={buckets.map((bucket) => bucket.succeeded)} />
      </Tile>
      <Tile title="p95 duration, 24 h" value={duration(stats?.p95_duration_ms)} search={{}}>
        <Sparkline tone="idle" values={buckets.map((bucket) => bucket.p95_duration_ms)} />
      </Tile>
    </section>
  );
}
