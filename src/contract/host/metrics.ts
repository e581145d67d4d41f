/** How the host and the machine do, over time: what the panel's metrics grid draws. */
import { z } from 'zod';
import { stream } from '../kernel/define.ts';
import { Nothing } from '../kernel/scalars.ts';

/**
 * Figures of one stretch of time. `at` is its end, unix ms, and `span_ms` its length. Loads are averages over it, percent; memory, tasks and
 * the like are as they were at its end; calls, log entries and ended tasks are counts within it.
 */
export const MetricPoint = z.object({
  at: z.int(),
  span_ms: z.int(),
  /** Of one core: a host that keeps two cores busy has 200. */
  host_cpu: z.number(),
  host_rss_bytes: z.int(),
  /** Of all cores together. */
  machine_cpu: z.number(),
  machine_memory_bytes: z.int(),
  /** 99th percentile of how late the host's event loop was; null while nothing was measured. */
  loop_delay_ms: z.number().nullable(),
  tasks_running: z.int(),
  tasks_waiting: z.int(),
  tasks_succeeded: z.int(),
  /** Ended in any other way but cancelled. */
  tasks_failed: z.int(),
  /** Finished calls at every door; a stream counts when it ends. */
  calls: z.int(),
  /** Those of them that ended in an error; cancelled is none. */
  calls_failed: z.int(),
  log_entries: z.int(),
  /** Entries that the disk did not take. */
  log_dropped: z.int(),
});
export type MetricPoint = z.infer<typeof MetricPoint>;

/** What a follower gets: first what is kept, oldest first, then one point a second. */
export const MetricItem = z.discriminatedUnion('type', [
  z.object({ type: z.literal('history'), machine_memory_total_bytes: z.int(), points: z.array(MetricPoint) }),
  z.object({ type: z.literal('point'), point: MetricPoint }),
]);
export type MetricItem = z.infer<typeof MetricItem>;

export const metricOperations = {
  metrics_follow: stream(Nothing, MetricItem, {
    row: '-',
    tags: ['metrics'],
    summary: 'Load, memory, queue and traffic of the last hour, then once a second',
    scope: 'read',
    area: 'host',
    http: null,
  }),
};
