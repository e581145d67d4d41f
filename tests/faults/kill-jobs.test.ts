/** kill -9 of the host while a job runs, and what the next start makes of it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import type { Backup, Job } from '../../src/contract/host/jobs.ts';
import type { JobId } from '../../src/contract/kernel/scalars.ts';
import { openTestCore, ROOT } from '../support/core.ts';
import { openJobs, stepsIn, stepsKind } from '../support/jobs.ts';
import { serveHost } from '../support/served-host.ts';

/** Runs jobs in a process until the job hangs before `hang`, and kills it. @returns the id of the job */
async function runAndKill(dir: string, steps: number, hang: number): Promise<JobId> {
  const args = [path.join(ROOT, 'tests/faults/job-child.ts'), dir, String(steps), String(hang)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const gone = once(child, 'exit');
  let id: string | undefined;
  for await (const line of createInterface({ input: child.stdout })) {
    const note = JSON.parse(line) as { job?: string; hangs?: number };
    id ??= note.job;
    if (note.hangs !== undefined) child.kill('SIGKILL');
  }
  await gone;
  if (id === undefined) throw new Error('the job was not started');
  return id as JobId;
}

test('a job whose host is killed twice goes on from its checkpoint each time, does no step twice, and ends once', async () => {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'tabagent-jobs-'));
  const file = path.join(dir, 'steps.txt');
  const first = await runAndKill(dir, 6, 2);
  expect(stepsIn(file)).toEqual([0, 1]);
  expect(await runAndKill(dir, 6, 4)).toBe(first);
  expect(stepsIn(file)).toEqual([0, 1, 2, 3]);

  using core = openTestCore({}, dir);
  const jobs = openJobs(core);
  jobs.service.register(stepsKind(file, () => undefined));
  await jobs.start();
  expect(await jobs.ended(first)).toMatchObject({ status: 'succeeded', result: { steps: 6 } });
  expect(stepsIn(file)).toEqual([0, 1, 2, 3, 4, 5]);
});

test('a backup that kill -9 of the program cuts off is made by the next start: once, whole, with nothing left over', async () => {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'tabagent-jobs-'));
  await (await serveHost(dir)).stop();
  // Large enough that copying takes longer than killing.
  const db = new Database(path.join(dir, 'tabagent.db'));
  db.exec(`INSERT INTO event (at, type, entity, entity_id, data)
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 6000)
    SELECT unixepoch() * 1000, 'host.warning', 'host', 'filler', json_quote(hex(randomblob(10000))) FROM n`);
  db.close();

  const first = await serveHost(dir);
  const { job_id } = await first.request<{ job_id: string }>('POST', '/v1/backups', {});
  await expect
    .poll(async () => (await first.request<Job>('GET', `/v1/jobs/${job_id}`)).status, { interval: 5 })
    .toBe('running');
  await first.stop('SIGKILL');

  await using second = await serveHost(dir);
  await expect
    .poll(async () => (await second.request<Job>('GET', `/v1/jobs/${job_id}`)).status, { timeout: 60_000 })
    .toBe('succeeded');
  const job = await second.request<Job>('GET', `/v1/jobs/${job_id}`);
  const { items } = await second.request<{ items: Backup[] }>('GET', '/v1/backups');
  expect(items).toEqual([job.result]);
  const [backup] = items;
  const files = fs.readdirSync(path.join(dir, 'backups'));
  expect(files).toEqual([`${backup?.id}.db`]);
  expect(fs.statSync(path.join(dir, 'backups', files[0] ?? '')).size).toBe(backup?.bytes);
});
