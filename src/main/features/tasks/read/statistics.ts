/** Figures of tasks: the dashboard's hours, and what the metrics sample. */
import { PRIORITIES } from '../../../../contract/automation/tasks.ts';
import type { TaskId } from '../../../../contract/kernel/scalars.ts';
import { type Clock, iso } from '../../../core/clock.ts';
import { type Failure, failures, summarize } from '../model/hours.ts';
import type { TaskStore } from '../store/store.ts';

const HOUR_MS = 3_600_000;

/** Creates the reader of statistics. */
export function createStatistics(store: TaskStore, clock: Clock) {
  /** The counters outlive the tasks: the last one, the last that is left, or null when all of them were deleted. */
  const kept = ({ code, last_task_id }: Failure, since: number) =>
    store.status(last_task_id) === null ? (store.lastFailed(code, since) as TaskId | null) : last_task_id;
  return {
    /** Outcomes of the last `hours` hours, the running one included. */
    stats(hours: number) {
      const last = Math.floor(clock.now() / HOUR_MS);
      const first = last - hours + 1;
      const counts = store.hours(first);
      const byHour = Map.groupBy(counts, (count) => count.hour);
      const all = summarize(counts);
      const ended = all.succeeded + all.failed;
      return {
        buckets: Array.from({ length: hours }, (_, i) => ({
          at: iso((first + i) * HOUR_MS),
          ...summarize(byHour.get(first + i) ?? []),
        })),
        ...all,
        success_rate: ended === 0 ? null : all.succeeded / ended,
        failures: failures(counts).map((failure) => ({ ...failure, last_task_id: kept(failure, first * HOUR_MS) })),
      };
    },
    /** Tasks by state and kind, for metrics. */
    metrics: () => store.countsByKind(),
    /** Waiting tasks by lane, for metrics. */
    queueDepth() {
      const lanes = store.lanes();
      return PRIORITIES.map((priority, lane) => ({
        priority,
        count: lanes.find((found) => found.priority === lane)?.n ?? 0,
      }));
    },
  };
}
