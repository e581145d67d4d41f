import { getEventListeners } from 'node:events';
import path from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { manualClock, memoryLog, ROOT } from '../../../../tests/support/core.ts';
import { createNodePlatform } from '../../platform/node.ts';
import { type Clock, systemClock } from '../clock.ts';
import { listProcesses } from './process-list.ts';
import { createWorkerClient } from './worker-client.ts';

const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

interface Setting {
  env?: Record<string, string>;
  readyMs?: number;
  cancelGraceMs?: number;
  clock?: Clock;
}

function open({ env = {}, readyMs = 20_000, cancelGraceMs = 100, clock = systemClock }: Setting = {}) {
  const log = memoryLog();
  const platform = createNodePlatform({ appRoot: ROOT });
  const forks: Promise<unknown>[] = [];
  const fork: typeof platform.fork = (module, options) => {
    // A start that fails counts too.
    forks.push(Promise.resolve());
    const child = platform.fork(module, options);
    forks[forks.length - 1] = child.exited;
    return child;
  };
  const client = createWorkerClient(
    { platform: { fork }, clock, log },
    {
      module: path.join(ROOT, 'tests/fixtures/workers/obedient.mjs'),
      name: 'obedient',
      env: { PATH: process.env.PATH ?? '', ...env },
      ask: z.string(),
      answer: z.string(),
      readyMs,
      cancelGraceMs,
      backoffMs: 50,
      maxCrashes: 3,
      openMs: 300,
    },
  );
  cleanups.push(() => client.stop(0));
  return { ...client, log, forks: () => forks.length, exited: () => forks.at(-1) };
}

const long = { deadlineMs: 30_000 };
const slugOf = (work: Promise<unknown>) =>
  work.then(
    () => null,
    (error: { slug?: string }) => error.slug ?? String(error),
  );

/** Whether a process lives; a zombie, whose end its parent has not fetched yet, does not. */
const alive = async (pid: number) => (await listProcesses()).some((info) => info.pid === pid);

test('the first request starts the process, the next one uses the same; a message of another shape is dropped', async () => {
  const client = open();
  expect(client.forks()).toBe(0);
  const first = await client.request('a', long);
  expect(await client.request('a', long)).toBe(first);
  expect(await client.request('garbage', long)).toContain('garbage');
  expect(client.log.lines.join()).toContain('message of a worker dropped');
  expect(client.forks()).toBe(1);
});

test('a crash fails every pending request with worker-crashed; the next request starts another process', async () => {
  const client = open();
  await client.request('a', long);
  const hanging = slugOf(client.request('hang', long));
  expect(await slugOf(client.request('crash', long))).toBe('worker-crashed');
  expect(await hanging).toBe('worker-crashed');
  expect(await client.request('b', long)).toContain('b');
});

// Catches a body that cannot be sent and stays in the queue: every later request would fail with its error.
test('a request that cannot be sent fails alone', async () => {
  const client = open();
  const unsendable = {
    toJSON: () => Promise.reject,
    get text() {
      throw new Error('planted');
    },
  };
  expect(await slugOf(client.request(unsendable as never, long))).not.toBeNull();
  expect(await client.request('hello', long)).toContain('hello');
});

test('a process that is never ready is killed and its request fails', async () => {
  const client = open({ env: { NEVER_READY: '1' }, readyMs: 300 });
  await expect(client.request('a', long)).rejects.toMatchObject({
    slug: 'worker-crashed',
    message: 'obedient ended by SIGKILL before it was ready.',
  });
});

