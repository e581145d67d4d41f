import { useSyncExternalStore } from 'react';
import { type ChartCursor, indexNear } from '../../ui/chart/cursor.ts';
import { Lines } from '../../ui/chart/lines.tsx';
import { Card } from '../../ui/display/card.tsx';
import layout from '../../ui/styles/layout.module.css';
import text from '../../ui/styles/text.module.css';
import css from './metric-card.module.css';
import type { MetricChart } from './metric-charts.ts';
import type { MetricsFrame } from './metrics-frame.ts';

/** Formatted value of each series at `index` of the frame. */
export function valuesAt(chart: MetricChart, frame: MetricsFrame, index: number): { label: string; text: string }[] {
  return chart.series.map(({ label, column }) => {
    const value = frame.columns[column][index];
    return { label, text: value === undefined || value === null ? '–' : chart.format(value) };
  });
}

/** Accessible text, such as `Queue: Running 3, Waiting 0`. */
export function spoken(chart: MetricChart, frame: MetricsFrame, index: number): string {
  const values = valuesAt(chart, frame, index).map(({ label, text }) => (label === '' ? text : `${label} ${text}`));
  return `${chart.title}: ${values.join(', ')}`;
}

/** Values at the cursor, or the latest. A component of its own, so that moving the cursor renders nothing else. */
function Values({ chart, frame, cursor }: { chart: MetricChart; frame: MetricsFrame; cursor: ChartCursor }) {
  const at = useSyncExternalStore(cursor.subscribe, cursor.at);
  const values = valuesAt(chart, frame, at === null ? frame.times.length - 1 : indexNear(frame.times, at));
  return chart.series.map(({ column, color, broken }, index) => (
    <span key={column} className={css.value}>
      {chart.series.length === 1 ? null : (
        <>
          <span className={broken ? `${css.dash} ${css.broken}` : css.dash} style={{ color: `var(${color})` }} />
          <span className={text.muted}>{values[index]?.label}</span>
        </>
      )}
      <strong style={{ minWidth: `${chart.width}ch` }}>{values[index]?.text}</strong>
    </span>
  ));
}

export function MetricCard(props: {
  chart: MetricChart;
  frame: MetricsFrame;
  cursor: ChartCursor;
  span: number;
  memoryTotal: number;
}) {
  const { chart, frame, cursor, span, memoryTotal } = props;
  return (
    <Card
      className={css.card}
      label={chart.title}
      head={
        <>
          <h2 className={`${layout.grow} ${text.clip}`} title={chart.hint}>
            {chart.title}
          </h2>
          <Values chart={chart} frame={frame} cursor={cursor} />
        </>
      }
    >
      <Lines
        label={spoken(chart, frame, frame.times.length - 1)}
        series={chart.series}
        times={frame.times}
        values={chart.series.map(({ column }) => frame.columns[column])}
        span={span}
        top={chart.top === 'memory' ? Math.max(1, memoryTotal / 1024 ** 3) : chart.top}
        fixedTop={chart.fixedTop ?? false}
        unit={chart.unit}
        cursor={cursor}
      />
    </Card>
  );
}
