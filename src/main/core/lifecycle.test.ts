import { expect, test } from 'vitest';
import { manualClock, memoryLog } from '../../../tests/support/core.ts';
import { createLifecycle, type Part } from './lifecycle.ts';
import { createMaintenance } from './maintenance.ts';

/** Parts that write what happens to them into one list. */
function recorder() {
  const done: string[] = [];
  const part = (name: string, more: Partial<Part> = {}): Part => ({
    name,
    start: () => void done.push(`+${name}`),
    stop: () => void done.push(`-${name}`),
    ...more,
  });
  return { done, part };
}

test('parts start in order, each after the one before has settled, and stop in the reverse order', async () => {
  const { done, part } = recorder();
  const slow = part('b', {
    async start() {
      await new Promise(setImmediate);
      done.push('+b');
    },
  });
  const lifecycle = createLifecycle(memoryLog(), [part('a'), slow, part('c')]);
  await lifecycle.start();
  await lifecycle.stop();
  expect(done).toEqual(['+a', '+b', '+c', '-c', '-b', '-a']);
});

// Would catch: a port or a lock that stays taken after a start that failed.
test('a part that cannot start stops those before it, nothing else, and its error is told', async () => {
  const { done, part } = recorder();
  const bad = part('b', {
    start() {
      throw new Error('port is taken');
    },
  });
  const lifecycle = createLifecycle(memoryLog(), [part('a'), bad, part('c')]);
  await expect(lifecycle.start()).rejects.toThrow('port is taken');
  expect(done).toEqual(['+a', '-a']);
  await lifecycle.stop();
  expect(done).toEqual(['+a', '-a']);
});

test('a part that throws or hangs while it stops keeps no other from stopping', async () => {
  const { done, part } = recorder();
  const log = memoryLog();
  const lifecycle = createLifecycle(log, [
    part('a'),
    part('throws', { stop: () => Promise.reject(new Error('no')) }),
    part('hangs', { stop: () => new Promise(() => undefined), stopDeadlineMs: 20 }),
  ]);
  await lifecycle.start();
  await lifecycle.stop();
  expect(done.at(-1)).toBe('-a');
  expect(log.lines).toEqual([
    'error lifecycle hangs did not stop cleanly',
    'error lifecycle throws did not stop cleanly',
  ]);
});

test('a stop that is asked for twice happens once, and both wait for its end', async () => {
  const { done, part } = recorder();
  const lifecycle = createLifecycle(memoryLog(), [part('a', { stop: () => new Promise(setImmediate) }), part('b')]);
  await lifecycle.start();
  await Promise.all([lifecycle.stop(), lifecycle.stop()]);
  expect(done).toEqual(['+a', '+b', '-b']);
});

// Would catch: work begun late that still writes when its database is closed.
test('work after the start holds up no start, is awaited by the stop of its part, and may fail', async () => {
  const { done, part } = recorder();
  const log = memoryLog();
  const work = Promise.withResolvers<void>();
  const lifecycle = createLifecycle(log, [
    part('database'),
    part('resume', { afterStart: () => work.promise.then(() => void done.push('resumed')) }),
    part('broken', { afterStart: () => Promise.reject(new Error('no')) }),
  ]);
  await lifecycle.start();
  expect(done).toEqual(['+database', '+resume', '+broken']);
  const stopping = lifecycle.stop();
  await new Promise(setImmediate);
  expect(done).not.toContain('-database');
  work.resolve();
  await stopping;
  expect(done.slice(-2)).toEqual(['resumed', '-database']);
  expect(log.lines).toEqual(['error lifecycle broken failed after its start']);
});

test('chores run a minute after the start and then each hour; one that fails keeps no other from running', async () => {
  const clock = manualClock();
  const log = memoryLog();
  const ran: string[] = [];
  const turn = Promise.withResolvers<void>();
  const maintenance = createMaintenance(clock, log, [
    { name: 'the first', run: () => Promise.reject(new Error('busy')) },
    {
      name: 'the second',
      run() {
        ran.push('second');
        turn.resolve();
      },
    },
  ]);
  await maintenance.start();
  clock.advance(59_999);
  expect(ran).toEqual([]);
  clock.advance(1);
  await turn.promise;
  expect(log.lines).toEqual(['warn maintenance the first failed; it is tried again in an hour']);
  await new Promise(setImmediate);
  clock.advance(3_600_000);
  await new Promise(setImmediate);
  expect(ran).toEqual(['second', 'second']);
  await maintenance.stop();
  clock.advance(10 * 3_600_000);
  await new Promise(setImmediate);
  expect(ran).toHaveLength(2);
});

// Would catch: a database that is closed under a chore, or a stop that waits for all the chores that are left.
test('the stop ends the chore that runs and skips those after it', async () => {
  const clock = manualClock();
  const ran: string[] = [];
  const maintenance = createMaintenance(clock, memoryLog(), [
    {
      name: 'long',
      run: (signal) =>
        new Promise<void>((resolve) => {
          ran.push('long');
          signal.addEventListener('abort', () => setImmediate(() => resolve(void ran.push('ended'))), { once: true });
        }),
    },
    { name: 'next', run: () => void ran.push('next') },
  ]);
  await maintenance.start();
  clock.advance(60_000);
  await maintenance.stop();
  expect(ran).toEqual(['long', 'ended']);
});