describe('the circuit', () => {
  // Would catch: a process that dies at its start and is started again without a pause, which keeps a core busy for ever.
  test('waits 50, 100 ms between starts, opens at the third crash, and says for how long', async () => {
    const clock = manualClock();
    const client = open({ env: { CRASH_AT_START: '1' }, clock });
    expect(await slugOf(client.request('a', long))).toBe('worker-crashed');
    for (const [wait, forks] of [
      [50, 1],
      [100, 2],
    ] as const) {
      const waiting = slugOf(client.request('a', long));
      clock.advance(wait - 1);
      expect(client.forks()).toBe(forks);
      clock.advance(1);
      expect(client.forks()).toBe(forks + 1);
      expect(await waiting).toBe('worker-crashed');
    }
    expect(client.openBecause()).toBe('obedient ended with exit code 9 before it was ready.');
    await expect(client.request('a', long)).rejects.toMatchObject({
      slug: 'service-unavailable',
      message: client.openBecause(),
      extra: { retry_after: 1 },
    });
    clock.advance(299);
    expect(client.openBecause()).not.toBeNull();
    clock.advance(1);
    expect(client.openBecause()).toBeNull();
    // One crash more opens it again at once: a worker that still cannot start gets one try each time.
    expect(await slugOf(client.request('a', long))).toBe('worker-crashed');
    expect(client.openBecause()).not.toBeNull();
    expect(client.forks()).toBe(4);
  });

  test('is closed by one answer: three crashes have to follow in a row to open it again', async () => {
    const clock = manualClock();
    const client = open({ clock });
    async function crash(wait: number): Promise<void> {
      const crashing = slugOf(client.request('crash', long));
      clock.advance(wait);
      expect(await crashing).toBe('worker-crashed');
    }
    for (const wait of [0, 50, 100]) await crash(wait);
    expect(client.openBecause()).toContain('exit code 7');
    clock.advance(300);
    expect(await client.request('a', long)).toContain('a');
    for (const wait of [0, 50]) await crash(wait);
    expect(client.openBecause()).toBeNull();
    await crash(100);
    expect(client.openBecause()).toContain('exit code 7');
  });

  // Would catch: an error of the operating system that leaves `request` or a timer as an exception and ends the host.
  test('counts a program that cannot be started at all, once for all that wait for it', async () => {
    // Longer than what Linux takes as one string of the environment (E2BIG).
    const client = open({ env: { TOO_LONG: 'x'.repeat(200_000) } });
    const both = [client.request('a', long), client.request('b', long)].map((request) =>
      request.then(String, (error: Error) => error.message),
    );
    const reason = 'obedient could not be started before it was ready.';
    expect(await Promise.all(both)).toEqual([reason, reason]);
    expect(client.forks()).toBe(1);
    expect(client.log.lines).toContain('error workers a worker could not be started');
    expect(await slugOf(client.request('c', long))).toBe('worker-crashed');
    expect(client.forks()).toBe(2);
  });
});

describe('deadline and cancel', () => {
  test('answer at once; a worker that obeys lives on, one that does not is killed', async () => {
    const client = open();
    const before = await client.request('a', long);
    expect(await slugOf(client.request('hang', { deadlineMs: 20 }))).toBe('gateway-timeout');
    const controller = new AbortController();
    const cancelled = slugOf(client.request('hang', { ...long, signal: controller.signal }));
    controller.abort();
    expect(await cancelled).toBe('cancelled');
    expect(await client.request('a', long)).toBe(before);
    expect(await slugOf(client.request('spin', { deadlineMs: 20 }))).toBe('gateway-timeout');
    expect(await slugOf(client.request('x', long))).toBe('worker-crashed');
    expect(await client.request('a', long)).not.toBe(before);
  });

  test('before the call costs no process', async () => {
    const client = open();
    expect(await slugOf(client.request('a', { ...long, signal: AbortSignal.abort() }))).toBe('cancelled');
    expect(client.forks()).toBe(0);
  });

  // Would catch: work that is done although its caller has cancelled it.
  test('before the process is ready takes the request back: the worker never sees it', async () => {
    const client = open();
    const controller = new AbortController();
    const early = slugOf(client.request('early', { ...long, signal: controller.signal }));
    const kept = client.request('seen', long);
    controller.abort();
    expect(await early).toBe('cancelled');
    expect(await kept).toBe('seen');
  });

  test('after the answer does nothing, and leaves no listener on the signal', async () => {
    const client = open({ cancelGraceMs: 1 });
    const controller = new AbortController();
    const before = await client.request('a', { ...long, signal: controller.signal });
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0);
    controller.abort();
    expect(await client.request('a', long)).toBe(before);
  });

  // Would catch: a grace period that goes on after the crash and kills the next process.
  test('before a crash does not kill the process that comes after it', async () => {
    const clock = manualClock();
    const client = open({ clock, env: { CRASH_ON_CANCEL: '1' } });
    const controller = new AbortController();
    const cancelled = slugOf(client.request('hang', { ...long, signal: controller.signal }));
    // Answered after the other request has reached the worker.
    await client.request('a', long);
    const pending = slugOf(client.request('hang', long));
    controller.abort();
    expect([await cancelled, await pending]).toEqual(['cancelled', 'worker-crashed']);
    const starting = client.request('a', long);
    clock.advance(50);
    const next = await starting;
    clock.advance(10_000);
    // A kill looks at the process list once before it signals.
    for (let looks = 0; looks < 3; looks++) await listProcesses();
    expect(await client.request('a', long)).toBe(next);
  });
});

