/** A damaged database at the start of the desktop app: the operator chooses what becomes of it. */
import { join } from 'node:path';
import { dialog } from 'electron';
import type { HostConfig } from '../core/config.ts';
import { isDamagedError, restoreDatabase } from '../core/db/index.ts';
import { acquireInstanceLock } from '../core/instance-lock.ts';

/**
 * Runs `create`, once more after a damaged database was restored or replaced.
 * @returns null when the operator wants neither
 * @throws what `create` throws, AppError `not-found` when there is no good backup
 */
export async function createOrRepair<T>(
  appRoot: string,
  config: HostConfig,
  create: (config: HostConfig) => Promise<T>,
): Promise<T | null> {
  try {
    return await create(config);
  } catch (error) {
    if (!isDamagedError(error)) throw error;
    const { response } = await dialog.showMessageBox({
      type: 'error',
      title: 'TabAgent',
      message: 'The database is damaged.',
      detail: `${error.message}\n\nEither way the damaged file is kept.`,
      buttons: ['Restore the newest backup', 'Start with an empty database', 'Quit'],
      defaultId: 0,
      cancelId: 2,
      noLink: true,
    });
    if (response === 2) return null;
    if (response === 1) return create({ ...config, replaceDatabase: true });
    const lock = acquireInstanceLock(config.dataDir);
    try {
      restoreDatabase(config.dataDir, join(appRoot, 'resources/migrations'), Date.now());
    } finally {
      lock.release();
    }
    return create(config);
  }
}
