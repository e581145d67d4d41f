import fc from 'fast-check';
import { expect, test } from 'vitest';
import { attemptOutcome } from './attempt-outcome.ts';
import { backoffMs, JITTER, MAX_BACKOFF_MS } from './backoff.ts';
import { problem } from './problems.ts';

const policy = fc.record({
  max: fc.integer({ min: 0, max: 100 }),
  backoff_seconds: fc.double({ min: 0, max: 86_400, noNaN: true }),
  factor: fc.double({ min: 1, max: 10, noNaN: true }),
});
const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

test('the wait follows the exponential within the jitter and never overflows a timer', () => {
  fc.assert(
    fc.property(policy, fc.integer({ min: 1, max: 101 }), random, (p, attempt, r) => {
      const wait = backoffMs(p, attempt, null, r);
      const exact = Math.min(p.backoff_seconds * 1000 * p.factor ** (attempt - 1), MAX_BACKOFF_MS);
      expect(Number.isInteger(wait)).toBe(true);
      expect(wait).toBeGreaterThanOrEqual(Math.floor(exact * (1 - JITTER)));
      expect(wait).toBeLessThanOrEqual(Math.min(Math.ceil(exact * (1 + JITTER)), MAX_BACKOFF_MS));
      expect(wait).toBeLessThan(2 ** 31);
    }),
    { numRuns: 2000 },
  );
});

test('retry_after is a lower bound; nonsense in it is ignored', () => {
  const p = { max: 1, backoff_seconds: 5, factor: 2 };
  expect(backoffMs(p, 1, problem('too-many-requests', undefined, { retry_after: 60 }), 0.5)).toBe(60_000);
  expect(backoffMs(p, 1, problem('too-many-requests', undefined, { retry_after: 1 }), 0.5)).toBe(5000);
  for (const retry_after of [-5, Number.NaN, Number.POSITIVE_INFINITY, '60', null]) {
    expect(backoffMs(p, 1, problem('too-many-requests', undefined, { retry_after }), 0.5)).toBe(5000);
  }
  expect(backoffMs(p, 1, problem('too-many-requests', undefined, { retry_after: 1e12 }), 0.5)).toBe(MAX_BACKOFF_MS);
});

test('which end leads where: attempts left retry, spent ones tell what happened, crashes become dead letters', () => {
  const task = { priority: 1, retry: '{"max":1,"backoff_seconds":1,"factor":2}', max_attempts: 2, timeout_seconds: 9 };
  const error = problem('script-error');
  const cases = [
    [{ t: 'succeeded', output: 1, exitCode: 0 }, 'succeed', 'succeed'],
    [{ t: 'failed', error, retryable: true, exitCode: null }, 'retry', 'fail'],
    [{ t: 'failed', error, retryable: false, exitCode: null }, 'fail', 'fail'],
    [{ t: 'crashed', error, exitCode: 7 }, 'retry', 'dead_letter'],
    [{ t: 'timed_out' }, 'retry', 'time_out'],
    [{ t: 'interrupted' }, 'retry', 'interrupt'],
    [{ t: 'cancelled' }, 'cancel', 'cancel'],
  ] as const;
  for (const [happened, withAttemptsLeft, withNone] of cases) {
    const first = attemptOutcome({ ...task, attempt: 1 }, happened, 1000, 0.5);
    expect(first.name).toBe(withAttemptsLeft);
    expect(first.next).toEqual(first.name === 'retry' ? { dueAt: 2000, rank: 3_602_000 } : null);
    expect(attemptOutcome({ ...task, attempt: 2 }, happened, 1000, 0.5)).toMatchObject({ name: withNone, next: null });
  }
});
