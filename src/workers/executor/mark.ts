/** The mark by which the host finds what an attempt leaves behind, also when that clears its environment. */
import { execFile } from 'node:child_process';
import { locksMark, RUN_ID_ENV } from '../../contract/automation/executor.ts';

/**
 * Sets the mark on this process; everything that it starts afterwards inherits it. Node.js has no call for it, so `prlimit` of util-linux does it.
 * @returns why there is no mark, or null
 */
export function markProcess(): Promise<string | null> {
  const runId = process.env[RUN_ID_ENV];
  if (process.platform !== 'linux' || runId === undefined) return Promise.resolve(null);
  return new Promise((resolve) => {
    execFile('prlimit', ['--pid', String(process.pid), `--locks=${locksMark(runId)}:`], { timeout: 5_000 }, (error) => {
      resolve(error === null ? null : (error.message.split('\n')[0] ?? 'prlimit failed'));
    });
  });
}
