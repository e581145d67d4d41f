import { expect, test } from 'vitest';
import { byHand } from './by-hand.ts';

const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString();
const task = (id: string, minute: number, more: { batch_id?: string; retry_of?: string } = {}) =>
  ({ id, created_at: at(minute), batch_id: null, retry_of: null, ...more }) as never;
const ids = (...given: Parameters<typeof byHand>) => byHand(...given).map(({ id }) => id);

// Catches a run that was started by hand and is nowhere to be seen, and one of a time that is told twice.
test('what no time has made was run by hand', () => {
  const ticks = [{ at: at(10), task_id: 'timed' as never }];
  expect(ids([task('hand', 20), task('timed', 10), task('forgotten', 5)], ticks)).toEqual(['hand']);
  expect(ids([task('first', 1)], [])).toEqual(['first']);
  expect(ids([task('again', 12, { retry_of: 'timed' })], ticks)).toEqual([]);
});

test('of several tasks that were made together one is told', () => {
  const ticks = [{ at: at(10), task_id: 'a1' as never }];
  const tasks = [
    task('b2', 20, { batch_id: 'b' }),
    task('b1', 20, { batch_id: 'b' }),
    task('a2', 10, { batch_id: 'a' }),
    task('a1', 10, { batch_id: 'a' }),
  ];
  expect(ids(tasks, ticks)).toEqual(['b2']);
});
