/** Counts and durations of calls, gathered so cheaply that no request notices; prom-client reads them at a scrape. */
import type { Tier } from '../../../contract/kernel/define.ts';
import type { DoorName } from '../../core/operation/operation.ts';

/** Upper bounds of the duration histogram, seconds. */
export const DURATION_BUCKETS = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300,
] as const;

/** Calls of one operation at one door with one status. */
export interface CallSeries {
  op: string;
  door: DoorName;
  status: number;
  count: number;
  /** Seconds in all. */
  sum: number;
  /** Calls by bucket of {@link DURATION_BUCKETS}, not cumulative; the last entry is everything above. */
  buckets: number[];
}

/** Sums over all series. */
export interface CallTotals {
  calls: number;
  failed: number;
}

/** What the dispatcher reports to. */
export interface CallMetrics {
  /** One finished call; a stream ends when its last item has gone. */
  observe(op: string, door: DoorName, status: number, seconds: number): void;
  limited(tier: Tier): void;
  series(): Iterable<CallSeries>;
  /** All calls so far, and those that ended in an error; cancelled (499) is none. */
  totals(): CallTotals;
  limitedByTier(): Iterable<[Tier, number]>;
}

/** Creates empty counters. Their number is bounded by operations × doors × statuses. */
export function createCallMetrics(): CallMetrics {
  /** By operation; each has few doors and statuses, and looking through them costs less than making a key for every call. */
  const calls = new Map<string, CallSeries[]>();
  const limited = new Map<Tier, number>();
  const totals: CallTotals = { calls: 0, failed: 0 };
  return {
    observe(op, door, status, seconds) {
      totals.calls += 1;
      if (status >= 400 && status !== 499) totals.failed += 1;
      let ofOp = calls.get(op);
      if (!ofOp) {
        ofOp = [];
        calls.set(op, ofOp);
      }
      let series = ofOp.find((one) => one.door === door && one.status === status);
      if (!series) {
        series = { op, door, status, count: 0, sum: 0, buckets: new Array(DURATION_BUCKETS.length + 1).fill(0) };
        ofOp.push(series);
      }
      series.count += 1;
      series.sum += seconds;
      let index = 0;
      while (index < DURATION_BUCKETS.length && seconds > (DURATION_BUCKETS[index] ?? 0)) index += 1;
      series.buckets[index] = (series.buckets[index] ?? 0) + 1;
    },
    limited(tier) {
      limited.set(tier, (limited.get(tier) ?? 0) + 1);
    },
    series: () => [...calls.values()].flat(),
    totals: () => ({ ...totals }),
    limitedByTier: () => limited.entries(),
  };
}
