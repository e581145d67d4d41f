/** The attempts that run on this host: their leases are extended until they are over. */
import type { TaskDeps } from '../deps.ts';
import type { Orphan } from '../store/orphan-store.ts';
import type { TaskStore } from '../store/store.ts';
import type { Run, RunEnd } from './runner.ts';

/** How often leases are extended, and how long one lasts, ms. */
const HEARTBEAT_MS = 5_000;
const LEASE_MS = 15_000;

/** See {@link createLiveRuns}. */
export interface LiveRuns {
  add(run: Run): void;
  get(taskId: string): Run | undefined;
  /** Attempts with an expired lease that are none of these runs. */
  lost(): Orphan[];
  size(): number;
  /** End of a lease that begins now, unix ms. */
  leaseUntil(): number;
  /** Resolves when all of them are over; after `finishMs` they are stopped and have `graceMs` to obey. */
  stopAll(finishMs: number, graceMs: number): Promise<void>;
}

/** @param onEnd called when a run is over, with null when its end could not be written */
export function createLiveRuns(
  { clock, log }: Pick<TaskDeps, 'clock' | 'log'>,
  store: Pick<TaskStore, 'heartbeat' | 'expired'>,
  onEnd: (end: RunEnd | null) => void,
): LiveRuns {
  const runs = new Map<string, Run>();
  let cancelBeat: (() => void) | null = null;

  const leaseUntil = () => clock.now() + LEASE_MS;

  function beat(): void {
    cancelBeat = null;
    if (runs.size === 0) return;
    cancelBeat = clock.schedule(beat, HEARTBEAT_MS);
    try {
      stopFenced([...runs.values()]);
    } catch (error) {
      log.error('tasks', 'leases could not be extended', { error });
    }
  }

  /** Extends the leases, and stops the runs whose lease another host has taken over. */
  function stopFenced(all: readonly Run[]): void {
    const tokens = all.map((run) => run.token);
    const kept = store.heartbeat(tokens, leaseUntil());
    for (const run of all) {
      if (kept.has(run.token) || !runs.has(run.taskId)) continue;
      log.warn('tasks', 'the lease of a task was lost', { task_id: run.taskId });
      run.stop('shutdown', 0);
    }
  }

  return {
    add(run) {
      runs.set(run.taskId, run);
      void run.done
        .catch((error: unknown) => {
          // Its lease runs out and the attempt is recovered like that of a dead host.
          log.error('tasks', 'the end of a task could not be written', { task_id: run.taskId, error });
          return null;
        })
        .then((end) => {
          if (runs.get(run.taskId) === run) runs.delete(run.taskId);
          onEnd(end);
        });
      cancelBeat ??= clock.schedule(beat, HEARTBEAT_MS);
    },
    get: (taskId) => runs.get(taskId),
    lost() {
      const mine = new Set([...runs.values()].map((run) => run.token));
      return store.expired().filter((orphan) => !mine.has(orphan.attempt_token));
    },
    size: () => runs.size,
    leaseUntil,
    async stopAll(finishMs, graceMs) {
      const all = [...runs.values()];
      const cancel = clock.schedule(() => {
        for (const run of all) run.stop('shutdown', graceMs);
      }, finishMs);
      await Promise.allSettled(all.map((run) => run.done));
      cancel();
      cancelBeat?.();
    },
  };
}
