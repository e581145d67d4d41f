import { expect, test } from 'vitest';
import type { Recording } from '../media/wav.ts';
import { openWindows } from './windows.ts';

/** Samples that count up from 1, in pieces of one length. */
const counting = (samples: number, piece: number): Recording => ({
  rate: 16_000,
  samples,
  async *pieces() {
    for (let at = 0; at < samples; at += piece)
      yield Float32Array.from({ length: Math.min(piece, samples - at) }, (_, index) => at + index + 1);
  },
});

// Catches a window that begins with what was read before instead of what comes next, and samples that are lost between pieces.
test.each([
  [3, 10],
  [7, 4],
  [100, 10],
])('each window goes on where the last one was left (pieces of %i, windows of %i)', async (piece, size) => {
  const windows = openWindows(counting(50, piece), 16_000, size);
  expect(windows.samples).toBe(50);
  let begin = 0;
  for (const step of [1, 3, size, 2, size - 1, size, size, size, 1, 50]) {
    const window = await windows.read();
    const length = Math.min(size, 50 - begin);
    expect([...window]).toEqual(Array.from({ length: Math.max(0, length) }, (_, index) => begin + index + 1));
    windows.advance(Math.min(step, window.length));
    begin += Math.min(step, window.length);
  }
});

test('behind the end there is nothing', async () => {
  const windows = openWindows(counting(5, 2), 16_000, 10);
  expect((await windows.read()).length).toBe(5);
  windows.advance(5);
  expect((await windows.read()).length).toBe(0);
});
