/** What a host that was killed has left: browsers that did not notice, and their folders. */
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { removeOwned } from '../../../core/disk/owned-trees.ts';
import { randomToken } from '../../../core/ids.ts';
import type { Logger } from '../../../core/log/logger.ts';
import { type ChromeLock, readChromeLockAsync } from './chrome-lock.ts';

/** Names folder and host in the environment of a browser that was opened by hand, so that it is known for ours. */
const PROFILE_ENV = 'TABAGENT_PROFILE_FOLDER';

/** This run of the host. */
const OUR_RUN = randomToken(9);

/** What marks a browser of this run. */
export const browserMark = (dir: string): Record<string, string> => ({ [PROFILE_ENV]: `${OUR_RUN} ${dir}` });

/** How long a browser may take to close by itself once its life-line is cut, and again after it was asked to, ms. */
const GRACE_MS = 2_000;
const STEP_MS = 50;
/** Folders looked at together. */
const WIDTH = 32;

/** Whether a process was started on this folder by an earlier host. */
function isLeftOver(pid: number, dir: string): boolean {
  try {
    const environment = fs.readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
    const mark = environment.find((entry) => entry.startsWith(`${PROFILE_ENV}=`));
    return mark?.endsWith(` ${dir}`) === true && mark !== `${PROFILE_ENV}=${OUR_RUN} ${dir}`;
  } catch {
    return false; // It has gone, or is another user's. Without /proc nothing is known: the life-line has to do.
  }
}

const isHeldBy = (lock: ChromeLock, pid: number) => lock.state === 'live' && lock.pid === pid;

async function isGone(dir: string, pid: number): Promise<boolean> {
  for (let waited = 0; waited < GRACE_MS; waited += STEP_MS) {
    if (!isHeldBy(await readChromeLockAsync(dir), pid)) return true;
    await delay(STEP_MS);
  }
  return false;
}

function signal(pid: number, name: 'SIGINT' | 'SIGKILL'): void {
  try {
    process.kill(name === 'SIGKILL' ? -pid : pid, name);
  } catch {
    // It has gone meanwhile.
  }
}

/** Ends the browser on a folder, in order if it still can: SIGINT keeps the cookies that SIGTERM loses. @returns whether there was one */
async function reap(dir: string): Promise<boolean> {
  const lock = await readChromeLockAsync(dir);
  if (lock.state !== 'live' || !isLeftOver(lock.pid, dir)) return false;
  if (await isGone(dir, lock.pid)) return true;
  signal(lock.pid, 'SIGINT');
  if (await isGone(dir, lock.pid)) return true;
  if (isLeftOver(lock.pid, dir)) signal(lock.pid, 'SIGKILL');
  return true;
}

/** Ends browsers that outlived the host which opened them by hand. Browsers of tasks end with their attempts. */
export async function endLeftovers(folders: readonly string[], log: Logger): Promise<void> {
  for (let at = 0; at < folders.length; at += WIDTH) {
    const some = folders.slice(at, at + WIDTH);
    const reaped = await Promise.all(some.map(reap));
    for (const [i, was] of reaped.entries()) {
      if (was) log.warn('profiles', 'A browser that had outlived its host was ended', { folder: some[i] });
    }
  }
}

/** Removes temporary folders of an earlier host, see `leftoverFolders`. */
export async function removeLeftovers(folders: readonly string[], log: Logger): Promise<void> {
  for (const dir of folders) {
    await removeOwned(path.dirname(path.dirname(dir)), dir).catch((error: unknown) =>
      log.warn('profiles', 'temporary folder of a browser not removed', { dir, error }),
    );
  }
}
