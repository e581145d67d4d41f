import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ago, bytes, count, duration, percent, plural, shortId, words } from './format.ts';

// Catches "60 s", "1024 B" or "60 m 00 s": a unit that is left one step too late, at its very edge.
test.each([
  [0, '0 ms'],
  [999, '999 ms'],
  [1_000, '1.0 s'],
  [9_940, '9.9 s'],
  [12_400, '12 s'],
  [60_000, '1 m 00 s'],
  [3_599_999, '59 m 59 s'],
  [3_600_000, '1 h 00 m'],
  [47 * 3_600_000, '47 h 00 m'],
  [50 * 3_600_000, '2 d 2 h'],
])('%i ms lasts %s', (ms, text) => {
  expect(duration(ms)).toBe(text);
});

test.each([
  [0, '0 B'],
  [1_023, '1023 B'],
  [1_024, '1.0 KB'],
  [150 * 1_024, '150 KB'],
  [1024 ** 2 - 1, '1.0 MB'],
  [5 * 1024 ** 3, '5.0 GB'],
  [3_000 * 1024 ** 4, '3000 TB'],
])('%i bytes are %s', (size, text) => {
  expect(bytes(size)).toBe(text);
});

// Catches a duration whose parts do not add up, such as 59.96 s that is drawn as 60 s.
test('no part of a duration reaches the next unit', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 40 * 86_400_000 }), (ms) => {
      const parts = [...duration(ms).matchAll(/([\d.]+) (ms|s|m|h)/g)];
      const limit = { ms: 1_000, s: 60, m: 60, h: 48 };
      for (const [, value, unit] of parts) expect(Number(value)).toBeLessThan(limit[unit as keyof typeof limit]);
    }),
    { examples: [[59_960], [999.6], [59_500]] as [number][] },
  );
});

// Catches a time in the future that is told as past, and a day that is told in hours.
test.each([
  [-2_000, 'just now'],
  [-42_000, '42 s ago'],
  [3 * 3_600_000, 'in 3 h'],
  [-120_000, '2 min ago'],
  [86_399_000, 'in 23 h'],
  [-86_400_000, 'Thu 12:00'],
  [33 * 3_600_000, 'Sat 21:00'],
  [6 * 86_400_000, '3 Dec 2026'],
  [-30 * 86_400_000, '28 Oct 2026'],
])('%i ms from now reads %s', (ms, text) => {
  const now = new Date(2026, 10, 27, 12).getTime();
  expect(ago(now + ms, now)).toBe(text);
});

test('what is not known is a dash, never NaN or 1970', () => {
  for (const nothing of [null, undefined]) {
    expect([duration(nothing), bytes(nothing), percent(nothing), ago(nothing, 0)]).toEqual(['–', '–', '–', '–']);
  }
});

// Catches 99.97 % of successes that are told as 100.0 %, and a share of nothing that has decimals.
test.each([
  [0, '0 %'],
  [0.0042, '0.4 %'],
  [0.9994, '99.9 %'],
  [0.9996, '100 %'],
  [1, '100 %'],
])('a share of %f is %s', (share, text) => {
  expect(percent(share)).toBe(text);
});

test('names and counts read as words', () => {
  expect(words('browser_not-found')).toBe('Browser not found');
  expect([plural(1, 'entry', 'entries'), plural(1_200, 'entry', 'entries')]).toEqual(['1 entry', '1,200 entries']);
  expect(count(1_234_567)).toBe('1,234,567');
  expect(shortId('tsk_01m8e2kgaydp114z76tywr3jca')).toBe('tsk_…wr3jca');
  expect(shortId('short')).toBe('short');
});
