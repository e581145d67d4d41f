/**
 * What shows only when somebody looks, once for each run, when the start is over: damage in the middle of the database file, and triggers
 * and views that no migration has made.
 */
import path from 'node:path';
import { strangeObjects } from '../../core/db/index.ts';
import type { Foundation } from '../../core/foundation.ts';
import type { Part } from '../../core/lifecycle.ts';
import { checkDatabase, type DoctorDeps } from './doctor.ts';

/** When the database is read through, ms after the start: a panel that is opened with the host has loaded by then. */
const CHECK_AFTER_MS = 10_000;

/** Creates the check of a host that serves; for others it does nothing. */
export function createDatabaseCheck(
  {
    clock,
    platform,
    storage,
    faults,
    serving,
  }: Pick<Foundation, 'clock' | 'platform' | 'storage' | 'faults' | 'serving'>,
  doctor: Pick<DoctorDeps, 'db' | 'dbThread'>,
): Part {
  const ending = new AbortController();
  let cancel: () => void = () => undefined;
  const look = async () => {
    const found = await checkDatabase(doctor, ending.signal);
    if (found !== 'ok') return storage.foundDamage(found);
    const strange = strangeObjects(doctor.db.raw, path.join(platform.appRoot, 'resources/migrations'));
    if (strange !== null) storage.foundDamage(strange);
  };
  const check = () =>
    void look().catch((error: unknown) => {
      if (!ending.signal.aborted) faults.report('database', error);
    });

  return {
    name: 'database check',
    start() {
      if (serving) cancel = clock.schedule(check, CHECK_AFTER_MS);
    },
    stop() {
      cancel();
      ending.abort();
    },
  };
}
