import { expect, test } from 'vitest';
import { decide, isQuiet } from './policy.ts';

const NOW = Date.UTC(2026, 0, 1, 12);
const MINUTE = 60_000;
const minutesAgo = (...minutes: number[]) => minutes.map((n) => NOW - n * MINUTE);
const base = { now: NOW, quiet: null, busy: false, overlap: 'queue', missed: 'run_all' } as const;
const short = (decisions: ReturnType<typeof decide>) =>
  decisions.map((one) => (one.run ? (one.late ? 'late' : 'ran') : one.outcome));

test('of several times within the grace one runs, unless all are asked for', () => {
  const times = [NOW - 15_000, NOW - 10_000, NOW - 5000];
  expect(short(decide({ ...base, times, missed: 'skip' }))).toEqual(['missed', 'missed', 'ran']);
  expect(short(decide({ ...base, times, missed: 'run_once' }))).toEqual(['missed', 'missed', 'ran']);
  expect(short(decide({ ...base, times }))).toEqual(['ran', 'ran', 'ran']);
});

test('a time that comes now runs in place of the missed ones', () => {
  expect(short(decide({ ...base, times: minutesAgo(120, 60, 0), missed: 'run_once' }))).toEqual([
    'missed',
    'missed',
    'ran',
  ]);
});

// Would catch: an hour of an interval of five seconds that becomes 720 tasks at once.
test('not more than a hundred are made up for', () => {
  const times = minutesAgo(...Array.from({ length: 720 }, (_, n) => 720 - n));
  const outcomes = short(decide({ ...base, times }));
  expect(outcomes.filter((one) => one === 'late')).toHaveLength(99);
  expect(outcomes.filter((one) => one === 'ran')).toHaveLength(1);
  expect(outcomes.slice(0, 620).every((one) => one === 'missed')).toBe(true);
});

test('with skip a time does not overlap the one before it of the same moment', () => {
  expect(short(decide({ ...base, times: minutesAgo(120, 60), overlap: 'skip' }))).toEqual(['late', 'skipped']);
  expect(short(decide({ ...base, times: minutesAgo(0), overlap: 'skip', busy: true }))).toEqual(['skipped']);
  expect(short(decide({ ...base, times: minutesAgo(120, 60), overlap: 'cancel_previous' }))).toEqual([
    'skipped',
    'late',
  ]);
});

test('quiet hours may span midnight', () => {
  const quiet = { from: '22:00', to: '06:30', timezone: 'Europe/Berlin' };
  const at = (time: string) => isQuiet(quiet, Date.parse(`2026-07-01T${time}:00Z`));
  expect([at('20:00'), at('23:30'), at('04:29')]).toEqual([true, true, true]);
  expect([at('19:59'), at('04:30'), at('12:00')]).toEqual([false, false, false]);
  expect(isQuiet({ ...quiet, to: '22:00' }, Date.parse('2026-07-01T20:00:00Z'))).toBe(false);
});
