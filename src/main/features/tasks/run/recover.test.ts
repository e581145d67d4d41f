import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { manualClock } from '../../../../../tests/support/core.ts';
import { limitNow } from '../../../../../tests/support/pace.ts';
import { claimFrom, endWith } from '../../../../../tests/support/task-store.ts';
import { openTaskHost, type TaskHost } from '../../../../../tests/support/tasks.ts';
import { RUN_ID_ENV } from '../../../../contract/automation/executor.ts';
import { findProcesses } from '../../../core/process/process-tree.ts';
import { tempDirOf } from './run-env.ts';

test('what a dead host left running is ended by its mark, and the retry policy decides about the tasks', async () => {
  const host = openTaskHost({ settings: { 'executor.paused': true } });
  try {
    const once = await host.command();
    const again = await host.command({ retry: { max: 1, backoff_seconds: 3600, factor: 1 } });
    const profile = host.profile('Anna');
    const plain = await host.run(once, [], { profile_id: profile.id });
    const retried = await host.run(again, []);
    const unwanted = await host.run(again, []);
    // As if another run of the host had started them and died: their rows, processes and files are there.
    const claimed = [1, 2, 3].map(() =>
      claimFrom(host.store, Date.now(), { owner: 'dead host', leaseUntil: Date.now() + 60_000 }),
    );
    host.store.requestCancel(unwanted.id);
    const leftovers = claimed.map((task) => {
      const runId = host.runIdOf(task?.id ?? '');
      mkdirSync(tempDirOf(host.paths.temp, runId), { recursive: true });
      return spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], {
        env: { ...process.env, [RUN_ID_ENV]: runId },
        detached: true,
        stdio: 'ignore',
      });
    });
    const runIds = claimed.map((task) => host.runIdOf(task?.id ?? ''));
    const logDir = path.join(host.paths.tasks, plain.id);
    mkdirSync(logDir, { recursive: true });
    const line = (seq: number) =>
      `${JSON.stringify({ seq, at: '2026-01-01T00:00:00.000Z', level: 'info', source: 'stdout', attempt: 1, step: null, message: `m${seq}`, data: null })}\n`;
    writeFileSync(path.join(logDir, 'log.jsonl'), `${line(1)}${line(2)}{"seq":3,"at":"2026`);

    const begin = performance.now();
    expect(await host.tasks.start()).toBe(3);
    const lasted = performance.now() - begin;
    expect(lasted).toBeLessThan(await limitNow(5000));

    for (const runId of runIds) expect(await findProcesses(runId)).toEqual([]);
    expect(readdirSync(host.paths.temp)).toEqual([]);
    expect(leftovers.every((child) => child.pid !== undefined)).toBe(true);
    expect(host.store.get(plain.id)).toMatchObject({
      status: 'interrupted',
      error_code: 'task_interrupted',
      lease_owner: null,
    });
    expect(host.store.get(retried.id)).toMatchObject({ status: 'retrying', attempt: 1 });
    expect(host.store.get(unwanted.id)).toMatchObject({ status: 'cancelled' });
    expect(host.store.attempts(retried.id)[0]?.status).toBe('interrupted');
    const log = await host.tasks.service.logs(plain.id, { limit: 10 });
    expect(log.items.map((item) => [item.seq, item.source])).toEqual([
      [1, 'stdout'],
      [2, 'stdout'],
      [3, 'host'],
    ]);
    expect(host.store.attempts(plain.id)[0]).toMatchObject({ log_lines: 3, log_first_seq: 1 });
    expect(host.db.raw.pragma('integrity_check', { simple: true })).toBe('ok');
  } finally {
    await host.dispose();
  }
});

test('an attempt with an expired lease and no run is recovered while the host runs', async () => {
  const host = openTaskHost({ settings: { 'executor.paused': true } });
  try {
    await host.tasks.start();
    const task = await host.run(await host.command(), []);
    claimFrom(host.store, Date.now(), { owner: 'stuck', leaseUntil: Date.now() - 1 });
    // Any wake-up looks at the leases.
    host.settings.update({ 'executor.max_running': 3 });
    expect((await host.ends(task.id)).status).toBe('interrupted');
  } finally {
    await host.dispose();
  }
});

/** The clock of these tests stands still: the log is what tells that the process is up. */
async function firstLine(host: TaskHost, id: string): Promise<void> {
  const lines = host.tasks.service.followLogs(id, 0, new AbortController().signal);
  await lines.next();
  await lines.return();
}

test('a run whose lease another owner has ended kills its processes and writes nothing more', async () => {
  const clock = manualClock(Date.now());
  const host = openTaskHost({ clock });
  try {
    await host.tasks.start();
    const task = await host.run(await host.command(), [
      ['ignoreCancel', null],
      ['log', 'up'],
      ['hang', null],
    ]);
    await firstLine(host, task.id);
    const token = host.store.get(task.id)?.attempt_token ?? '';
    const runId = host.runIdOf(task.id);
    // Another host took the task over while this one was asleep.
    host.store.finish(token, endWith({ name: 'fail', attemptStatus: 'interrupted', output: 'the other one' }));
    expect((await findProcesses(runId)).length).toBeGreaterThan(0);
    clock.advance(5000);
    await host.tasks.stop();
    expect(await findProcesses(runId)).toEqual([]);
    expect(host.store.get(task.id)).toMatchObject({ status: 'failed', output: '"the other one"' });
    expect(host.store.attempts(task.id)).toHaveLength(1);
    expect(host.log.lines).toContainEqual(expect.stringContaining('the lease of a task was lost'));
  } finally {
    await host.dispose();
  }
});

test('a live host keeps its leases while it runs', async () => {
  const clock = manualClock(Date.now());
  const host = openTaskHost({ clock });
  try {
    await host.tasks.start();
    const task = await host.run(await host.command(), [
      ['log', 'up'],
      ['hang', null],
    ]);
    await firstLine(host, task.id);
    for (let n = 0; n < 10; n++) clock.advance(5000);
    expect(host.store.expired()).toEqual([]);
    expect(host.tasks.service.healthy()).toBe(true);
    expect((await host.tasks.service.cancel(task.id, true)).status).toBe('cancelled');
  } finally {
    await host.dispose();
  }
});
