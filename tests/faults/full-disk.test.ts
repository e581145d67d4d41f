/** No space left on the device: what callers, tasks and the terminal are told, and that the host goes on by itself afterwards. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { TaskDetail } from '../../src/contract/automation/tasks.ts';
import type { Health } from '../../src/contract/host/system.ts';
import { contract } from '../../src/contract/index.ts';
import type { Operation } from '../../src/contract/kernel/define.ts';
import { openSocket } from '../support/frame-client.ts';
import { sampleOf } from '../support/sample.ts';
import { type ServedHost, serveHost } from '../support/served-host.ts';
import { openSmallDisk, type SmallDisk } from '../support/small-disk.ts';

/** A process that ends when `file` is there. */
const waitFor = (file: string) => ({
  name: 'waits',
  spec: { kind: 'process', argv: ['sh', '-c', `while [ ! -e "${file}" ]; do sleep 0.05; done; echo over`] },
  max_attempts: 1,
});

async function send(host: ServedHost, method: string, route: string, body?: unknown) {
  const response = await fetch(host.url + route, {
    method,
    headers: { authorization: `Bearer ${host.token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

const profile = (n: number) => ({ name: `p${n}`, notes: 'x'.repeat(1400) });
const task = (host: ServedHost, id: string) => host.request<TaskDetail>('GET', `/v1/tasks/${id}`);
const health = (host: ServedHost) => host.request<Health>('GET', '/v1/health');

/** Takes what the database has left in its own file, until a write is refused. */
async function fillUp(disk: SmallDisk, host: ServedHost): Promise<void> {
  disk.fill(host.pid);
  for (let n = 0; n < 2000; n++) {
    const { status } = await send(host, 'POST', '/v1/profiles', profile(n));
    if (status >= 500) return;
  }
  throw new Error('the disk does not fill up');
}

async function startWaiting(host: ServedHost, file: string): Promise<string> {
  const { id } = await host.request<{ id: string }>('POST', '/v1/tasks', waitFor(file));
  await expect.poll(async () => (await task(host, id)).status, { timeout: 20_000 }).toBe('running');
  return id;
}

// Would catch: answers of 500 without advice, a line on the terminal for each of them, a host that ends or stays broken, an outcome
// that is lost because it could not be written when the process ended.
test('a full disk: typed answers, degraded health, a quiet terminal, and work goes on when there is space', async () => {
  using disk = openSmallDisk(24);
  const outside = fs.mkdtempSync(path.join(os.tmpdir(), 'tabagent-go-'));
  const go = path.join(outside, 'go');
  await using host = await serveHost(disk.dir);
  const id = await startWaiting(host, go);
  await fillUp(disk, host);

  for (let n = 0; n < 300; n++) {
    const { status, body } = await send(host, 'POST', '/v1/profiles', profile(n));
    expect({ status, code: body.code }).toEqual({ status: 507, code: 'storage_full' });
    if (n > 0) continue;
    expect(body).toMatchObject({ path: disk.dir, free_bytes: expect.any(Number) });
    expect(body.detail).toMatch(/space|disk/i);
  }
  expect(await health(host)).toMatchObject({ status: 'degraded', reason: expect.stringMatching(/disk|space/i) });
  const panel = await openSocket(host.url, { authorization: `Bearer ${host.token}` });
  const info = await panel.client.call('host_info');
  expect(JSON.stringify(info.last)).toContain(disk.dir);
  // No operation at all answers with an error of the program.
  const internal: string[] = [];
  for (const [op, { input, stream, desktopOnly }] of Object.entries<Operation>(contract)) {
    if (stream === 'always' || desktopOnly) continue;
    const { last } = await panel.client.call(op, sampleOf(input, 'input'));
    if (last.t === 'err' && last.e.status === 500) internal.push(`${op}: ${last.e.detail}`);
  }
  expect(internal).toEqual([]);
  panel.client.close();
  // Reading goes on.
  expect((await send(host, 'GET', '/v1/tasks')).status).toBe(200);
  expect((await send(host, 'GET', '/v1/profiles')).status).toBe(200);

  // The process ends while nothing can be written about it.
  fs.writeFileSync(go, '');
  for (let n = 0; n < 300; n++) expect((await send(host, 'POST', '/v1/profiles', profile(n))).status).toBe(507);
  expect(host.terminal().length).toBeLessThanOrEqual(2);

  disk.free(host.pid);
  await expect.poll(async () => (await health(host)).status, { timeout: 20_000 }).toBe('ok');
  expect((await send(host, 'POST', '/v1/profiles', profile(1))).status).toBe(201);
  await expect.poll(async () => (await task(host, id)).status, { timeout: 20_000 }).toBe('succeeded');
  const next = await host.request<{ id: string }>('POST', '/v1/tasks', waitFor(go));
  await expect.poll(async () => (await task(host, next.id)).status, { timeout: 20_000 }).toBe('succeeded');
  expect(host.terminal().length).toBeLessThanOrEqual(4);
  fs.rmSync(outside, { recursive: true });
}, 120_000);

// Would catch: a task that is marked as cut off by the host although the disk was the reason.
test('a host that was killed with a full disk marks its tasks so at the next start', async () => {
  using disk = openSmallDisk(24);
  const first = await serveHost(disk.dir);
  const id = await startWaiting(first, path.join(disk.dir, 'never'));
  await fillUp(disk, first);
  await expect.poll(async () => (await health(first)).status, { timeout: 20_000 }).toBe('degraded');
  await first.stop('SIGKILL');
  disk.free(first.pid);
  await using second = await serveHost(disk.dir);
  const { status, error } = await task(second, id);
  expect({ status, code: error?.code }).toEqual({ status: 'interrupted', code: 'storage_full' });
  expect((await health(second)).status).toBe('ok');
}, 120_000);
