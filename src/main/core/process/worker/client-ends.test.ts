import { getEventListeners } from 'node:events';
import { describe, expect, test } from 'vitest';
import { manualClock } from '../../../../../tests/support/core.ts';
import { alive, long, openWorker, slugOf } from '../../../../../tests/support/worker-client.ts';
import { listProcesses } from '../process-list.ts';

describe('deadline and cancel', () => {
  test('answer at once; a worker that obeys lives on, one that does not is killed', async () => {
    const client = openWorker();
    const before = await client.request('a', long);
    expect(await slugOf(client.request('hang', { deadlineMs: 20 }))).toBe('gateway-timeout');
    const controller = new AbortController();
    const cancelled = slugOf(client.request('hang', { ...long, signal: controller.signal }));
    controller.abort();
    expect(await cancelled).toBe('cancelled');
    expect(await client.request('a', long)).toBe(before);
    expect(await slugOf(client.request('spin', { deadlineMs: 20 }))).toBe('gateway-timeout');
    // Catches the blame on whoever else computed in it: nothing of theirs ended it.
    await expect(client.request('x', long)).rejects.toMatchObject({ slug: 'worker-crashed', extra: { killed: true } });
    expect(await client.request('a', long)).not.toBe(before);
    await expect(client.request('crash', long)).rejects.toMatchObject({ extra: { killed: false } });
  });

  // Catches the blame on who else computed in a process that was only at a step which cannot be interrupted.
  test.each([
    ['step', true],
    ['mute', false],
  ])('a process that is ended for a cancel (%s) tells the others whether it had heard of it: %s', async (body, heard) => {
    const clock = manualClock();
    const client = openWorker({ clock });
    const controller = new AbortController();
    const left = slugOf(client.request(body, { ...long, signal: controller.signal }));
    const stream = client.stream('hang', { idleMs: 60_000 });
    const bystander = stream.next();
    bystander.catch(() => undefined);
    await client.request('reached', long);
    controller.abort();
    expect(await left).toBe('cancelled');
    // Its answer comes after what the process says of the cancel.
    await client.request('after', long);
    clock.advance(100);
    await expect(bystander).rejects.toMatchObject({ slug: 'worker-crashed', extra: { killed: true, heard } });
    // The next one has heard nothing yet.
    const crash = client.request('crash', long);
    await expect(crash).rejects.toMatchObject({ extra: { killed: false, heard: false } });
  });

  // Would catch: a reader that leaves twice, by its signal and by its end, and with that stops the time in which the worker has to confirm.
  test.each(['signal', 'idle'])('of a stream ends a worker that does not obey (by %s)', async (how) => {
    const client = openWorker();
    const before = await client.request('a', long);
    const controller = new AbortController();
    const stream = client.stream('spin', { idleMs: how === 'idle' ? 20 : 30_000, signal: controller.signal });
    const first = slugOf(stream.next());
    const pending = slugOf(client.request('x', long));
    if (how === 'signal') controller.abort();
    expect(await first).toBe(how === 'idle' ? 'gateway-timeout' : 'cancelled');
    expect(await pending).toBe('worker-crashed');
    expect(await client.request('a', long)).not.toBe(before);
  });

  // Catches a circuit that opens because callers left work that cannot be interrupted: nothing of it was wrong.
  test.each([
    ['a cancel is no crash: the next process starts at once', 0],
    ['a request that is late is one: the next process waits', 50],
  ])('an end for %s', async (_name, waitMs) => {
    const clock = manualClock();
    const client = openWorker({ clock });
    await client.request('a', long);
    const controller = new AbortController();
    const left = slugOf(client.request('mute', { deadlineMs: 60_000, signal: controller.signal }));
    await client.request('reached', long);
    if (waitMs === 0) controller.abort();
    else clock.advance(60_000);
    expect(await left).toBe(waitMs === 0 ? 'cancelled' : 'gateway-timeout');
    clock.advance(100);
    await client.exited();
    await new Promise(setImmediate);
    const next = client.request('a', long);
    await expect.poll(() => client.log.lines.some((line) => line.startsWith('warn workers a worker'))).toBe(true);
    expect(client.forks()).toBe(waitMs === 0 ? 2 : 1);
    clock.advance(waitMs);
    expect(await next).toContain('a');
  });

  // Catches an engine that is killed under the answers of others, for a batch that would have ended by itself.
  test('a worker with requests of others gets longer, and one without them does not', async () => {
    const clock = manualClock();
    const client = openWorker({ clock, sharedGraceMs: 300 });
    const before = await client.request('a', long);
    const leave = async () => {
      const controller = new AbortController();
      const left = slugOf(client.request('mute', { ...long, signal: controller.signal }));
      await client.request('reached', long);
      controller.abort();
      expect(await left).toBe('cancelled');
    };
    const other = slugOf(client.request('hang', long));
    await leave();
    clock.advance(100);
    clock.advance(100);
    // A kill looks at the process list once before it signals.
    for (let looks = 0; looks < 3; looks++) await listProcesses();
    expect(await client.request('a', long)).toBe(before);
    clock.advance(100);
    expect(await other).toBe('worker-crashed');
    const next = await client.request('a', long);
    await leave();
    clock.advance(100);
    await client.exited();
    await new Promise(setImmediate);
    expect(await client.request('a', long)).not.toBe(next);
  });

  test('before the call costs no process', async () => {
    const client = openWorker();
    expect(await slugOf(client.request('a', { ...long, signal: AbortSignal.abort() }))).toBe('cancelled');
    expect(client.forks()).toBe(0);
  });

  // Would catch: work that is done although its caller has cancelled it.
  test('before the process is ready takes the request back: the worker never sees it', async () => {
    const client = openWorker();
    const controller = new AbortController();
    const early = slugOf(client.request('early', { ...long, signal: controller.signal }));
    const kept = client.request('seen', long);
    controller.abort();
    expect(await early).toBe('cancelled');
    expect(await kept).toBe('seen');
  });

  test('after the answer does nothing, and leaves no listener on the signal', async () => {
    const client = openWorker({ cancelGraceMs: 1 });
    const controller = new AbortController();
    const before = await client.request('a', { ...long, signal: controller.signal });
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0);
    controller.abort();
    expect(await client.request('a', long)).toBe(before);
  });

  // Would catch: a grace period that goes on after the crash and kills the next process.
  test('before a crash does not kill the process that comes after it', async () => {
    const clock = manualClock();
    const client = openWorker({ clock, env: { CRASH_ON_CANCEL: '1' } });
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

describe('stop', () => {
  test('fails what is pending and refuses what comes later', async () => {
    const client = openWorker();
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
    const client = openWorker({ env });
    const pid = Number((await client.request('a', long)).split(' ')[1]);
    await client.stop(graceMs);
    expect(await alive(pid)).toBe(false);
  });

  // Would catch: a process that is born after the stop, from a start that was already planned.
  test('during the start or the back-off fails what waits and starts nothing', async () => {
    const starting = openWorker({ env: { NEVER_READY: '1' } });
    const early = slugOf(starting.request('a', long));
    await starting.stop(0);
    expect(await early).toBe('worker-crashed');
    const clock = manualClock();
    const waiting = openWorker({ clock });
    expect(await slugOf(waiting.request('crash', long))).toBe('worker-crashed');
    const late = slugOf(waiting.request('a', long));
    await waiting.stop(0);
    expect(await late).toBe('worker-crashed');
    clock.advance(1000);
    expect(waiting.forks()).toBe(1);
  });

  test('of a client that was never used, or a second time, is quiet', async () => {
    const client = openWorker();
    await client.stop(0);
    await client.stop(0);
    expect(client.forks()).toBe(0);
  });
});
