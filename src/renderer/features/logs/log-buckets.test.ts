import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { LogLevel } from '../../lib/log/ring.ts';
import { parseRange, rangeText } from '../../lib/log/time-range.ts';
import { bucketsOf, countSlots, MOST_SLOTS, rangeOfSlots, slotAt } from './log-buckets.ts';

const lines = (rows: { at: number; level: LogLevel; mark?: true }[]) => ({
  length: rows.length,
  at: (n: number) => rows[n],
});
const row = (at: number, level: LogLevel = 'info') => ({ at, level });

// Would catch: a bar and the lines it selects that disagree by those at its edges.
test('what a bar counts is exactly what its range selects, whatever the range', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 5_000 }), { minLength: 1, maxLength: 80 }),
      fc.option(fc.tuple(fc.integer({ min: 0, max: 4_000 }), fc.integer({ min: 1, max: 900 }))),
      fc.tuple(fc.nat(MOST_SLOTS), fc.nat(MOST_SLOTS)),
      (times, chosen, ends) => {
        const range = chosen === null ? null : { from: chosen[0], to: chosen[0] + chosen[1] };
        const buckets = bucketsOf(lines(times.map((at) => row(at))), range);
        const [first, last] = ends.map((end) => end % buckets.slots) as [number, number];
        const { from, to } = rangeOfSlots(buckets, first, last);
        expect(countSlots(buckets, first, last).lines).toBe(times.filter((at) => at >= from && at < to).length);
      },
    ),
  );
});

// Would catch: lines lost or counted twice when they come out of order, or marks of the viewer counted as lines.
test('every line is counted once by level, in any order, and marks are not', () => {
  const rows = [
    row(90_000, 'error'),
    row(0, 'warn'),
    row(45_000),
    row(45_001, 'debug'),
    { ...row(99_999), mark: true as const },
  ];
  const buckets = bucketsOf(lines(rows), null);
  expect(countSlots(buckets, 0, buckets.slots - 1)).toEqual({ lines: 4, errors: 1 });
  expect([buckets.from, buckets.to, buckets.slots]).toEqual([0, 90_001, MOST_SLOTS]);
  expect(buckets.warn[0]).toBe(1);
  expect(buckets.error.at(-1)).toBe(1);
  expect(bucketsOf(lines([]), null).slots).toBe(MOST_SLOTS);
});

// Would catch: bars of no length, and more bars than there are milliseconds.
test('a range of a few milliseconds has a bar for each', () => {
  const buckets = bucketsOf(lines([row(12), row(14)]), { from: 12, to: 15 });
  expect(buckets.rest).toEqual([1, 0, 1]);
  expect(rangeOfSlots(buckets, 2, 1)).toEqual({ from: 13, to: 15 });
  expect([slotAt(buckets, -5), slotAt(buckets, 13), slotAt(buckets, 99)]).toEqual([0, 1, 2]);
});

// Would catch: an address that breaks the screen or asks the host for nonsense.
test('a range in the address is two whole numbers in order, or nothing', () => {
  expect(parseRange('10', '20')).toEqual({ from: 10, to: 20 });
  for (const [from, to] of [
    ['20', '10'],
    ['10', '10'],
    ['x', '20'],
    ['10', undefined],
    ['1.5', '2'],
    ['-1', '2'],
    ['1e3', '9999'],
    ['', ''],
  ])
    expect(parseRange(from, to)).toBeNull();
});

// Would catch: a chip that says the same for two ranges, or hides that a range is of another day.
test('a range is written as exact as it is long, with the day when it is not today', () => {
  const at = (text: string) => new Date(`2026-11-20T${text}`).getTime();
  const range = { from: at('12:01:03'), to: at('12:04:10') };
  expect(rangeText(range, at('15:00:00'))).toBe('12:01:03 – 12:04:10');
  expect(rangeText({ ...range, to: at('12:01:05.250') }, at('15:00:00'))).toBe('12:01:03.000 – 12:01:05.250');
  expect(rangeText(range, at('15:00:00') + 86_400_000)).toBe('2026-11-20 12:01:03 – 12:04:10');
  expect(rangeText({ ...range, to: range.to + 86_400_000 }, at('15:00:00'))).toBe(
    '2026-11-20 12:01:03 – 2026-11-21 12:04:10',
  );
});
