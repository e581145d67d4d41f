/** `tabagent restore`: with the lock of the data directory, so that no host runs on what is replaced. */
import path from 'node:path';
import { systemClock } from '../core/clock.ts';
import { type HostFlags, readConfig } from '../core/config.ts';
import { openDatabase, type Restored, restoreDatabase } from '../core/db/index.ts';
import { createPrivately } from '../core/disk/private-folder.ts';
import { beginHistory } from '../core/events.ts';
import { createFaults } from '../core/faults.ts';
import { acquireInstanceLock } from '../core/instance-lock.ts';
import { anchorRestored } from '../core/log/audit-restored.ts';
import { createSecrets } from '../core/secrets/secrets.ts';
import type { Surroundings } from './surroundings.ts';

/**
 * @returns also why the audit of the backup was not anchored: the next start then says what is wrong with it
 * @throws AlreadyRunning, AppError `bad-request` when the file is no good, `not-found` when there is no good backup
 */
export async function restore(
  { platform, env }: Surroundings,
  flags: HostFlags,
  from: string | undefined,
): Promise<Restored & { unanchored: Awaited<ReturnType<typeof anchorRestored>> }> {
  const { dataDir } = readConfig(flags, env, platform.paths.data);
  createPrivately();
  const lock = acquireInstanceLock(dataDir);
  try {
    const migrations = path.join(platform.appRoot, 'resources/migrations');
    const restored = restoreDatabase(dataDir, migrations, Date.now(), from);
    const { db } = openDatabase(dataDir, migrations, Date.now(), createFaults());
    try {
      beginHistory(db);
      const secrets = createSecrets(db, systemClock, () => platform.keyVault(dataDir));
      const name = path.basename(restored.backup);
      const unanchored = await anchorRestored({ db, clock: systemClock, dir: dataDir, secrets }, name);
      return { ...restored, unanchored };
    } finally {
      db.close();
    }
  } finally {
    lock.release();
  }
}
