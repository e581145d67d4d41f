/** A history stream over a connection that breaks: a simulated host keeps a log and may repeat or leave out on the way. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createPosition } from './resume.ts';

const item = (seq: number) => ({ type: 'task.updated', seq });

// Catches a reader that sees a change twice, or never, after the connection was lost at any place.
test('over any number of breaks each item is accepted exactly once and in order', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.integer({ min: 1, max: 500 }), { minLength: 1, maxLength: 40 }),
      fc.array(fc.record({ delivered: fc.nat(10), repeats: fc.nat(3) }), { maxLength: 20 }),
      (seqs, connections) => {
        const log = [...seqs].sort((a, b) => a - b);
        const position = createPosition(undefined);
        const seen: number[] = [];
        const deliver = (seq: number) => {
          if (position.accept(seq, item(seq))) seen.push(seq);
        };
        for (const { delivered, repeats } of [...connections, { delivered: log.length, repeats: 0 }]) {
          const { since = 0 } = position;
          // What was on its way when the connection broke may come again.
          for (const seq of log.filter((at) => at <= since).slice(-repeats || log.length)) deliver(seq);
          for (const seq of log.filter((at) => at > since).slice(0, delivered)) deliver(seq);
        }
        expect(seen).toEqual(log);
      },
    ),
  );
});

test('starts after the sequence number it is given', () => {
  const position = createPosition(10);
  expect([9, 10, 11].map((seq) => position.accept(seq, item(seq)))).toEqual([false, false, true]);
  expect(position.since).toBe(11);
});

test('an item without a number of its own counts by its frame', () => {
  const position = createPosition(undefined);
  expect(position.accept(3, 'text')).toBe(true);
  expect(position.accept(3, 'text again')).toBe(false);
  expect(position.accept(4, null)).toBe(true);
});

// Catches a greeting that is swallowed because the reader is already where the host says it is.
test('a hello is always passed on and moves the position forward, never back', () => {
  const position = createPosition(undefined);
  expect(position.accept(7, { type: 'hello', seq: 7 })).toBe(true);
  expect(position.accept(7, { type: 'hello', seq: 7 })).toBe(true);
  expect(position.accept(5, { type: 'hello', seq: 5 })).toBe(true);
  expect(position.since).toBe(7);
});

test('a gap is passed on and continues after what was dropped', () => {
  const position = createPosition(5);
  expect(position.accept(6, { type: 'gap', dropped: 94, next_since: 100 })).toBe(true);
  expect(position.since).toBe(100);
  expect(position.accept(99, item(99))).toBe(false);
  expect(position.accept(101, item(101))).toBe(true);
});
