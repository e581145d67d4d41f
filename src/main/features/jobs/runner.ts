/** Runs jobs: from the queue to their end, or to the end of the host, after which they go on. */
import { AppError, problemOf } from '../../../contract/kernel/errors.ts';
import { JobId } from '../../../contract/kernel/scalars.ts';
import type { Clock } from '../../core/clock.ts';
import type { StorageHealth } from '../../core/disk/storage-health.ts';
import type { Logger } from '../../core/log/logger.ts';
import type { AnyJobKind, JobKinds } from './kind.ts';
import type { JobRow } from './schema.ts';
import type { JobStore } from './store.ts';
import { createWork, interrupted, type Run } from './work.ts';

/** A job that was started this often without reaching a checkpoint or an orderly stop is given up: it may be what ends the host. */
const MAX_STARTS = 5;

/** See {@link createJobRunner}. */
export interface JobRunner {
  isRunning(id: JobId): boolean;
  /** Starts a job that is in the store, or joins its run. Settles when its row says how it ended, or that it is to go on. */
  launch(row: JobRow): Promise<void>;
  /** Starts again what an earlier run of the host left, and ends what cannot go on. */
  resume(): void;
  cancel(row: JobRow): Promise<void>;
  /** Interrupts everything and waits; jobs that can go on are queued for the next start. */
  stop(): Promise<void>;
}

/** Why a job cannot run in this host; null when it can. */
function obstacle(row: JobRow, kind: AnyJobKind | undefined): AppError | null {
  // A database may come from elsewhere: its ids name files.
  if (!JobId.safeParse(row.id).success) return new AppError('record-damaged');
  if (kind === undefined) {
    return new AppError('not-implemented', `This version of TabAgent has no jobs of the kind ${row.kind}.`, {
      extra: { feature: row.kind },
    });
  }
  // What was queued has not begun, so every kind can start it.
  if (!kind.resumable && row.status === 'running') return interrupted();
  if (row.starts >= MAX_STARTS) {
    return interrupted(`The host ended ${row.starts} times while this job ran; it is not tried again.`);
  }
  return null;
}

/** Creates the runner; nothing runs before `launch` or `resume`. */
export function createJobRunner(deps: {
  store: JobStore;
  kinds: JobKinds;
  clock: Clock;
  log: Logger;
  storage: Pick<StorageHealth, 'refusal' | 'report' | 'typed' | 'onChange'>;
}): JobRunner {
  const { store, kinds, clock, log, storage } = deps;
  const running = new Map<JobId, Run>();
  let unsubscribe: (() => void) | undefined;

  const work = createWork(deps);

  function launch(row: JobRow): Promise<void> {
    const current = running.get(row.id);
    if (current) return current.done;
    const kind = kinds.get(row.kind);
    const problem = obstacle(row, kind);
    if (kind === undefined || problem !== null) {
      store.end(row.id, 'failed', { error: problemOf(problem ?? interrupted()) }, clock.now());
      return Promise.resolve();
    }
    const run: Run = { abort: new AbortController(), reason: null, done: Promise.resolve() };
    running.set(row.id, run);
    run.done = Promise.resolve()
      .then(() => work(row, kind, run))
      // Such as a database that was closed because the work did not end in time: the next start goes on.
      .catch((error: unknown) => log.error('jobs', `the end of job ${row.id} could not be stored`, { error }))
      .finally(() => running.delete(row.id));
    return run.done;
  }

  function interrupt(run: Run, reason: 'cancel' | 'stop'): Promise<void> {
    run.reason ??= reason;
    run.abort.abort();
    return run.done;
  }

  const endCancelled = (id: JobId) =>
    store.end(id, 'cancelled', { error: problemOf(new AppError('cancelled')) }, clock.now());

  function takeUp(): void {
    for (const row of store.unfinished()) {
      if (row.cancel_requested && !running.has(row.id)) endCancelled(row.id);
      else void launch(row);
    }
  }

  return {
    isRunning: (id) => running.has(id),
    launch,
    resume() {
      unsubscribe ??= storage.onChange(() => {
        // Jobs whose end could not be stored.
        if (storage.refusal() === null) takeUp();
      });
      takeUp();
    },
    async cancel(row) {
      // Stored first: a host that ends before the work has ended does not start it again.
      store.change(row.id, { cancel_requested: true });
      const run = running.get(row.id);
      if (run) await interrupt(run, 'cancel');
      else endCancelled(row.id);
    },
    async stop() {
      unsubscribe?.();
      await Promise.all([...running.values()].map((run) => interrupt(run, 'stop')));
    },
  };
}
