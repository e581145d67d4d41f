import { useMemo } from 'react';
import { useOperationQuery } from '../../lib/live/query.ts';
import { Bars } from '../../ui/chart/bars.tsx';
import { Card } from '../../ui/display/card.tsx';
import { StateFrame } from '../../ui/feedback/state-frame.tsx';
import layout from '../../ui/styles/layout.module.css';
import css from './outcomes.module.css';

/** Succeeded and failed tasks per hour. */
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
    <Card
      label="Outcomes"
      head={
        <>
          <h2 className={layout.grow}>Outcomes, last 24 hours</h2>
          <span className={`${css.legend} ${css.good}`}>Succeeded</span>
          <span className={`${css.legend} ${css.bad}`}>Failed</span>
        </>
      }
    >
      <StateFrame of={query} skeleton={5}>
        <div className={css.chart}>
          <Bars label="Tasks per hour" times={times} series={series} height={180} />
        </div>
      </StateFrame>
    </Card>
  );
}
