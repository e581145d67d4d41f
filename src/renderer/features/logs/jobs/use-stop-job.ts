import type { Job } from '../../../../contract/host/jobs.ts';
import { useAct } from '../../../lib/live/query.ts';
import { useCan } from '../../../lib/use-can.ts';
import { errorToast } from '../../../ui/feedback/toast.tsx';
import { isOpen, stopWord } from './words.ts';

/** Cancelling a job, which pauses a download. */
export function useStopJob() {
  const noCancel = useCan('jobs_cancel');
  const { mutate } = useAct('jobs_cancel', { onError: (error) => errorToast('Could not cancel the job', error) });
  return {
    /** Why it cannot be done with this job. */
    blocked: (job: Job) => noCancel ?? (isOpen(job) ? null : 'The job has ended'),
    word: stopWord,
    stop: ({ id }: Job) => mutate({ id }),
  };
}
