import { expect, test } from 'vitest';
import { type ManualClock, manualClock } from '../../../../tests/support/core.ts';
import { createScheduleTimer } from './timer.ts';

const MINUTE = 60_000;

/** A timer over a clock of the test; `due` is the earliest time of all schedules. */
function open(fire: () => Promise<void> = async () => undefined) {
  const clock: ManualClock = manualClock();
  const state = { due: null as number | null, fired: 0, shifts: [] as number[], errors: 0, waits: [] as number[] };
  const watched = {
    ...clock,
    schedule(fn: () => void, delay: number) {
      state.waits.push(delay);
      return clock.schedule(fn, delay);
    },
  };
  const timer = createScheduleTimer({
    store: { earliest: () => state.due, shiftIntervals: (ms) => void state.shifts.push(ms) },
    clock: watched,
    log: {
      error() {
        state.errors += 1;
      },
      info: () => undefined,
    },
    async fire() {
      state.fired += 1;
      await fire();
    },
  });
  return { clock, state, timer };
}

/** Lets promises settle. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

async function pass(clock: ManualClock, ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= 500) {
    clock.advance(Math.min(500, left));
    await settled();
  }
}

test('it looks when a time comes, and every thirty seconds all the same', async () => {
  const { clock, state, timer } = open();
  state.due = clock.now() + 10_000;
  timer.start();
  await settled();
  expect(state.fired).toBe(1);
  await pass(clock, 9500);
  expect(state.fired).toBe(1);
  state.due = null;
  await pass(clock, 500);
  expect(state.fired).toBe(2);
  await pass(clock, MINUTE);
  expect(state.fired).toBe(4);
  await timer.stop();
});

// Would catch: a laptop that slept for hours and wakes to a timer of hours, because the monotonic clock stood still.
test('a time that a sleep has passed is found within thirty seconds', async () => {
  const { clock, state, timer } = open();
  state.due = clock.now() + 5 * 60 * MINUTE;
  timer.start();
  await settled();
  clock.step(8 * 60 * MINUTE);
  await pass(clock, 30_000);
  expect(state.fired).toBe(2);
  expect(Math.max(...state.waits)).toBeLessThanOrEqual(30_000);
  expect(state.shifts).toEqual([]);
  await timer.stop();
});

test('a clock that is set back moves the intervals by as much; one that goes a little slower does not', async () => {
  const { clock, state, timer } = open();
  timer.start();
  await settled();
  clock.step(-2 * 60 * MINUTE);
  await pass(clock, 30_000);
  expect(state.shifts).toEqual([-2 * 60 * MINUTE]);
  clock.step(-400);
  await pass(clock, 30_000);
  expect(state.shifts).toHaveLength(1);
  await timer.stop();
});

// Would catch: a database that refuses writes and a host that does nothing else than try again.
test('what cannot be worked on is tried again a second later, not at once', async () => {
  const { clock, state, timer } = open(() => Promise.reject(new Error('the disk is full')));
  state.due = clock.now() - 1;
  timer.start();
  await settled();
  expect([state.fired, state.errors]).toEqual([1, 1]);
  await pass(clock, 500);
  expect(state.fired).toBe(1);
  await pass(clock, 10_000);
  expect(state.fired).toBeGreaterThan(5);
  expect(state.fired).toBeLessThan(13);
  await timer.stop();
});

test('what changes while it works is looked at afterwards', async () => {
  const gates: (() => void)[] = [];
  const { state, timer } = open(() => new Promise<void>((resolve) => void gates.push(resolve)));
  timer.start();
  timer.wake();
  timer.wake();
  await settled();
  expect(state.fired).toBe(1);
  gates[0]?.();
  await settled();
  expect(state.fired).toBe(2);
  gates[1]?.();
  await settled();
  expect(state.fired).toBe(2);
  await timer.stop();
});

// Would catch: a host that closes its database while a schedule writes to it, and a timer that goes on in a host that has stopped.
test('a stop waits for what is under way, and nothing comes after it', async () => {
  const work = Promise.withResolvers<void>();
  const { clock, state, timer } = open(() => work.promise);
  timer.start();
  const order: string[] = [];
  const stop = timer.stop().then(() => order.push('stopped'));
  await settled();
  order.push('finished');
  work.resolve();
  await stop;
  expect(order).toEqual(['finished', 'stopped']);
  timer.wake();
  await pass(clock, 2 * MINUTE);
  expect(state.fired).toBe(1);
});
