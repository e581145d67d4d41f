/** `tabagent restore`: with the lock of the data directory, so that no host runs on what is replaced. */
import path from 'node:path';
import { type HostFlags, readConfig } from '../core/config.ts';
import { type Restored, restoreDatabase } from '../core/db/index.ts';
import { createPrivately } from '../core/disk/private-folder.ts';
import { acquireInstanceLock } from '../core/instance-lock.ts';
import type { Surroundings } from './surroundings.ts';

/** @throws AlreadyRunning, AppError `not-found` when there is no good backup */
export function restore({ platform, env }: Surroundings, flags: HostFlags, from: string | undefined): Restored {
  const { dataDir } = readConfig(flags, env, platform.paths.data);
  createPrivately();
  const lock = acquireInstanceLock(dataDir);
  try {
    return restoreDatabase(dataDir, path.join(platform.appRoot, 'resources/migrations'), Date.now(), from);
  } finally {
    lock.release();
  }
}
