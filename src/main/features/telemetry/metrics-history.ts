/** The last hour of points: the newest minutes as they were taken, what is older folded to one point every ten seconds. */
import type { MetricPoint } from '../../../contract/host/metrics.ts';

/** Length of a folded point, and the interval between points of a host that is not watched, ms. */
export const COARSE_MS = 10_000;
const FINE_KEPT_MS = 5 * 60_000;
const KEPT_MS = 60 * 60_000;
/** Timers are late by a little; ten of one second are still ten seconds. */
const SLACK = 1.05;

/** Points have numbers from 1 on, so that a reader knows which it has. */
export interface MetricsHistory {
  push(point: MetricPoint): void;
  /** Oldest first. */
  all(): MetricPoint[];
  /** Number of the newest point, 0 before the first. */
  head(): number;
  /** Points with a number above `seen` that have not been folded yet, oldest first. */
  after(seen: number): MetricPoint[];
}

/** One point for several that follow each other: counts added, loads averaged, the worst delay, everything else as it was last. */
export function fold(points: readonly [MetricPoint, ...MetricPoint[]]): MetricPoint {
  const sum = (member: CountMember) => points.reduce((total, point) => total + point[member], 0);
  const span = Math.max(1, sum('span_ms'));
  const average = (member: 'host_cpu' | 'machine_cpu') =>
    tenth(points.reduce((total, point) => total + point[member] * point.span_ms, 0) / span);
  const delays = points.flatMap(({ loop_delay_ms: delay }) => (delay === null ? [] : [delay]));
  return {
    ...(points.at(-1) ?? points[0]),
    span_ms: span,
    host_cpu: average('host_cpu'),
    machine_cpu: average('machine_cpu'),
    loop_delay_ms: delays.length === 0 ? null : Math.max(...delays),
    tasks_succeeded: sum('tasks_succeeded'),
    tasks_failed: sum('tasks_failed'),
    calls: sum('calls'),
    calls_failed: sum('calls_failed'),
    log_entries: sum('log_entries'),
    log_dropped: sum('log_dropped'),
  };
}

type CountMember =
  | 'span_ms'
  | 'tasks_succeeded'
  | 'tasks_failed'
  | 'calls'
  | 'calls_failed'
  | 'log_entries'
  | 'log_dropped';

/** Rounded to one decimal: more says nothing and costs bytes. */
export const tenth = (value: number): number => Math.round(value * 10) / 10;

/** Creates an empty history. */
export function createMetricsHistory(): MetricsHistory {
  const coarse: MetricPoint[] = [];
  const fine: MetricPoint[] = [];
  let head = 0;

  /** The oldest fine points that make one coarse point. */
  function takeChunk(first: MetricPoint): [MetricPoint, ...MetricPoint[]] {
    const chunk: [MetricPoint, ...MetricPoint[]] = [first];
    let span = first.span_ms;
    for (let next = fine[0]; next !== undefined && span + next.span_ms <= COARSE_MS * SLACK; next = fine[0]) {
      chunk.push(next);
      span += next.span_ms;
      fine.shift();
    }
    return chunk;
  }

  return {
    push(point) {
      // The wall clock was set back: what it will show again must not be there twice.
      for (const list of [fine, coarse]) while ((list.at(-1)?.at ?? 0) >= point.at) list.pop();
      fine.push(point);
      head += 1;
      while (point.at - (fine[0]?.at ?? point.at) >= FINE_KEPT_MS + COARSE_MS) {
        const first = fine.shift();
        if (first !== undefined) coarse.push(fold(takeChunk(first)));
      }
      while (point.at - (coarse[0]?.at ?? point.at) > KEPT_MS) coarse.shift();
    },
    all: () => [...coarse, ...fine],
    head: () => head,
    after: (seen) => (seen >= head ? [] : fine.slice(-(head - seen))),
  };
}
