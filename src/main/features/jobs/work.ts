/** One run of a job: its progress while it works, and what its row says afterwards. */
import type { Job } from '../../../contract/host/jobs.ts';
import { AppError, problemOf } from '../../../contract/kernel/errors.ts';
import type { Json } from '../../../contract/kernel/scalars.ts';
import type { Clock } from '../../core/clock.ts';
import type { StorageHealth } from '../../core/disk/storage-health.ts';
import type { Logger } from '../../core/log/logger.ts';
import type { AnyJobKind } from './kind.ts';
import type { JobRow } from './schema.ts';
import type { JobStore } from './store.ts';

const PROGRESS_MS = 250;

/** A job that runs in this process. */
export interface Run {
  abort: AbortController;
  /** Why it was aborted; the first reason wins. */
  reason: 'cancel' | 'stop' | null;
  /** Settles when the row says how it ended; never rejects. */
  done: Promise<void>;
}

/** The error of a job that the end of the host cut off. */
export const interrupted = (detail = 'The host stopped while this job ran; start it again.') =>
  new AppError('task-interrupted', detail);

/** Collects progress and writes it at most four times a second. */
function createProgress(from: Job['progress'], write: (progress: Job['progress']) => void, clock: Clock) {
  let latest = from;
  let cancel: (() => void) | undefined;
  return {
    latest: () => latest,
    report(progress: Partial<Job['progress']>) {
      latest = { ...latest, ...progress };
      cancel ??= clock.schedule(() => {
        cancel = undefined;
        write(latest);
      }, PROGRESS_MS);
    },
    dispose: () => cancel?.(),
  };
}

/** @returns does the work of a job and stores how it ended; rejects when that cannot be stored */
export function createWork(deps: {
  store: JobStore;
  clock: Clock;
  log: Logger;
  storage: Pick<StorageHealth, 'report' | 'typed'>;
}) {
  const { store, clock, log, storage } = deps;
  return async (row: JobRow, kind: AnyJobKind, run: Run): Promise<void> => {
    const { id } = row;
    const end = (status: 'succeeded' | 'failed' | 'cancelled', facts: Partial<JobRow>) =>
      store.end(id, status, facts, clock.now());
    const progress = createProgress(
      row.progress,
      (latest) => {
        try {
          store.change(id, { progress: latest });
        } catch (error) {
          // The next report, or the end, brings it up to date.
          if (!storage.report(error)) throw error;
        }
      },
      clock,
    );
    try {
      store.change(id, { status: 'running', started_at: row.started_at ?? clock.now(), starts: row.starts + 1 });
      run.abort.signal.throwIfAborted();
      const result: Json = await kind.run({
        id,
        input: row.input,
        checkpoint: row.checkpoint,
        signal: run.abort.signal,
        progress: progress.report,
        save: (checkpoint) => store.saveCheckpoint(id, checkpoint),
      });
      end('succeeded', { result, progress: { ...progress.latest(), percent: 100 } });
    } catch (thrown) {
      const error = storage.typed(thrown);
      const facts = { progress: progress.latest(), error: problemOf(error) };
      if (run.reason === 'cancel') end('cancelled', facts);
      else if (run.reason !== 'stop') {
        log.error('jobs', `A job failed: ${error.message}`, { job_id: id, kind: row.kind, error: thrown });
        end('failed', facts);
      } else if (kind.resumable) store.change(id, { status: 'queued', progress: progress.latest(), starts: 0 });
      else end('failed', { ...facts, error: problemOf(interrupted()) });
    } finally {
      progress.dispose();
    }
  };
}
