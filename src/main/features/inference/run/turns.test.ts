import { expect, test } from 'vitest';
import { createTurns } from './turns.ts';

const never = new AbortController().signal;
const order = async (turns: ReturnType<typeof createTurns>, callers: readonly string[]) => {
  const served: string[] = [];
  await Promise.all(
    callers.map(async (caller) => {
      const leave = await turns.enter(caller, never);
      served.push(caller);
      await Promise.resolve();
      leave();
    }),
  );
  return served;
};

// Catches a caller with a hundred requests behind whom everybody else waits.
test('callers take turns, and those of one caller keep their order', async () => {
  const turns = createTurns(
    1,
    () => 100,
    () => 0,
  );
  expect(await order(turns, ['a', 'a', 'a', 'a', 'b', 'c', 'b'])).toEqual(['a', 'b', 'c', 'a', 'b', 'a', 'a']);
});

test('as many as there are places, then a bounded queue, then a refusal that says so', async () => {
  const turns = createTurns(
    2,
    () => 1,
    () => 0,
  );
  const first = await turns.enter('a', never);
  await turns.enter('b', never);
  const third = turns.enter('c', never);
  await expect(turns.enter('d', never)).rejects.toMatchObject({
    slug: 'resource-limit-exceeded',
    extra: { resource: 'inference_queue', limit: 1, current: 1, retry_after: 1 },
  });
  expect([turns.active(), turns.waiting()]).toEqual([2, 1]);
  first();
  // A place that is given back twice is one place.
  first();
  await third;
  expect([turns.active(), turns.waiting()]).toEqual([2, 0]);
});

// Catches a queue that belongs to whoever fills it first: everybody else is refused for as long as it stays full.
test('a full queue is shared out, and who has more than the others gives way', async () => {
  const turns = createTurns(
    1,
    () => 4,
    () => 0,
  );
  const leave = await turns.enter('a', never);
  const refused: string[] = [];
  const ask = (caller: string, name: string) => {
    const entered = turns.enter(caller, never);
    entered.catch(() => refused.push(name));
    return entered;
  };
  const all = ['a1', 'a2', 'a3', 'a4'].map((name) => ask('a', name));
  await expect(turns.enter('a', never)).rejects.toMatchObject({ slug: 'resource-limit-exceeded' });
  const others = ['b1', 'b2'].map((name) => ask('b', name));
  await expect(ask('b', 'b3')).rejects.toMatchObject({ slug: 'resource-limit-exceeded' });
  const third = ask('c', 'c1');
  await expect(all[3]).rejects.toMatchObject({ extra: { resource: 'inference_queue' } });
  expect(refused.toSorted()).toEqual(['a2', 'a3', 'a4', 'b3']);
  leave();
  for (const one of [others[0], third, all[0], others[1]]) (await one)?.();
  expect([turns.active(), turns.waiting()]).toEqual([0, 0]);
});

test('who leaves while waiting holds nobody up', async () => {
  const turns = createTurns(
    1,
    () => 10,
    () => 0,
  );
  const leave = await turns.enter('a', never);
  const gone = new AbortController();
  const left = turns.enter('b', gone.signal);
  const next = turns.enter('c', never);
  gone.abort();
  await expect(left).rejects.toMatchObject({ slug: 'cancelled' });
  leave();
  (await next)();
  expect([turns.active(), turns.waiting()]).toEqual([0, 0]);
});

// Catches a place that stays taken after its request, and one that is told as free while it computes.
test('each place tells since when it is taken', async () => {
  let now = 1000;
  const turns = createTurns(
    2,
    () => 1,
    () => now,
  );
  expect(turns.slots()).toEqual([null, null]);
  const first = await turns.enter('a', never);
  now = 3000;
  const second = await turns.enter('b', never);
  expect(turns.slots()).toEqual([1000, 3000]);
  const third = turns.enter('c', never);
  now = 4000;
  first();
  first();
  await third;
  expect(turns.slots()).toEqual([4000, 3000]);
  second();
  (await third)();
  expect(turns.slots()).toEqual([null, null]);
});
