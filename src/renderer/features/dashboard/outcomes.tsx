import { useMemo } from 'react';
import { useOperationQuery } from '../../lib/live/query.ts';
import { Bars } from '../../ui/chart/bars.tsx';
import { StateFrame } from '../../ui/feedback/state-frame.tsx';

/** Ended tasks per hour. */
export function Outcomes() {
  const query = useOperationQuery('tasks_stats', { hours: 24 });
  const buckets = query.data?.buckets;
  const times = useMemo(() => buckets?.map(({ at }) => Date.parse(at) / 1_000) ?? [], [buckets]);
  const series = useMemo(
    () => [
      { label: 'failed', color: '--bad', values: buckets?.map(({ failed }) => failed) ?? [] },
      { label: 'succeeded', color: '--good', values: buckets?.map(({ succeeded }) => succeeded) ?? [] },
    ],
    [buckets],
  );
  return (
    <section className="card" aria-label="Outcomes">
      <div className="card-head">
        <h2 className="grow">Outcomes, last 24 hours</h2>
        <span className="legend good">Succeeded</span>
        <span className="legend bad">Failed</span>
      </div>
      <StateFrame of={query} skeleton={5}>
        <div style={{ padding: '4px 4px 8px' }}>
          <Bars label="Tasks per hour" times={times} series={series} height={180} />
        </div>
      </StateFrame>
    </section>
  );
}
