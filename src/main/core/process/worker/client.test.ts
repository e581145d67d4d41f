import { describe, expect, test } from 'vitest';
import { manualClock } from '../../../../../tests/support/core.ts';
import { alive, long, openWorker, slugOf } from '../../../../../tests/support/worker-client.ts';

test('the first request starts the process, the next one uses the same; a message of another shape is dropped', async () => {
  const client = openWorker();
  expect(client.forks()).toBe(0);
  const first = await client.request('a', long);
  expect(await client.request('a', long)).toBe(first);
  expect(await client.request('garbage', long)).toContain('garbage');
  expect(client.log.lines.join()).toContain('message of a worker dropped');
  expect(client.forks()).toBe(1);
});

test('a crash fails every pending request with worker-crashed; the next request starts another process', async () => {
  const client = openWorker();
  await client.request('a', long);
  const hanging = slugOf(client.request('hang', long));
  expect(await slugOf(client.request('crash', long))).toBe('worker-crashed');
  expect(await hanging).toBe('worker-crashed');
  expect(await client.request('b', long)).toContain('b');
});

// Catches a request that the worker cannot read: it would end the process, and with it the requests of all others.
test('a request of another shape fails alone, and no process is started for it', async () => {
  const client = openWorker();
  expect(await slugOf(client.request(7 as never, long))).toBe('unprocessable-entity');
  expect(client.forks()).toBe(0);
  expect(await client.request('hello', long)).toContain('hello');
});

test('a process that is never ready is killed and its request fails', async () => {
  const client = openWorker({ env: { NEVER_READY: '1' }, readyMs: 300 });
  await expect(client.request('a', long)).rejects.toMatchObject({
    slug: 'worker-crashed',
    message: 'obedient ended by SIGKILL before it was ready.',
  });
});

describe('the circuit', () => {
  // Would catch: a process that dies at its start and is started again without a pause, which keeps a core busy for ever.
  test('waits 50, 100 ms between starts, opens at the third crash, and says for how long', async () => {
    const clock = manualClock();
    const client = openWorker({ env: { CRASH_AT_START: '1' }, clock });
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
    const client = openWorker({ clock });
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
    const client = openWorker({ env: { TOO_LONG: 'x'.repeat(200_000) } });
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

describe('answers', () => {
  test('with a problem keep its code, text, status and further members; a code that the host does not know is an internal error', async () => {
    const client = openWorker();
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
    const client = openWorker();
    expect(await client.request('twice', long)).toBe('first');
    expect(await client.request('stray', long)).toBe('asked');
    expect(await client.request('seen', long)).toBe('twice,stray,seen');
  });

  // Would catch: a message of any size that is walked through and handed on, so that one worker fills the memory of the host.
  test('beyond the bounds are dropped: the request ends at its deadline and the worker lives on', async () => {
    const client = openWorker({ cancelGraceMs: 20_000 });
    const before = await client.request('a', long);
    expect(await slugOf(client.request('huge', { deadlineMs: 1500 }))).toBe('gateway-timeout');
    expect(await client.request('a', long)).toBe(before);
    expect(client.log.lines.join()).toContain('message of a worker dropped');
  }, 30_000);

  // Would catch: a pipe that is not drained: the worker blocks in its write, and the request with it.
  test('come although the worker floods both of its outputs', async () => {
    expect(await openWorker().request('flood', long)).toBe('flooded');
  });
});

// Would catch: descendants that outlive a crash, and a request that fails for a process that never got it.
test('a crash takes a daemonised descendant with it; a request made meanwhile waits for the next process', async () => {
  const client = openWorker();
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