describe('answers', () => {
  test('with a problem keep its code, text, status and further members; a code that the host does not know is an internal error', async () => {
    const client = open();
    await expect(client.request('known', long)).rejects.toMatchObject({
      slug: 'worker-crashed',
      message: 'told by the worker',
      status: 507,
      extra: { timestamp: 't' },
    });
    await expect(client.request('unknown', long)).rejects.toMatchObject({ slug: 'internal-server-error' });
    // Neither was a crash.
    expect(client.forks()).toBe(1);
  });

  test('that come twice, or for an unknown request, change nothing', async () => {
    const client = open();
    expect(await client.request('twice', long)).toBe('first');
    expect(await client.request('stray', long)).toBe('asked');
    expect(await client.request('seen', long)).toBe('twice,stray,seen');
  });

  // Would catch: a message of any size that is walked through and handed on, so that one worker fills the memory of the host.
  test('beyond the bounds are dropped: the request ends at its deadline and the worker lives on', async () => {
    const client = open({ cancelGraceMs: 20_000 });
    const before = await client.request('a', long);
    expect(await slugOf(client.request('huge', { deadlineMs: 1500 }))).toBe('gateway-timeout');
    expect(await client.request('a', long)).toBe(before);
    expect(client.log.lines.join()).toContain('message of a worker dropped');
  }, 30_000);

  // Would catch: a pipe that is not drained: the worker blocks in its write, and the request with it.
  test('come although the worker floods both of its outputs', async () => {
    expect(await open().request('flood', long)).toBe('flooded');
  });
});

// Would catch: descendants that outlive a crash, and a request that fails for a process that never got it.
test('a crash takes a daemonised descendant with it; a request made meanwhile waits for the next process', async () => {
  const client = open();
  const daemon = Number(await client.request('daemon', long));
  expect(await alive(daemon)).toBe(true);
  const crashed = slugOf(client.request('crash', long));
  // The process has gone, but its descendants are still being ended.
  await client.exited();
  await new Promise(setImmediate);
  const meanwhile = client.request('meanwhile', long);
  expect(await crashed).toBe('worker-crashed');
  expect(await alive(daemon)).toBe(false);
  expect(await meanwhile).toContain('meanwhile');
});

describe('stop', () => {
  test('fails what is pending and refuses what comes later', async () => {
    const client = open();
    await client.request('a', long);
    const hanging = slugOf(client.request('hang', long));
    await client.stop(0);
    expect(await hanging).toBe('worker-crashed');
    await expect(client.request('a', long)).rejects.toMatchObject({ slug: 'service-unavailable', extra: {} });
  });

  test.each([
    ['one that obeys ends by itself, long before its grace', {}, 60_000],
    ['one that does not is killed after its grace', { DEAF: '1' }, 50],
  ])('of %s', async (_name, env, graceMs) => {
    const client = open({ env });
    const pid = Number((await client.request('a', long)).split(' ')[1]);
    await client.stop(graceMs);
    expect(await alive(pid)).toBe(false);
  });

  // Would catch: a process that is born after the stop, from a start that was already planned.
  test('during the start or the back-off fails what waits and starts nothing', async () => {
    const starting = open({ env: { NEVER_READY: '1' } });
    const early = slugOf(starting.request('a', long));
    await starting.stop(0);
    expect(await early).toBe('worker-crashed');
    const clock = manualClock();
    const waiting = open({ clock });
    expect(await slugOf(waiting.request('crash', long))).toBe('worker-crashed');
    const late = slugOf(waiting.request('a', long));
    await waiting.stop(0);
    expect(await late).toBe('worker-crashed');
    clock.advance(1000);
    expect(waiting.forks()).toBe(1);
  });

  test('of a client that was never used, or a second time, is quiet', async () => {
    const client = open();
    await client.stop(0);
    await client.stop(0);
    expect(client.forks()).toBe(0);
  });
});
