/** Damage in the middle of the database file shows only when it is read through: once for each run, when the start is over. */
import type { Foundation } from '../../core/foundation.ts';
import type { Part } from '../../core/lifecycle.ts';
import { checkDatabase, type DoctorDeps } from './doctor.ts';

/** When the database is read through, ms after the start: a panel that is opened with the host has loaded by then. */
const CHECK_AFTER_MS = 10_000;

/** Creates the check of a host that serves; for others it does nothing. */
export function createDatabaseCheck(
  { clock, storage, faults, serving }: Pick<Foundation, 'clock' | 'storage' | 'faults' | 'serving'>,
  doctor: Pick<DoctorDeps, 'db' | 'dbThread'>,
): Part {
  const ending = new AbortController();
  let cancel: () => void = () => undefined;
  const check = () =>
    void checkDatabase(doctor, ending.signal)
      .then((found) => {
        if (found !== 'ok') storage.foundDamage(found);
      })
      .catch((error: unknown) => {
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
