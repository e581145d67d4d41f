/** Turns metric points into the columns that charts draw. */
import type { MetricPoint } from '../../../contract/host/metrics.ts';

/** Sliding window of the counts of ended tasks, ms. */
const MINUTE_MS = 60_000;
/** Longer gaps break the lines: the host was down, or the machine slept. */
const HOLE_MS = 2_500;
const MIB = 1024 ** 2;
const GIB = 1024 ** 3;

/** Value of a point per column, in display units. */
const COLUMNS = {
  host_cpu: (point: MetricPoint) => point.host_cpu,
  machine_cpu: (point: MetricPoint) => point.machine_cpu,
  host_memory: (point: MetricPoint) => point.host_rss_bytes / MIB,
  machine_memory: (point: MetricPoint) => point.machine_memory_bytes / GIB,
  loop_delay: (point: MetricPoint) => point.loop_delay_ms,
  running: (point: MetricPoint) => point.tasks_running,
  waiting: (point: MetricPoint) => point.tasks_waiting,
  calls: (point: MetricPoint) => perSecond(point, point.calls),
  calls_failed: (point: MetricPoint) => perSecond(point, point.calls_failed),
  log_entries: (point: MetricPoint) => perSecond(point, point.log_entries),
  log_dropped: (point: MetricPoint) => perSecond(point, point.log_dropped),
} as const;
/** Summed over the minute before each point, so that points of one and of ten seconds are comparable. */
const MINUTE_COLUMNS = { succeeded: 'tasks_succeeded', failed: 'tasks_failed' } as const;

export type ColumnId = keyof typeof COLUMNS | keyof typeof MINUTE_COLUMNS;

/** Every column has the length of `times`; `null` is a gap. */
export interface MetricsFrame {
  /** Unix s, ascending. */
  times: number[];
  columns: Record<ColumnId, (number | null)[]>;
}

const perSecond = ({ span_ms: span }: MetricPoint, value: number) => (value / Math.max(1, span)) * 1_000;

function lastMinute(points: readonly MetricPoint[], member: 'tasks_succeeded' | 'tasks_failed'): number[] {
  let sum = 0;
  let from = 0;
  return points.map((point) => {
    sum += point[member];
    for (let old = points[from]; old !== undefined && old.at <= point.at - MINUTE_MS; old = points[from]) {
      sum -= old[member];
      from += 1;
    }
    return sum;
  });
}

/** Columns of the last `span` seconds, with a row of nulls in each gap. */
export function frameOf(points: readonly MetricPoint[], span: number): MetricsFrame {
  const names = [...Object.keys(COLUMNS), ...Object.keys(MINUTE_COLUMNS)] as ColumnId[];
  const columns = Object.fromEntries(names.map((name) => [name, [] as (number | null)[]])) as MetricsFrame['columns'];
  const times: number[] = [];
  const minutes = {
    succeeded: lastMinute(points, MINUTE_COLUMNS.succeeded),
    failed: lastMinute(points, MINUTE_COLUMNS.failed),
  };
  const oldest = (points.at(-1)?.at ?? 0) - span * 1_000;
  points.forEach((point, index) => {
    if (point.at < oldest) return;
    const before = points[index - 1];
    const began = point.at - point.span_ms;
    if (before !== undefined && times.length > 0 && began - before.at > HOLE_MS) {
      times.push(began / 1_000);
      for (const name of names) columns[name].push(null);
    }
    times.push(point.at / 1_000);
    for (const [name, read] of Object.entries(COLUMNS)) columns[name as keyof typeof COLUMNS].push(read(point));
    columns.succeeded.push(minutes.succeeded[index] ?? null);
    columns.failed.push(minutes.failed[index] ?? null);
  });
  return { times, columns };
}
