import { expect, test } from 'vitest';
import { manualClock } from '../../../../../tests/support/core.ts';
import type { Job } from '../../../../contract/host/jobs.ts';
import { createRate } from './rate.ts';

function open(total: number) {
  const clock = manualClock();
  const told: Partial<Job['progress']>[] = [];
  const rate = createRate(clock, total, (progress) => told.push(progress));
  return {
    add(bytes: number, afterMs = 0) {
      clock.advance(afterMs);
      rate.add(bytes, 'file');
      return told.at(-1);
    },
    told,
  };
}

test('the rate is that of the last seconds, and the rest follows from it', () => {
  const { add } = open(10_000);
  add(0);
  expect(add(1000, 1000)).toMatchObject({ done_bytes: 1000, percent: 10, bytes_per_second: 1000, eta_seconds: 9 });
  for (let second = 0; second < 6; second++) add(500, 1000);
  expect(add(500, 1000)).toMatchObject({ bytes_per_second: 500 });
});

// Catches a rate of millions in the first moment, when two pieces come at once.
test('a stretch that is too short for a rate has none', () => {
  const { add } = open(10_000);
  add(1000);
  expect(add(1000, 100)).toMatchObject({ bytes_per_second: null, eta_seconds: null });
});

// Catches a download that seems to be nearly done in a second because most of it was on the disk already.
test('bytes that were there at the start do not count as fast', () => {
  const { add } = open(100_000);
  add(90_000);
  expect(add(100, 1000)).toMatchObject({ done_bytes: 90_100, bytes_per_second: 100, eta_seconds: 99 });
});

// Catches a bar that jumps back when a range has to be downloaded once more.
test('what is given up lowers neither the bar nor the rate below nothing', () => {
  const { add, told } = open(1000);
  add(0);
  add(600, 1000);
  add(-600, 1000);
  add(100, 1000);
  const shown = told.map(({ done_bytes }) => done_bytes ?? 0);
  expect(shown).toEqual([0, 600, 600, 600]);
  expect(told.at(-1)).toMatchObject({ bytes_per_second: 100, eta_seconds: 9 });
});

test('more bytes than were promised are not shown, and nothing to download is done', () => {
  expect(open(100).add(150)).toMatchObject({ done_bytes: 100, percent: 100 });
  expect(open(0).add(0)).toMatchObject({ percent: 100, total_bytes: 0 });
});
