import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { folderOf, groupFolder, isInGroup, killGroup, removeGroup } from './cgroup.ts';
import { listProcesses } from './process-list.ts';
import { reapRun } from './process-tree.ts';

const runId = `group-${process.pid}`;
const folder = await groupFolder(runId);

test('a group is told by its whole name, at any depth', () => {
  expect(isInGroup('/user.slice/tabagent-ab', 'ab')).toBe(true);
  expect(isInGroup('/tabagent-ab/below/tabagent-cd', 'ab')).toBe(true);
  expect(isInGroup('/tabagent-abc', 'ab')).toBe(false);
  expect(isInGroup('/x-tabagent-ab', 'ab')).toBe(false);
  expect(isInGroup('', 'ab')).toBe(false);
});

test('what is not there has nothing in it', async () => {
  expect(await killGroup('/no/such/group')).toBe(false);
  await removeGroup('/no/such/group');
  expect(await folderOf('/../../tabagent-ab', 'ab')).toBeNull();
});

// Catches a group below the group, as a container engine makes one, that outlives the run or keeps its folder.
test.skipIf(folder === null)(
  'a run ends with all that is in its group and in groups below, and the folders go',
  async () => {
    const script = `mkdir -p "$0/below" && echo 0 > "$0/below/cgroup.procs" && echo in; while :; do env -i setsid sh -c : ; done`;
    const child = spawn('sh', ['-c', script, folder ?? ''], { stdio: ['ignore', 'pipe', 'inherit'], env: process.env });
    // A test that fails must not leave the loop behind.
    onTestFinished(() => void child.kill('SIGKILL'));
    const exit = once(child, 'exit');
    await once(child.stdout, 'data');
    const found = (await listProcesses()).find((info) => info.pid === child.pid);
    expect(found).toMatchObject({ cgroup: expect.stringContaining(`/tabagent-${runId}/below`) });
    expect(isInGroup(found?.cgroup ?? '', runId)).toBe(true);
    expect(await folderOf(found?.cgroup ?? '', runId)).toBe(folder);
    expect(await reapRun(runId, { deadlineMs: 5000 })).toBe(0);
    expect(await exit).toEqual([null, 'SIGKILL']);
    expect(existsSync(folder ?? '')).toBe(false);
  },
);

// Catches folders that stay for ever: the kernel may call a group empty a moment before it can be removed.
test.skipIf(folder === null)('a group that is busy for a moment is removed after it', async () => {
  const busy = (await groupFolder(`${runId}-busy`)) ?? '';
  const script = 'mkdir -p "$0/below" && echo $$ > "$0/below/cgroup.procs" && echo in; exec sleep 0.3';
  const child = spawn('sh', ['-c', script, busy], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  await removeGroup(busy);
  expect(existsSync(busy)).toBe(false);
});

// Would catch: a run whose name leads to the group of the host itself.
test.each(['x/..', '..', '', 'a/b', '../x'])('a run %j has no group', async (hostile) => {
  expect(await groupFolder(hostile)).toBeNull();
  expect(await folderOf(`/a/tabagent-${hostile}`, hostile)).toBeNull();
});
