/** Outcomes by hour: what one end of a task counts, and how the counters become statistics. */

import type { TaskStatus } from '../../../../contract/automation/tasks.ts';
import type { TaskId } from '../../../../contract/kernel/scalars.ts';

/** Width of a duration bucket: each reaches 5 % further than the one before, so a percentile is at most 5 % too high. */
const GROWTH = 1.05;

const bucketOf = (ms: number) => Math.floor(Math.log(Math.max(0, ms) + 1) / Math.log(GROWTH));
const upperEnd = (bucket: number) => Math.round(GROWTH ** (bucket + 1) - 1);

/** Counters that the end of a task adds one to; cancelled tasks are neither a success nor a failure. */
export function hourKeys(status: TaskStatus, durationMs: number | null, errorCode: string | null): string[] {
  if (status === 'cancelled') return [];
  const succeeded = status === 'succeeded';
  const keys = [succeeded ? 'succeeded' : 'failed'];
  if (!succeeded && errorCode !== null) keys.push(`error:${errorCode}`);
  if (durationMs !== null) keys.push(`duration:${bucketOf(durationMs)}`);
  return keys;
}

/** One counter of one hour. */
export interface HourCount {
  /** Hours since 1970. */
  hour: number;
  key: string;
  n: number;
  last_task_id: string | null;
}

/** Counts and the 95th percentile of durations, ms, of some counters. */
export function summarize(counts: readonly HourCount[]): {
  succeeded: number;
  failed: number;
  p95_duration_ms: number | null;
} {
  const total = (key: string) => counts.reduce((sum, count) => (count.key === key ? sum + count.n : sum), 0);
  return { succeeded: total('succeeded'), failed: total('failed'), p95_duration_ms: percentile(counts, 0.95) };
}

function percentile(counts: readonly HourCount[], share: number): number | null {
  const buckets = counts
    .filter((count) => count.key.startsWith('duration:'))
    .map((count) => ({ bucket: Number(count.key.slice('duration:'.length)), n: count.n }))
    .sort((a, b) => a.bucket - b.bucket);
  const wanted = share * buckets.reduce((sum, { n }) => sum + n, 0);
  let seen = 0;
  for (const { bucket, n } of buckets) {
    seen += n;
    if (seen >= wanted) return upperEnd(bucket);
  }
  return null;
}

/** How often tasks ended with one error. */
export interface Failure {
  code: string;
  count: number;
  last_task_id: TaskId;
}

/** Failures by code, most frequent first. */
export function failures(counts: readonly HourCount[]): Failure[] {
  const byCode = new Map<string, Failure & { hour: number }>();
  for (const { key, n, hour, last_task_id } of counts) {
    if (!key.startsWith('error:') || last_task_id === null) continue;
    const code = key.slice('error:'.length);
    const known = byCode.get(code);
    const newest = known === undefined || hour >= known.hour ? { hour, last_task_id: last_task_id as TaskId } : known;
    byCode.set(code, { code, count: (known?.count ?? 0) + n, hour: newest.hour, last_task_id: newest.last_task_id });
  }
  return [...byCode.values()].sort((a, b) => b.count - a.count).map(({ hour: _, ...failure }) => failure);
}
