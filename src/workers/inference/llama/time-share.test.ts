import { expect, test } from 'vitest';
import { manualClock } from '../../../../tests/support/core.ts';
import { createTimeShare, type Part } from './time-share.ts';

const never = new AbortController().signal;

function open(budget: number) {
  const clock = manualClock();
  const limits: number[] = [];
  const model = createTimeShare({
    budget: () => budget,
    limit: (threads) => limits.push(threads),
    now: clock.monotonic,
    schedule: clock.schedule,
  });
  const pass = (ms: number) => new Promise<void>((resolve) => clock.schedule(resolve, ms));
  /** Steps of a length, with a pause between them, until the signal comes. @returns how many there are by now */
  function loop(part: Part, ms: number, pause = 0, until = never) {
    const done = { steps: 0 };
    void (async () => {
      while (!until.aborted) {
        await part.step(() => pass(ms), never);
        done.steps += 1;
        if (pause > 0) await pass(pause);
      }
      part.leave();
    })();
    return done;
  }
  async function run(ms: number) {
    for (let at = 0; at < ms; at++) {
      await new Promise(setImmediate);
      clock.advance(1);
    }
    await new Promise(setImmediate);
  }
  return { clock, limits, model, loop, run };
}

// Catches turns that count steps: the small model gets one for each of the large one, two hundredths of the time.
test('of one thread each of two models gets half of the time, however long their steps are', async () => {
  const { model, loop, run } = open(1);
  const small = loop(model()(), 2);
  const large = loop(model()(), 100);
  await run(2000);
  expect(small.steps).toBeGreaterThan(440);
  expect(large.steps).toBeGreaterThanOrEqual(9);
});

// Catches time that a model saves up while it has nothing to do, and that all others then wait for.
test('a model that comes later begins with as much as the others have had', async () => {
  const { model, loop, run } = open(1);
  const first = loop(model()(), 10);
  await run(3000);
  const before = first.steps;
  loop(model()(), 10);
  await run(400);
  expect(first.steps - before).toBeGreaterThanOrEqual(18);
});

// Catches a reader that does not read, for whose model the processor stands still.
test('a model whose reader is slow, or has stopped, holds the others up for no more than its part', async () => {
  const slow = open(1);
  slow.loop(slow.model()(), 1, 8);
  const other = slow.loop(slow.model()(), 100);
  await slow.run(3000);
  expect(other.steps).toBeGreaterThanOrEqual(12);
  const stopped = open(1);
  stopped.loop(stopped.model()(), 1, 100_000);
  const alone = stopped.loop(stopped.model()(), 10);
  await stopped.run(1000);
  expect(alone.steps).toBeGreaterThan(95);
});

test('requests of one model compute together, and give way together', async () => {
  const { model, loop, run } = open(1);
  const join = model();
  const [one, two] = [loop(join(), 10), loop(join(), 7)];
  const other = loop(model()(), 10);
  await run(1000);
  for (const { steps } of [one, two, other]) expect(steps).toBeGreaterThan(30);
});

// Catches more threads than the budget, and a model that keeps to its part after the others have gone.
test('as many compute at once as there are threads, each with its part; the last one has them all again', async () => {
  const { model, loop, run, limits } = open(4);
  const stop = new AbortController();
  const all = [loop(model()(), 10), loop(model()(), 10, 0, stop.signal)];
  await run(500);
  for (const { steps } of all) expect(steps).toBeGreaterThan(45);
  expect(Math.max(...limits)).toBe(4);
  expect(limits).toContain(4);
  stop.abort();
  await run(100);
  expect(limits.at(-1)).toBe(4);
});

test('who leaves while waiting is told at once, and its step never begins', async () => {
  const { model, run, loop } = open(1);
  loop(model()(), 1000);
  await run(1);
  const leaving = new AbortController();
  let began = false;
  const waiting = model()().step(async () => {
    began = true;
  }, leaving.signal);
  leaving.abort(new Error('left'));
  await expect(waiting).rejects.toThrow('left');
  await run(3000);
  expect(began).toBe(false);
});
