import { execFile } from 'node:child_process';
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

test('threads of the kernel are no processes', async () => {
  const all = await listProcesses();
  expect(all.some((info) => info.pid === process.pid)).toBe(true);
  expect(all.some((info) => info.pid === 2 || info.ppid === 2)).toBe(process.pid === 2);
});

// Catches processes that are taken for threads of the kernel because their session has no number: in a container none of a run would be ended.
test.skipIf(!namespaces)('in a container, a process whose session is led from outside is found', async () => {
  const list = `import('${new URL('./process-list.ts', import.meta.url).href}').then(async ({ listProcesses }) =>
    console.log(JSON.stringify((await listProcesses()).filter((info) => info.pid === process.pid))))`;
  const { stdout } = await run('unshare', [...NAMESPACE, process.execPath, '-e', list], { timeout: 10_000 });
  expect(JSON.parse(stdout)).toMatchObject([{ sid: 0 }]);
});
