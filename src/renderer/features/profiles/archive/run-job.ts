/** Jobs that a dialog waits for. */
import type { Client } from '../../../../contract/client/client-types.ts';
import type { Job } from '../../../../contract/host/jobs.ts';
import { AppError, errorOf } from '../../../../contract/kernel/errors.ts';
import type { JobId } from '../../../../contract/kernel/scalars.ts';
import { bytes } from '../../../lib/format.ts';

/** What runs now, and how it is ended. */
export interface RunningJob {
  job: Job;
  cancel(): void;
}

/**
 * Follows a job to its end.
 * @param show gets its state
 * @returns its result
 * @throws AppError its error; `cancelled`
 */
export function jobResult(client: Client, id: JobId, show: (running: RunningJob) => void): Promise<Job['result']> {
  const { signal } = new AbortController();
  const cancel = () => void client.call('jobs_cancel', { id }).catch(() => undefined); // it has ended already
  let last: Job | undefined;
  return new Promise((resolve, reject) => {
    client.stream(
      'jobs_follow',
      { id },
      {
        signal,
        onItem({ job }) {
          last = job;
          show({ job, cancel });
        },
        onEnd() {
          if (last?.status === 'succeeded') resolve(last.result);
          else reject(last?.status === 'failed' && last.error ? errorOf(last.error) : new AppError('cancelled'));
        },
        onError: reject,
      },
    );
  });
}

/** The part of an answer that names a job. @throws Error when the host has waited, which it was not asked to */
export function jobOf(answer: object): JobId {
  if (!('job_id' in answer)) throw new Error('The host named no job.');
  return answer.job_id as JobId;
}

/** How far a job is, in words. */
export function progressText({ progress: { done_bytes, total_bytes, step } }: Job): string {
  if (done_bytes !== null && total_bytes !== null) return `${bytes(done_bytes)} of ${bytes(total_bytes)}`;
  return step === null ? 'starting' : step;
}
