/** Errors that nothing catches, planted in every kind of callback of a running host. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { readHostFile } from '../../src/main/core/instance-lock.ts';

const SECRET = 'sk-planted-secret-0123456789';
const REJECTED = ['rejected promise', 'rejected later'];
const THROWN = [
  'timer',
  'immediate',
  'microtask',
  'event listener',
  'error event without a listener',
  'stream',
  'file',
  'door',
  'message port',
  'worker thread',
  'a message that throws',
  'a proxy that throws',
  'an object without prototype',
  'an endless chain of causes',
];

function start() {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'tabagent-uncaught-'));
  const child = fork(path.join(import.meta.dirname, 'uncaught-child.ts'), {
    env: { ...process.env, DIR: dir, PLANTED: SECRET },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let said = '';
  child.stdout?.on('data', (chunk: Buffer) => (said += chunk));
  child.stderr?.on('data', (chunk: Buffer) => (said += chunk));
  const gone = once(child, 'exit').then(([code]) => code as number | null);
  const starts = () => said.split(' ready: ').length - 1;
  return {
    dir,
    child,
    gone,
    said: () => said,
    /** Waits for the host's nth start. */
    ready: (nth: number) => expect.poll(starts, { timeout: 60_000 }).toBe(nth),
    ask: async (route: string, init: RequestInit = {}) => {
      const { url, token } = readHostFile(dir) ?? {};
      return fetch(url + route, {
        ...init,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      });
    },
    reports: () => (fs.existsSync(path.join(dir, 'crashes')) ? fs.readdirSync(path.join(dir, 'crashes')) : []),
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await gone;
      fs.rmSync(dir, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

test('a rejected promise is logged and counted, and the host goes on', async () => {
  await using host = start();
  await host.ready(1);
  for (const plant of REJECTED) host.child.send(plant);
  const failures = async () =>
    Number(/tabagent_listener_failures_total (\d+)/.exec(await (await host.ask('/metrics')).text())?.[1]);
  await expect.poll(failures, { timeout: 10_000 }).toBe(REJECTED.length);
  const logs = JSON.stringify(await (await host.ask('/v1/logs?level=error')).json());
  expect(logs).toContain('planted');
  expect(host.reports()).toEqual([]);
  expect(host.child.exitCode).toBeNull();
});

// Three at a time, because a fourth within ten minutes stays down.
test.each(
  Array.from({ length: Math.ceil(THROWN.length / 3) }, (_, n) => [THROWN.slice(3 * n, 3 * n + 3)]),
)('an exception stops the host in order and starts it again: %j', async (plants) => {
  await using host = start();
  await host.ready(1);
  const settings = { 'redaction.extra': [SECRET] };
  await host.ask('/v1/settings', { method: 'PATCH', body: JSON.stringify(settings) });
  const made = await host.ask('/v1/tasks', {
    method: 'POST',
    body: JSON.stringify({
      name: 'long',
      spec: {
        kind: 'http',
        method: 'GET',
        url: 'http://127.0.0.1:9/',
        headers: { authorization: SECRET },
      },
      run_at: '2100-01-01T00:00:00.000Z',
    }),
  });
  expect(made.status).toBe(201);
  for (const [n, plant] of plants.entries()) {
    host.child.send(plant);
    await host.ready(n + 2);
    expect(host.reports(), plant).toHaveLength(n + 1);
    const health = (await (await host.ask('/v1/health')).json()) as { ready?: boolean };
    expect(health).toMatchObject({ ready: true });
    // What was acknowledged is still there.
    expect(((await (await host.ask('/v1/tasks?count=true')).json()) as { total: number }).total).toBe(1);
  }
  const report = JSON.parse(fs.readFileSync(path.join(host.dir, 'crashes', host.reports()[0] ?? ''), 'utf8'));
  expect(report.error).toMatchObject({ name: expect.any(String), message: expect.any(String) });
  expect(JSON.stringify(report)).not.toContain(SECRET);
  expect(fs.statSync(path.join(host.dir, 'crashes', host.reports()[0] ?? '')).mode & 0o077).toBe(0);
  host.child.kill('SIGTERM');
  expect(await host.gone).toBe(0);
  expect(new Database(path.join(host.dir, 'tabagent.db'), { readonly: true }).pragma('integrity_check')).toEqual([
    { integrity_check: 'ok' },
  ]);
});

test('a host that fails four times in ten minutes stays down, with its own exit code, and says where the reports are', async () => {
  await using host = start();
  for (let n = 1; n <= 4; n++) {
    await host.ready(n);
    host.child.send('timer');
  }
  expect(await host.gone).toBe(70);
  expect(host.reports()).toHaveLength(4);
  expect(host.said()).toContain('Starting again');
  expect(host.said()).toContain('will not be restarted');
  expect(host.said()).toContain(path.join(host.dir, 'crashes'));
});
