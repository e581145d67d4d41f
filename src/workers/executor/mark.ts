/** The marks by which the host finds what an attempt leaves behind, also when that clears its environment. */
import { execFile } from 'node:child_process';
import { mkdir, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { locksMark, RUN_ID_ENV } from '../../contract/automation/executor.ts';

/** Node.js has no call for limits, so `prlimit` of util-linux sets it. @returns why there is none, or null */
function limit(): Promise<string | null> {
  const runId = process.env[RUN_ID_ENV];
  if (process.platform !== 'linux' || runId === undefined) return Promise.resolve(null);
  return new Promise((resolve) => {
    execFile('prlimit', ['--pid', String(process.pid), `--locks=${locksMark(runId)}:`], { timeout: 5_000 }, (error) => {
      resolve(error === null ? null : (error.message.split('\n')[0] ?? 'prlimit failed'));
    });
  });
}

/** Makes a control group and enters it. @returns whether that worked */
async function enter(group: string): Promise<boolean> {
  try {
    await mkdir(group);
  } catch {
    return false;
  }
  try {
    // 0 is the process that writes, with all its threads.
    await writeFile(join(group, 'cgroup.procs'), '0', { flag: 'r+' });
    return true;
  } catch {
    await rmdir(group).catch(() => undefined);
    return false;
  }
}

/**
 * Marks this process; everything that it starts afterwards inherits the marks.
 * @param group folder of the control group to make, or null
 * @returns why daemons that clear their environment cannot be found, or null
 */
export async function markProcess(group: string | null): Promise<string | null> {
  const [unlimited, entered] = await Promise.all([limit(), group === null ? false : enter(group)]);
  return entered ? null : unlimited;
}
