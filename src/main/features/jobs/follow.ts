/** Following a job to its end. */
import type { Job } from '../../../contract/host/jobs.ts';
import type { JobId } from '../../../contract/kernel/scalars.ts';
import type { Events } from '../../core/events.ts';

/** True until a job has ended. */
export const isLive = (status: Job['status']): boolean => status === 'queued' || status === 'running';

/** The job now and after each change, until it has ended. A slow reader misses states in between, never the last. */
export async function* followJob(
  events: Events,
  id: JobId,
  read: () => Job,
  signal: AbortSignal,
): AsyncGenerator<{ seq: number; job: Job }> {
  let wake: () => void = () => undefined;
  let changed = true;
  const notify = () => {
    changed = true;
    wake();
  };
  const unsubscribe = events.subscribe((changes) => {
    if (changes.some((change) => change.id === id)) notify();
  });
  signal.addEventListener('abort', notify, { once: true });
  try {
    while (!signal.aborted) {
      if (!changed)
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      changed = false;
      const job = read();
      yield { seq: events.head(), job };
      if (!isLive(job.status)) return;
    }
  } finally {
    unsubscribe();
    signal.removeEventListener('abort', notify);
  }
}
