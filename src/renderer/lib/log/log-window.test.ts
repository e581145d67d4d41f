import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createLogWindow } from './log-window.ts';
import type { LogRow } from './ring.ts';

const row = (seq: number): LogRow => ({ seq, at: 0, level: 'info', source: 'stdout', text: `${seq}`, data: null });
const seqs = (window: ReturnType<typeof createLogWindow>) =>
  Array.from({ length: window.ring.length }, (_, index) => window.ring.at(index)?.seq);

type Step = 'write' | 'older' | 'newer' | 'end';

// Catches lines that are lost, doubled or out of order when the user scrolls while the log is being written.
test('whatever is loaded and written, the window holds neighbouring lines, and at its end also the newest', () => {
  const steps = fc.array(fc.constantFrom<Step>('write', 'older', 'newer', 'end'), { maxLength: 60 });
  fc.assert(
    fc.property(steps, fc.integer({ min: 0, max: 40 }), (order, before) => {
      const capacity = 12;
      const written = Array.from({ length: before }, (_, index) => row(index + 1));
      const window = createLogWindow(capacity);
      const page = (rows: LogRow[], all: LogRow[]) => ({ rows, more: rows.length < all.length });
      const write = () => {
        const next = row(written.length + 1);
        written.push(next);
        window.take([next]);
      };
      const tail = () => page(written.slice(-5), written);
      window.restart(tail());
      for (const step of order) {
        if (step === 'write') write();
        else if (step === 'older' && window.more) {
          const older = written.filter(({ seq }) => seq < window.ring.first());
          window.addOlder(page(older.slice(-5), older));
        } else if (step === 'newer' && window.behind) {
          window.wait();
          const newer = written.filter(({ seq }) => seq > window.ring.last());
          const answer = page(newer.slice(0, 5), newer);
          // A line comes while the answer is on its way.
          write();
          window.addNewer(answer);
          window.stopWaiting();
        } else if (step === 'end' && window.behind) {
          window.wait();
          const answer = tail();
          write();
          window.restart(answer);
          window.stopWaiting();
        }
        const held = seqs(window);
        const first = held[0] ?? 0;
        expect(held).toEqual(held.map((_, index) => first + index));
        expect(held.length).toBeLessThanOrEqual(capacity);
        if (!window.behind) expect(window.ring.last()).toBe(written.length);
        expect(window.more).toBe(first > 1);
      }
    }),
  );
});

// Catches a window that is filled from the tail and then says that there is nothing before it.
test('a tail larger than the window leaves older lines to load', () => {
  const window = createLogWindow(3);
  window.restart({ rows: [1, 2, 3, 4, 5].map(row), more: false });
  expect(seqs(window)).toEqual([3, 4, 5]);
  expect(window.more).toBe(true);
});

// Catches lines kept aside for a read that failed, and put into a later window in the wrong place.
test('what was kept aside for a read that failed is forgotten', () => {
  const window = createLogWindow(4);
  window.restart({ rows: [5, 6, 7, 8].map(row), more: true });
  window.addOlder({ rows: [1, 2, 3, 4].map(row), more: false });
  expect(window.behind).toBe(true);
  window.wait();
  window.take([row(9)]);
  window.stopWaiting();
  window.take([row(10)]);
  expect(seqs(window)).toEqual([1, 2, 3, 4]);
  window.wait();
  window.addNewer({ rows: [5, 6, 7, 8, 9, 10].map(row), more: false });
  expect(seqs(window)).toEqual([7, 8, 9, 10]);
  expect(window.behind).toBe(false);
});
