/** Passphrases of jobs that have not ended: in memory alone, so they go with the host. */
import { AppError } from '../../../../contract/kernel/errors.ts';
import type { JobId } from '../../../../contract/kernel/scalars.ts';
import type { JobService } from '../../jobs/index.ts';

type StartedJob = ReturnType<ReturnType<JobService['register']>['start']>;

/** Creates an empty book. */
export function createPassphrases() {
  const known = new Map<JobId, string>();
  return {
    remember(job: JobId, passphrase: string | undefined): void {
      if (passphrase !== undefined) known.set(job, passphrase);
    },
    /**
     * @param sealed whether the job was started with one
     * @throws AppError `task-interrupted` when the host that was told it has ended
     */
    of(job: JobId, sealed: boolean): string | null {
      const passphrase = known.get(job) ?? null;
      if (sealed && passphrase === null) {
        throw new AppError(
          'task-interrupted',
          'The host stopped before this job began, and its passphrase was kept in memory only; start it again.',
        );
      }
      return passphrase;
    },
    /** Forgets it when the job has ended, however it ends. */
    untilDone(started: StartedJob): StartedJob {
      const forget = () => void known.delete(started.job.id);
      void started.done.then(forget, forget);
      return started;
    },
  };
}
export type Passphrases = ReturnType<typeof createPassphrases>;
