/** Steps and progress of one attempt on their way to the database: in batches, at a bounded rate. */
import { PROGRESS_MS } from '../../../../contract/automation/report/report-limits.ts';
import type { TaskProgress } from '../../../../contract/automation/tasks.ts';
import type { Clock } from '../../../core/clock.ts';
import type { StorageHealth } from '../../../core/disk/storage-health.ts';
import type { DetailStore, StepChange } from '../store/detail-store.ts';

/** Steps of one attempt that are kept. */
export const MAX_STEPS = 10_000;
/** Batch window of steps, ms. */
const BATCH_MS = 20;
/** How soon what a full disk refused is tried again, ms. */
const RETRY_MS = 1_000;

/** See {@link createDetails}. */
export interface Details {
  step(change: StepChange): void;
  progress(progress: TaskProgress): void;
  /** Writes what waits and takes nothing more. @returns steps over {@link MAX_STEPS} */
  close(): number;
}

/** Creates the buffer of one attempt. */
export function createDetails(
  store: DetailStore,
  token: string,
  clock: Clock,
  storage: Pick<StorageHealth, 'report'>,
): Details {
  let steps: StepChange[] = [];
  let progress: TaskProgress | null = null;
  let progressAt = Number.NEGATIVE_INFINITY;
  let started = 0;
  let dropped = 0;
  let closed = false;
  let cancelTimer: (() => void) | null = null;

  function flush(all: boolean): void {
    cancelTimer?.();
    cancelTimer = null;
    const now = clock.monotonic();
    const wait = progressAt + PROGRESS_MS - now;
    const due = progress !== null && (all || wait <= 0) ? progress : null;
    if (due !== null) {
      progress = null;
      progressAt = now;
    }
    if (steps.length > 0 || due !== null) {
      const batch = steps;
      steps = [];
      try {
        store.appendDetails(token, { steps: batch, progress: due });
      } catch (error) {
        if (!storage.report(error)) throw error;
        // They wait for space as long as the attempt runs; there are never more than the limit.
        steps = [...batch, ...steps];
        progress ??= due;
        if (!closed) plan(RETRY_MS);
        return;
      }
    }
    if (!closed && progress !== null) plan(wait);
  }

  function plan(delay: number): void {
    cancelTimer ??= clock.schedule(() => flush(false), delay);
  }

  return {
    step(change) {
      if (closed) return;
      if (change.t === 'start') started += 1;
      if (started > MAX_STEPS) {
        if (change.t === 'start') dropped += 1;
        return;
      }
      steps.push(change);
      // A waiting progress may have planned a later flush.
      if (steps.length === 1) {
        cancelTimer?.();
        cancelTimer = null;
      }
      plan(BATCH_MS);
    },
    progress(value) {
      if (closed) return;
      progress = value;
      plan(Math.max(0, progressAt + PROGRESS_MS - clock.monotonic()));
    },
    close() {
      closed = true;
      flush(true);
      return dropped;
    },
  };
}
