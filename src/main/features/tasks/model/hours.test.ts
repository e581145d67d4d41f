import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TERMINAL_STATUSES } from '../../../../contract/automation/tasks.ts';
import { failures, type HourCount, hourKeys, summarize } from './hours.ts';

const count = (key: string, n: number, hour = 1, last_task_id: string | null = 'tsk_x'): HourCount => ({
  ...{ hour, key, n, last_task_id },
});

/** The counters that tasks of these durations leave. */
function countersOf(durations: readonly number[]): HourCount[] {
  const byKey = new Map<string, number>();
  for (const ms of durations)
    for (const key of hourKeys('succeeded', ms, null)) byKey.set(key, (byKey.get(key) ?? 0) + 1);
  return [...byKey].map(([key, n]) => count(key, n));
}

// Would catch: a percentile of the wrong rank, of buckets in the order of their text, or off by more than its promise.
test('the 95th percentile is never below the exact one, and at most 5 % above it', () => {
  const duration = fc.oneof(fc.integer({ min: 0, max: 100 }), fc.integer({ min: 0, max: 90_000_000 }));
  fc.assert(
    fc.property(fc.array(duration, { minLength: 1, maxLength: 200 }), (durations) => {
      const sorted = [...durations].sort((a, b) => a - b);
      const exact = sorted[Math.ceil(0.95 * sorted.length - 1e-9) - 1] ?? 0;
      const { p95_duration_ms: p95, succeeded } = summarize(countersOf(durations));
      expect(succeeded).toBe(durations.length);
      expect(p95).toBeGreaterThanOrEqual(exact - 1);
      expect(p95).toBeLessThanOrEqual((exact + 1) * 1.05 + 1);
    }),
    { examples: [[[...Array.from({ length: 19 }, () => 10), 1000]]] },
  );
});

test('without durations there is no percentile, and a clock that went back counts as no time', () => {
  expect(summarize([])).toEqual({ succeeded: 0, failed: 0, p95_duration_ms: null });
  expect(summarize([count('succeeded', 3)]).p95_duration_ms).toBeNull();
  expect(hourKeys('succeeded', -5000, null)).toEqual(hourKeys('succeeded', 0, null));
});

test.each(TERMINAL_STATUSES)('%s counts once, as a success, a failure or neither', (status) => {
  const keys = hourKeys(status, 1000, status === 'succeeded' ? null : 'some_code');
  const outcomes = keys.filter((key) => key === 'succeeded' || key === 'failed');
  expect(outcomes).toEqual(status === 'cancelled' ? [] : [status === 'succeeded' ? 'succeeded' : 'failed']);
  expect(keys.includes('error:some_code')).toBe(status !== 'succeeded' && status !== 'cancelled');
  // The store has a statement for one, two and three counters.
  expect(keys.length).toBeLessThanOrEqual(3);
});

test('failures add up over the hours, most frequent first, with the last task of the newest hour', () => {
  const counts = [
    count('error:a', 2, 5, 'tsk_new'),
    count('error:a', 1, 3, 'tsk_old'),
    count('error:b', 9, 4, 'tsk_b'),
    count('error:with:colon', 1, 1, 'tsk_c'),
    count('error:gone', 4, 4, null),
    count('failed', 17, 4),
  ];
  const expected = [
    { code: 'b', count: 9, last_task_id: 'tsk_b' },
    { code: 'a', count: 3, last_task_id: 'tsk_new' },
    { code: 'with:colon', count: 1, last_task_id: 'tsk_c' },
  ];
  expect(failures(counts)).toEqual(expected);
  expect(failures([...counts].reverse())).toEqual(expected);
});
