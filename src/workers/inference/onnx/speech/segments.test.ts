import { expect, test } from 'vitest';
import { createSegments } from './segments.ts';

const piece = (start: number, end: number | null, text = 'a') => ({ start, end, text });

// Catches segments that are lost silently behind the limit, and an answer that grows without one.
test('more segments than an answer holds are counted', () => {
  const segments = createSegments(3);
  segments.add({ from: 0, to: 30 }, [piece(0, 1), piece(1, 2), piece(2, 3, '  '), piece(3, 4)]);
  expect([segments.all.length, segments.omitted()]).toEqual([3, 0]);
  segments.add({ from: 30, to: 60 }, [piece(0, 1), piece(1, 2, ''), piece(2, 3)]);
  expect([segments.all.length, segments.omitted()]).toEqual([3, 2]);
});

test('times are those of the whole recording, and end with the window', () => {
  const segments = createSegments(10);
  segments.add({ from: 28.004, to: 31.5 }, [piece(0.5, 1, ' so '), piece(2, 9), piece(3, null)]);
  expect(segments.all).toEqual([
    { start: 28.5, end: 29, text: 'so' },
    { start: 30, end: 31.5, text: 'a' },
    { start: 31, end: 31.5, text: 'a' },
  ]);
});
