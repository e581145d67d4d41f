/**
 * What shows only when it is looked for, once for each run, when the start is over: damage in the middle of the database file, and tables,
 * triggers and views that are not as the migrations make them.
 */
import type { Foundation } from '../../core/foundation.ts';
import type { Part } from '../../core/lifecycle.ts';
import { checkDatabase, type DoctorDeps, foreignSentence } from './doctor.ts';

/** When the database is read through, ms after the start: a panel that is opened with the host has loaded by then. */
const CHECK_AFTER_MS = 10_000;

/**
 * Creates the check of a host that serves; for others it does nothing.
 * @param foundForeign called with a sentence when something else has changed what the database consists of
 */
export function createDatabaseCheck(
  { clock, storage, faults, serving }: Pick<Foundation, 'clock' | 'storage' | 'faults' | 'serving'>,
  doctor: Pick<DoctorDeps, 'db' | 'dbThread' | 'foreignSchema'>,
  foundForeign: (sentence: string) => void,
): Part {
  const ending = new AbortController();
  let cancel: () => void = () => undefined;
  const look = async () => {
    const found = await checkDatabase(doctor, ending.signal);
    if (found !== 'ok') return storage.foundDamage(found);
    const foreign = doctor.foreignSchema();
    if (foreign !== null) foundForeign(foreignSentence(doctor.db.path, foreign));
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
