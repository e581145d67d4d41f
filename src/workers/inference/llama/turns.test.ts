import { expect, test } from 'vitest';
import { createTurns } from './turns.ts';

// Would catch: one long text that a caller has left, which the host takes for an engine that does not obey and ends with everybody's models.
test('a caller that leaves is answered at once; what has begun ends before the next begins', async () => {
  const native = createTurns();
  const order: string[] = [];
  const long = Promise.withResolvers<number>();
  const leaving = new AbortController();
  const first = native(() => {
    order.push('first begins');
    return long.promise;
  }, leaving.signal);
  const second = native(async () => order.push('second'), AbortSignal.timeout(60_000));
  const third = native(async () => order.push('third'), leaving.signal);
  await new Promise(setImmediate);
  leaving.abort(new Error('left'));
  await expect(first).rejects.toThrow('left');
  await expect(third).rejects.toThrow('left');
  expect(order).toEqual(['first begins']);
  long.resolve(1);
  await second;
  expect(order).toEqual(['first begins', 'second']);
  await new Promise(setImmediate);
  expect(order).not.toContain('third');
});

test('a failure is that of its own caller', async () => {
  const native = createTurns();
  const { signal } = new AbortController();
  await expect(native(() => Promise.reject(new Error('broken')), signal)).rejects.toThrow('broken');
  expect(await native(async () => 2, signal)).toBe(2);
});
