import { expect, test } from 'vitest';
import { clockWarnings, wordsOf } from './describe.ts';

const cron = (expr: string, gap: 'run_after' | 'skip' = 'run_after') =>
  ({ kind: 'cron', expr, timezone: 'Europe/Berlin', gap }) as const;

test('words', () => {
  expect(wordsOf(cron('30 7 * * 1-5'))).toBe('At 07:30, Monday through Friday (Europe/Berlin)');
  expect(wordsOf({ kind: 'interval', seconds: 7200 })).toBe('Every 2 hours');
  expect(wordsOf({ kind: 'interval', seconds: 60 })).toBe('Every minute');
  expect(wordsOf({ kind: 'interval', seconds: 90 })).toBe('Every 90 seconds');
  expect(wordsOf({ kind: 'once', at: '2026-01-01T00:00:00.000Z' })).toBe('Once');
  expect(() => wordsOf(cron('61 * * * *'))).toThrow(/Invalid value for minute/);
});

// Would catch: a warning for a time that the clock does not touch, or none for one that it does.
test('what the turn of the clock does is said', () => {
  const from = Date.parse('2026-01-01T00:00:00Z');
  expect(clockWarnings(cron('30 7 * * *'), from)).toEqual([]);
  expect(clockWarnings(cron('30 2 * * *'), from)).toEqual([
    'On 29 March 2026 the clock is turned forward and never shows 02:30: it runs at 03:00.',
    'On 25 October 2026 the clock is turned back and shows 02:30 twice: it runs the first time only.',
  ]);
  expect(clockWarnings(cron('30 2 * * *', 'skip'), from)[0]).toBe(
    'On 29 March 2026 the clock is turned forward and never shows 02:30: it does not run then.',
  );
  expect(clockWarnings(cron('*/15 * * * *'), from)[1]).toBe(
    'On 25 October 2026 the clock is turned back and shows 02:00 to 03:00 twice: it runs both times.',
  );
  expect(clockWarnings({ kind: 'interval', seconds: 60 }, from)).toEqual([]);
});
