import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { listProcesses } from './process-list.ts';

const run = promisify(execFile);

/** Runs a program as a container engine does: as the first of a pid namespace, in a session that is led from outside of it. */
const NAMESPACE = ['--pid', '--fork', '--kill-child', '--mount-proc'];
const namespaces = await run('unshare', [...NAMESPACE, 'true']).then(
  () => true,
  () => false,
);

/** Empty for threads of the kernel; null where it cannot be read. */
function commandLine(pid: number): string | null {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return null;
  }
}

test.runIf(process.platform === 'linux')('threads of the kernel are no processes', async () => {
  const pids = (await listProcesses()).map((info) => info.pid);
  expect(pids).toContain(process.pid);
  // Threads of the kernel have no memory of their own, so no command line.
  expect(pids.filter((pid) => commandLine(pid) === '')).toEqual([]);
});

// Catches processes that are taken for threads of the kernel because their session has no number: in a container none of a run would be ended.
test.skipIf(!namespaces)('in a container, a process whose session is led from outside is found', async () => {
  const list = `import('${new URL('./process-list.ts', import.meta.url).href}').then(async ({ listProcesses }) =>
    console.log(JSON.stringify((await listProcesses()).filter((info) => info.pid === process.pid))))`;
  const { stdout } = await run('unshare', [...NAMESPACE, process.execPath, '-e', list], { timeout: 10_000 });
  expect(JSON.parse(stdout)).toMatchObject([{ sid: 0 }]);
});
