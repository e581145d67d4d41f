import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createItemQueue } from './item-queue.ts';

/** Reads until the end; what failed it comes last. */
async function drain(items: AsyncIterable<unknown>): Promise<unknown[]> {
  const all: unknown[] = [];
  try {
    for await (const item of items) all.push(item);
  } catch (error) {
    all.push(error);
  }
  return all;
}

// Catches an item that is lost or doubled where pushing and reading overlap.
test('gives every item once and in order, however pushing and reading interleave', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.oneof(fc.nat(), fc.constant('turn' as const))), async (script) => {
      const queue = createItemQueue();
      const read = drain(queue.items());
      for (const step of script) {
        if (step === 'turn') await Promise.resolve();
        else queue.push(step);
      }
      queue.end();
      expect(await read).toEqual(script.filter((step) => step !== 'turn'));
    }),
  );
});

test('an end with an error comes after what was pushed before it, and the first end wins', async () => {
  const queue = createItemQueue();
  queue.push(1);
  queue.end(new Error('first'));
  queue.end(new Error('second'));
  expect(await drain(queue.items())).toEqual([1, new Error('first')]);
});

// Catches a reader that sleeps on although its call is over.
test('an end wakes a reader that waits', async () => {
  const queue = createItemQueue();
  const next = queue.items().next();
  await Promise.resolve();
  queue.end();
  expect(await next).toEqual({ done: true, value: undefined });
});

test('items pushed while one is being handled are still given', async () => {
  const queue = createItemQueue();
  queue.push('a');
  const seen: unknown[] = [];
  for await (const item of queue.items()) {
    seen.push(item);
    if (item === 'a') queue.push('b');
    else queue.end();
  }
  expect(seen).toEqual(['a', 'b']);
});
