import { expect, test } from 'vitest';
import { momentText, parseRange, rangeText } from './time-range.ts';

// Catches a range out of an edited address that asks the host for nonsense.
test.each([
  ['1000', '2000', { from: 1_000, to: 2_000 }],
  ['2000', '1000', null],
  ['1000', '1000', null],
  ['-5', '1000', null],
  ['1e3', '2e3', null],
  ['', '2000', null],
  [undefined, '2000', null],
  ['1000', undefined, null],
  ['1'.repeat(16), '2'.repeat(16), null],
])('from %s to %s', (from, to, range) => {
  expect(parseRange(from, to)).toEqual(range);
});

const at = (...time: [number, number, number, number?]) => new Date(2026, 10, 27, ...time).getTime();
const now = at(18, 0, 0);

// Catches two ends that read the same, and a day that is left out where it matters.
test('a range is as exact as its length needs, with the day when it is not today', () => {
  expect(rangeText({ from: at(12, 1, 3), to: at(12, 4, 10) }, now)).toBe('12:01:03 – 12:04:10');
  expect(rangeText({ from: at(12, 1, 3, 200), to: at(12, 1, 3, 900) }, now)).toBe('12:01:03.200 – 12:01:03.900');
  const dayBefore = { from: at(12, 0, 0) - 86_400_000, to: at(12, 0, 10) - 86_400_000 };
  expect(rangeText(dayBefore, now)).toBe('2026-11-26 12:00:00 – 12:00:10');
  expect(rangeText({ from: at(23, 59, 0) - 86_400_000, to: at(0, 1, 0) }, now)).toBe(
    '2026-11-26 23:59:00 – 2026-11-27 00:01:00',
  );
});

test('milliseconds are shown for short things only', () => {
  expect(momentText(at(1, 2, 3, 4), 9_999)).toBe('01:02:03.004');
  expect(momentText(at(1, 2, 3, 4), 10_000)).toBe('01:02:03');
});
