/** Following a job to its end. */
import type { Job } from '../../../contract/host/jobs.ts';
import type { JobId } from '../../../contract/kernel/scalars.ts';
import type { Events } from '../../core/events.ts';
import { createWakeup } from '../../core/scheduling/wakeup.ts';

/** True until a job has ended. */
export const isLive = (status: Job['status']): boolean => status === 'queued' || status === 'running';

/** The job now and after each change, until it has ended. A slow reader misses states in between, never the last. */
export async function* followJob(
  events: Events,
  id: JobId,
  read: () => Job,
  signal: AbortSignal,
): AsyncGenerator<{ seq: number; job: Job }> {
  const news = createWakeup(signal);
  const unsubscribe = events.subscribe((changes) => {
    if (changes.some((change) => change.id === id)) news.notify();
  });
  try {
    while (!signal.aborted) {
      const job = read();
      yield { seq: events.head(), job };
      if (!isLive(job.status)) return;
      await news.wait();
    }
  } finally {
    unsubscribe();
    news.dispose();
  }
}
