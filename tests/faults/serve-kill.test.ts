/** kill -9 of the whole program while real browsers work for it, and what the next start makes of it. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import type { Profile } from '../../src/contract/automation/profiles.ts';
import type { Task } from '../../src/contract/automation/tasks.ts';
import { serveHost } from '../support/served-host.ts';

const SCRIPT = `export default async ({ page, log }) => {
  await page.goto('data:text/html,<title>here</title>');
  log('at work');
  await new Promise(() => {});
};`;

/** Processes that name the folder in their arguments or environment. */
function processesOf(dir: string): string[] {
  if (process.platform !== 'linux') return [];
  return fs.readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid) || Number(pid) === process.pid) return false;
    try {
      return fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(dir);
    } catch {
      return false;
    }
  });
}

test('five tasks with browsers run, the host is killed: nothing runs on, and the next start retries or interrupts each by its policy', async () => {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'tabagent-kill-'));
  const first = await serveHost(dir);
  const profiles: Profile[] = [];
  for (let n = 0; n < 5; n++) profiles.push(await first.request<Profile>('POST', '/v1/profiles', { name: `p${n}` }));
  await first.request('PATCH', '/v1/queue', { max_running: 5 });
  const tasks = await Promise.all(
    profiles.map((profile, n) =>
      first.request<Task>('POST', '/v1/tasks', {
        spec: { kind: 'browser', script: SCRIPT, language: 'javascript', trace: 'off' },
        profile_id: profile.id,
        max_attempts: n < 2 ? 2 : 1,
      }),
    ),
  );
  for (const { id } of tasks) {
    await expect
      .poll(
        async () => {
          const { items } = await first.request<{ items: { message: string }[] }>('GET', `/v1/tasks/${id}/logs`);
          return items.map((line) => line.message);
        },
        { timeout: 60_000 },
      )
      .toContain('at work');
  }
  await first.stop('SIGKILL');
  // Executors and browsers end by themselves: the channel and the debugging pipe are their life-lines.
  await expect.poll(() => processesOf(dir), { timeout: 10_000 }).toEqual([]);

  await using second = await serveHost(dir);
  // A paused queue would keep the retried ones waiting; they are simply cancelled at the end.
  const states = await Promise.all(
    tasks.map(({ id }) => second.request<Task & { attempts: { status: string }[] }>('GET', `/v1/tasks/${id}`)),
  );
  for (const [n, task] of states.entries()) {
    expect(task.attempts[0]?.status).toBe('interrupted');
    if (n < 2) expect(['retrying', 'queued', 'running']).toContain(task.status);
    else expect(task).toMatchObject({ status: 'interrupted', error: { code: 'task_interrupted' } });
  }
  for (const { id } of tasks.slice(0, 2)) await second.request('POST', `/v1/tasks/${id}/cancel`, {});
  const held = await second.request<{ items: Profile[] }>('GET', '/v1/profiles');
  expect(held.items.map((profile) => profile.state)).toEqual(Array(5).fill('stopped'));
  await second.stop();
  const db = new Database(path.join(dir, 'tabagent.db'));
  expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
  db.close();
}, 150_000);
