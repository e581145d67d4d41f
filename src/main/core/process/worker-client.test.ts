import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { z } from 'zod';
import { memoryLog, ROOT } from '../../../../tests/support/core.ts';
import { createNodePlatform } from '../../platform/node.ts';
import { systemClock } from '../clock.ts';
import { createWorkerClient } from './worker-client.ts';

let stop = async () => {};
afterEach(() => stop());

const log = memoryLog();

function open(env: Record<string, string> = {}, readyMs = 20_000) {
  const client = createWorkerClient(
    { platform: createNodePlatform({ appRoot: ROOT }), clock: systemClock, log },
    {
      module: path.join(ROOT, 'tests/fixtures/workers/obedient.mjs'),
      name: 'obedient',
      env: { PATH: process.env.PATH ?? '', ...env },
      ask: z.string(),
      answer: z.string(),
      readyMs,
      cancelGraceMs: 100,
      backoffMs: 50,
      maxCrashes: 3,
      openMs: 300,
    },
  );
  stop = () => client.stop(0);
  return client;
}

const long = { deadlineMs: 30_000 };
const slugOf = (work: Promise<unknown>) =>
  work.then(
    () => null,
    (error: { slug?: string }) => error.slug ?? String(error),
  );

test('the first request starts the process, the next one uses the same; a message of another shape is dropped', async () => {
  const client = open();
  const first = await client.request('a', long);
  expect(await client.request('a', long)).toBe(first);
  expect(await client.request('garbage', long)).toContain('garbage');
  expect(log.lines.join()).toContain('message of a worker dropped');
});

test('a crash fails every pending request with worker-crashed; the next request starts another process', async () => {
  const client = open();
  await client.request('a', long);
  const hanging = slugOf(client.request('hang', long));
  expect(await slugOf(client.request('crash', long))).toBe('worker-crashed');
  expect(await hanging).toBe('worker-crashed');
  expect(await client.request('b', long)).toContain('b');
});

test('three crashes open the circuit with a reason; after its time one answer closes it', async () => {
  const client = open();
  const begin = performance.now();
  for (let n = 0; n < 3; n++) expect(await slugOf(client.request('crash', long))).toBe('worker-crashed');
  expect(performance.now() - begin).toBeGreaterThanOrEqual(150);
  expect(client.openBecause()).toContain('exit code 7');
  expect(await slugOf(client.request('a', long))).toBe('service-unavailable');
  await expect.poll(() => client.openBecause(), { timeout: 5000 }).toBeNull();
  expect(await client.request('a', long)).toContain('a');
  expect(await slugOf(client.request('crash', long))).toBe('worker-crashed');
  expect(client.openBecause()).toBeNull();
});

test('a process that is never ready is killed and its request fails', async () => {
  expect(await slugOf(open({ NEVER_READY: '1' }, 300).request('a', long))).toBe('worker-crashed');
});

test('deadline and cancel answer at once; a worker that obeys lives on, one that does not is killed', async () => {
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

test('stop fails what is pending and refuses what comes later', async () => {
  const client = open();
  await client.request('a', long);
  const hanging = slugOf(client.request('hang', long));
  await client.stop(0);
  expect(await hanging).toBe('worker-crashed');
  expect(await slugOf(client.request('a', long))).toBe('service-unavailable');
});
