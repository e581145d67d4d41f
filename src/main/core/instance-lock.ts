/**
 * One host a data directory. An EXCLUSIVE SQLite transaction on `lock.db` is the lock: the operating system releases it with the
 * process, however that ends, so there are no stale pid files. `host.json` (0600) has the address of the host.
 */
import fs from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { tryLockFile } from './db/index.ts';
import { replaceOwned } from './disk/owned-files.ts';
import { readOwnedNote } from './disk/owned-reads.ts';
import { removeOwnedFile } from './disk/owned-trees.ts';
import { ensurePrivateFolder, isOpenToOthers } from './disk/private-folder.ts';

/** What a running host publishes to programs of the same user. */
export const HostFile = z.object({
  pid: z.int(),
  version: z.string(),
  /** Address of the HTTP door, null while its port is taken. */
  url: z.string().nullable(),
  /** Token of this run with every right; the file's mode keeps it to this user. */
  token: z.string(),
  started_at: z.string(),
});
export type HostFile = z.infer<typeof HostFile>;

/** A held lock. */
export interface InstanceLock {
  /** Publishes where this host is. */
  publish(info: HostFile): void;
  release(): void;
}

/** Thrown when another host owns the data directory; `pid` is null when it has not published itself yet. */
export class AlreadyRunning extends Error {
  readonly pid: number | null;
  constructor(dataDir: string, pid: number | null) {
    super(
      `TabAgent is already running on ${dataDir}${pid === null ? '' : ` (process ${pid})`}. Use that one, stop it, or choose another folder with --data-dir.`,
    );
    this.name = 'AlreadyRunning';
    this.pid = pid;
  }
}

const hostFile = (dataDir: string) => path.join(dataDir, 'host.json');

/** Reads what the host on `dataDir` published; null when there is none (it may be stale: only the lock proves life). */
export function readHostFile(dataDir: string): HostFile | null {
  try {
    return HostFile.parse(JSON.parse(readOwnedNote(dataDir, hostFile(dataDir))?.toString() ?? ''));
  } catch {
    return null;
  }
}

const lockFile = (dataDir: string) => path.join(dataDir, 'lock.db');

/** True while a host owns `dataDir`. */
export function isLocked(dataDir: string): boolean {
  if (!fs.existsSync(lockFile(dataDir))) return false;
  const release = tryLockFile(lockFile(dataDir));
  release?.();
  return release === null;
}

function isRunning(pid: number | undefined): boolean {
  if (pid === undefined) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Takes the lock of a data directory. @throws AlreadyRunning, AppError `configuration-error` */
export function acquireInstanceLock(dataDir: string): InstanceLock {
  const file = lockFile(dataDir);
  const wasExposed = isOpenToOthers(file);
  ensurePrivateFolder(dataDir);
  let release = tryLockFile(file);
  if (release === null && wasExposed && !isRunning(readHostFile(dataDir)?.pid)) {
    // Whoever could read the file could lock it. The folder is private now, so a new file is ours alone.
    removeOwnedFile(dataDir, file);
    release = tryLockFile(file);
  }
  if (release === null) throw new AlreadyRunning(dataDir, readHostFile(dataDir)?.pid ?? null);
  fs.chmodSync(file, 0o600);
  removeOwnedFile(dataDir, hostFile(dataDir));
  return {
    publish(info) {
      replaceOwned(dataDir, hostFile(dataDir), JSON.stringify(info));
    },
    release() {
      removeOwnedFile(dataDir, hostFile(dataDir));
      release();
    },
  };
}
