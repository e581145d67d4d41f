import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, describe, expect, it } from 'vitest';
import { limitNow } from '../../../../tests/support/pace.ts';
import { RUN_ID_ENV } from '../../../contract/automation/executor.ts';
import { listProcesses } from './process-list.ts';
import { createSnapshot, findProcesses, killTree, reapRun, snapshotTree, type TreeSnapshot } from './process-tree.ts';

const running: { child: ChildProcess; runId: string }[] = [];
let count = 0;

/** Starts a shell script of its own group, as an executor is, and waits for the pids that it prints. */
async function start(script: string, lines: number, onFirst?: (root: number, known: TreeSnapshot) => Promise<void>) {
  const runId = `test-${process.pid}-${++count}`;
  const child = spawn('sh', ['-c', script], {
    detached: true,
    env: { PATH: process.env.PATH ?? '', [RUN_ID_ENV]: runId },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  running.push({ child, runId });
  const pids: number[] = [];
  if (child.stdout === null || child.pid === undefined) throw new Error('no child');
  const known = createSnapshot(runId);
  const reader = createInterface(child.stdout);
  for await (const line of reader) {
    pids.push(Number(line));
    if (pids.length === 1) await onFirst?.(child.pid, known);
    if (pids.length === lines) break;
  }
  return { runId, root: child.pid, pids, known, exited: once(child, 'exit') };
}

/** Those of the pids that live; a zombie that its parent has not fetched yet does not. */
async function alive(pids: number[]): Promise<number[]> {
  const living = new Set((await listProcesses()).map((info) => info.pid));
  return pids.filter((pid) => living.has(pid));
}

afterEach(async () => {
  for (const { runId } of running.splice(0)) await reapRun(runId, { deadlineMs: 2000 });
});

describe.skipIf(process.platform === 'win32')('process tree', () => {
  it('finds and ends a plain tree', async () => {
    const run = await start('sleep 300 & echo $!; (sleep 300 & echo $!; wait) & wait', 2);
    const found = await findProcesses(run.runId);
    expect(found).toEqual(expect.arrayContaining([run.root, ...run.pids]));
    expect(await reapRun(run.runId, { deadlineMs: 2000 })).toBe(0);
    await run.exited;
    expect(await alive(run.pids)).toEqual([]);
  });

  it('ends a daemon that started a session of its own and whose parent has gone', async () => {
    const run = await start('setsid sh -c "sleep 300 & echo \\$!; exit 0"', 1);
    await run.exited;
    expect(await findProcesses(run.runId)).toEqual(run.pids);
    expect(await reapRun(run.runId, { deadlineMs: 2000 })).toBe(0);
    expect(await alive(run.pids)).toEqual([]);
  });

  it('ends a daemon that also cleared its environment, because it was seen before', async () => {
    const run = await start(
      'env -i setsid sleep 300 & echo $!; env -i setsid sleep 300 >/dev/null 2>&1 & echo $!; wait',
      2,
    );
    const known = createSnapshot(run.runId);
    await snapshotTree(run.root, known);
    expect(await killTree(run.root, run.runId, 'SIGKILL', known)).toBe(3);
    await run.exited;
    expect(await reapRun(run.runId, { deadlineMs: 2000, known })).toBe(0);
    expect(await alive(run.pids)).toEqual([]);
  });

  // Would catch: a process that lives on because it had no environment in the moment of the one look, as between two programs.
  it.runIf(process.platform === 'linux')('misses no process that becomes one program after the other', async () => {
    const dir = mkdtempSync(path.join(os.tmpdir(), 'tabagent-exec-'));
    const restless = path.join(dir, 'restless.sh');
    writeFileSync(restless, '#!/bin/sh\nexec "$0"\n', { mode: 0o755 });
    for (let round = 0; round < 30; round++) {
      const run = await start(`setsid ${restless} >/dev/null 2>&1 & echo $!; exit 0`, 1);
      await run.exited;
      expect(await reapRun(run.runId, { deadlineMs: 3000 })).toBe(0);
      expect(await alive(run.pids), `round ${round}`).toEqual([]);
    }
    rmSync(dir, { recursive: true });
  });

  it.runIf(process.platform === 'linux')('follows the pipe of the run to a daemon that was never seen', async () => {
    const daemon = 'env -i setsid sleep 300 & echo $!; exit 0';
    const run = await start(
      `trap '${daemon}' USR1; echo ready; while :; do sleep 0.05; done`,
      2,
      async (root, known) => {
        await snapshotTree(root, known);
        process.kill(root, 'SIGUSR1');
      },
    );
    await run.exited;
    const pid = run.pids[1] ?? 0;
    expect(run.known.seen.has(pid)).toBe(false);
    // Until it has become the daemon it is still a shell with the marks of the run.
    await expect.poll(() => findProcesses(run.runId), { timeout: 5000 }).toEqual([]);
    expect(await findProcesses(run.runId, run.known)).toEqual([pid]);
    expect(await reapRun(run.runId, { deadlineMs: 2000, known: run.known })).toBe(0);
    expect(await alive([pid])).toEqual([]);
  });

  // Would catch: a daemon of somebody else that is killed because its session has the number of a process of the run that has exited.
  it('takes no group by the number of a process that led none, or that had gone long before', async () => {
    const daemon = spawn('bash', ['-c', 'setsid bash -c "sleep 300 >/dev/null & echo \\$! \\$\\$"'], {
      env: { PATH: process.env.PATH ?? '' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const lines = createInterface(daemon.stdout);
    const [pid = 0, session = 0] = String((await once(lines, 'line'))[0])
      .split(' ')
      .map(Number);
    try {
      await expect.poll(() => alive([session])).toEqual([]);
      const follower = createSnapshot('some-run');
      follower.seen.set(session, '1');
      const leader = createSnapshot('some-run');
      leader.seen.set(session, '1');
      leader.leaders.set(session, { started: '1', until: 1 });
      for (const known of [follower, leader]) expect(await findProcesses('some-run', known)).toEqual([]);
      // A leader that was there until a moment ago.
      leader.leaders.set(session, { started: '1', until: Number.MAX_SAFE_INTEGER });
      expect(await findProcesses('some-run', leader)).toEqual([pid]);
    } finally {
      process.kill(pid, 'SIGKILL');
    }
  });

  it('lets a program that ignores SIGTERM live until it is reaped', async () => {
    const run = await start('trap "" TERM; echo $$; while :; do sleep 1; done', 1);
    await killTree(run.root, run.runId, 'SIGTERM');
    expect(await alive([run.root])).toEqual([run.root]);
    expect(await reapRun(run.runId, { deadlineMs: 2000 })).toBe(0);
    expect(await run.exited).toEqual([null, 'SIGKILL']);
  });

  it('touches nothing else: neither this process nor another run', async () => {
    const one = await start('sleep 300 & echo $!; wait', 1);
    const other = await start('sleep 300 & echo $!; wait', 1);
    const known = createSnapshot(one.runId);
    await snapshotTree(one.root, known);
    expect([...known.seen.keys()].sort()).toEqual([one.root, ...one.pids].sort());
    expect(await reapRun(one.runId, { deadlineMs: 2000, known })).toBe(0);
    expect(await alive(other.pids)).toEqual(other.pids);
  });

  it('answers at once when nothing runs', async () => {
    const start = performance.now();
    expect(await reapRun('no-such-run', { deadlineMs: 5000 })).toBe(0);
    const lasted = performance.now() - start;
    expect(lasted).toBeLessThan(await limitNow(1000));
  });

  it('takes a pid that was given out again for another process', async () => {
    const run = await start('sleep 300 & echo $!; wait', 1);
    const known = createSnapshot('another-run');
    known.seen.set(run.root, 'another start time');
    expect(await findProcesses('another-run', known)).toEqual([]);
    expect(await alive([run.root])).toEqual([run.root]);
  });
});
