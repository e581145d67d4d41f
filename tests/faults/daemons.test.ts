import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { locksMark } from '../../src/contract/automation/executor.ts';
import { ROOT } from '../support/core.ts';
import { EXECUTOR, openTaskHost } from '../support/tasks.ts';
import { HOPPING, pidsIn, WAYS } from './daemons.ts';

let folder = '';
let strangers: ChildProcess[] = [];
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'tabagent-daemons-'));
});
afterEach(() => {
  for (const child of strangers) child.kill('SIGKILL');
  strangers = [];
  // Where a test fails its daemons are still there.
  for (const pid of Object.values(pidsIn(folder))) if (runs(pid)) process.kill(pid, 'SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

/** A zombie runs nothing any more: in a container nobody may ask for its exit code. */
function runs(pid: number): boolean {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

/** Command lines of all processes. */
function programs(): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
      } catch {
        return '';
      }
    });
}

/** Processes that look like daemons of an attempt: younger than it, no environment, a session of their own, and one with another run's mark. */
function meetStrangers(): void {
  for (const limit of ['unlimited', locksMark('another run')]) {
    const child = spawn('/bin/sleep', ['300'], { detached: true, stdio: 'ignore', env: {}, cwd: '/' });
    execFileSync('prlimit', ['--pid', String(child.pid), `--locks=${limit}:`]);
    strangers.push(child);
  }
}

/** The daemons that are still there, by way. */
function left(): string[] {
  const all = Object.entries(pidsIn(folder));
  expect(all.map(([way]) => way).sort()).toEqual(Object.keys(WAYS).sort());
  // The one that hops names a pid that is gone a moment later; its program shows that it goes on.
  const hops = programs().some((line) => line.includes(path.join(folder, `${HOPPING}.pid`)));
  return [...all.filter(([, pid]) => runs(pid)).map(([way]) => way), ...(hops ? [HOPPING] : [])];
}

const argvOf = (end: string) => [process.execPath, path.join(ROOT, 'tests/faults/daemons.ts'), folder, end];

describe.skipIf(process.platform !== 'linux')(
  'daemons that left their group in every way are gone after an attempt that',
  () => {
    // Would catch: a daemon that clears its environment and closes its descriptors outlives every kind of end.
    test.each([
      ['succeeds', 'succeed', 'succeeded'],
      ['fails', 'fail', 'failed'],
      ['is cancelled', 'hang', 'cancelled'],
      ['runs out of time', 'hang', 'timed_out'],
      ['loses its executor', 'kill', 'dead'],
    ])('%s', async (_title, end, status) => {
      const host = openTaskHost({ executor: EXECUTOR });
      try {
        await host.tasks.start();
        const timeout_seconds = status === 'timed_out' ? 4 : 60;
        const task = await host.run(await host.command({ spec: { argv: argvOf(end) }, timeout_seconds }), []);
        const stop = new AbortController();
        for await (const line of host.tasks.service.followLogs(task.id, 0, stop.signal)) {
          if (!('message' in line) || !line.message.includes('daemons started')) continue;
          meetStrangers();
          if (status === 'cancelled') await host.tasks.service.cancel(task.id, false);
          break;
        }
        stop.abort();
        expect((await host.ends(task.id, 60)).status).toBe(status);
        if (strangers.length === 0) meetStrangers();
        expect(left()).toEqual([]);
        expect(strangers.map((child) => child.pid !== undefined && runs(child.pid))).toEqual([true, true]);
      } finally {
        await host.dispose();
      }
    });

    test('was cut off by kill -9 of the host, at its next start', async () => {
      const dir = mkdtempSync(path.join(os.tmpdir(), 'tabagent-cut-'));
      const child = spawn(process.execPath, [path.join(ROOT, 'tests/faults/host-child.ts'), dir, 'daemons', folder], {
        stdio: ['ignore', 'pipe', 'inherit'],
        env: { ...process.env, NODE_NO_WARNINGS: '1' },
      });
      try {
        for await (const line of createInterface({ input: child.stdout })) if (line.includes('"running"')) break;
        meetStrangers();
        const gone = once(child, 'exit');
        child.kill('SIGKILL');
        await gone;
        const host = openTaskHost({ dir, executor: EXECUTOR });
        try {
          expect(await host.tasks.start()).toBe(1);
          expect(left()).toEqual([]);
          expect(strangers.map((stranger) => stranger.pid !== undefined && runs(stranger.pid))).toEqual([true, true]);
        } finally {
          await host.dispose();
        }
      } finally {
        child.kill('SIGKILL');
        rmSync(dir, { recursive: true, force: true });
      }
    });
  },
);
