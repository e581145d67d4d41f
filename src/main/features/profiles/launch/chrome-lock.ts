/** Chrome's own lock on a user data folder: who holds it, and how a stale one is removed. */
import fs from 'node:fs';
import { readlink } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { removeOwnedFile } from '../../../core/disk/owned-trees.ts';

/** What the lock of a folder says. */
export type ChromeLock =
  | { state: 'free' }
  /** Left by a dead process of this machine; Chrome replaces it by itself. */
  | { state: 'stale'; pid: number }
  /** A living browser on this machine. */
  | { state: 'live'; pid: number }
  /** Made on another computer (a copied or synced folder): Chrome refuses until it is removed. */
  | { state: 'foreign'; host: string; pid: number };

const LOCK_FILES = ['SingletonLock', 'SingletonCookie', 'SingletonSocket'];

function isBrowser(pid: number): boolean {
  try {
    return /chrom|edge|brave/i.test(fs.readlinkSync(`/proc/${pid}/exe`));
  } catch (error) {
    // A zombie still accepts signals but has no program any more.
    const ended = error instanceof Error && 'code' in error && error.code === 'ENOENT' && fs.existsSync('/proc/self');
    return !ended; // no /proc here, or another user's process: believe the lock
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/**
 * Reads the lock. POSIX: `SingletonLock` is a symlink to `<host>-<pid>`. Windows: `lockfile` is held open exclusively.
 */
export function readChromeLock(userDataDir: string): ChromeLock {
  if (process.platform === 'win32') {
    try {
      fs.closeSync(fs.openSync(path.join(userDataDir, 'lockfile'), 'r+'));
      return { state: 'free' };
    } catch (error) {
      const busy = error instanceof Error && 'code' in error && (error.code === 'EBUSY' || error.code === 'EPERM');
      return busy ? { state: 'live', pid: 0 } : { state: 'free' };
    }
  }
  try {
    return parseLock(fs.readlinkSync(path.join(userDataDir, 'SingletonLock')));
  } catch {
    return { state: 'free' };
  }
}

/** {@link readChromeLock} without holding up the event loop where the file system is slow. */
export async function readChromeLockAsync(userDataDir: string): Promise<ChromeLock> {
  if (process.platform === 'win32') return readChromeLock(userDataDir);
  try {
    return parseLock(await readlink(path.join(userDataDir, 'SingletonLock')));
  } catch {
    return { state: 'free' };
  }
}

/** What the target of `SingletonLock` says. */
function parseLock(target: string): ChromeLock {
  const dash = target.lastIndexOf('-');
  const host = target.slice(0, dash);
  const pid = Number(target.slice(dash + 1));
  if (host !== os.hostname()) return { state: 'foreign', host, pid };
  if (!isAlive(pid) || !isBrowser(pid)) return { state: 'stale', pid };
  return { state: 'live', pid };
}

/** Removes a stale or foreign lock. A live one is never touched. @returns false when it is live */
export function removeChromeLock(userDataDir: string): boolean {
  if (readChromeLock(userDataDir).state === 'live') return false;
  const root = path.dirname(path.dirname(userDataDir));
  for (const name of LOCK_FILES) removeOwnedFile(root, path.join(userDataDir, name));
  return true;
}
