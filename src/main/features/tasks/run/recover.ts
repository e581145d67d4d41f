/** Attempts whose owner is gone: their processes end, and the retry policy decides about their tasks. */
import path from 'node:path';
import { removeOwned } from '../../../core/disk/owned-trees.ts';
import type { RunId } from '../../../core/installation.ts';
import { reapRun } from '../../../core/process/process-tree.ts';
import type { TaskDeps } from '../deps.ts';
import type { Logs } from '../log/logs.ts';
import { attemptOutcome, type Happened } from '../model/attempt-outcome.ts';
import { diskFullProblem, interruptedProblem } from '../model/problems.ts';
import type { Orphan } from '../store/orphan-store.ts';
import type { TaskStore } from '../store/store.ts';
import { tempDirOf } from './run-env.ts';

/** How long leftover processes of one attempt are searched for and killed, ms; all attempts together stay below 5 s. */
const REAP_MS = 3_000;
const AT_ONCE = 8;

/**
 * Ends attempts without an owner. The order matters: only when no process is left may the task, and with it the
 * profile, be free for the next one.
 * @returns how many attempts were ended
 */
export async function recover(
  deps: TaskDeps,
  store: TaskStore,
  logs: Logs,
  orphans: readonly Orphan[],
): Promise<number> {
  const waiting = [...orphans];
  let ended = 0;

  async function endNext(): Promise<void> {
    for (let orphan = waiting.pop(); orphan; orphan = waiting.pop()) {
      try {
        await endOrphan(deps, store, logs, orphan);
        ended += 1;
      } catch (error) {
        deps.log.error('tasks', 'interrupted task not recovered', { task_id: orphan.id, error });
      }
    }
  }

  await Promise.all(Array.from({ length: AT_ONCE }, endNext));
  return ended;
}

async function removeLeftovers({ log, paths }: TaskDeps, id: string, runId: RunId): Promise<void> {
  const left = await reapRun(runId, { deadlineMs: REAP_MS });
  if (left > 0) log.error('tasks', 'leftover processes could not be ended', { task_id: id, left });
  await removeOwned(path.dirname(paths.temp), tempDirOf(paths.temp, runId)).catch((error: unknown) => {
    log.warn('tasks', 'temporary folder not removed', { task_id: id, error });
  });
}

async function endOrphan(deps: TaskDeps, store: TaskStore, logs: Logs, orphan: Orphan): Promise<void> {
  if (orphan.token === null) deps.log.warn('tasks', 'attempt without a valid token', { task_id: orphan.id });
  else await removeLeftovers(deps, orphan.id, deps.installation.runIdOf(orphan.token));
  const error = deps.storage.endedFull ? diskFullProblem() : interruptedProblem();
  const { lastSeq, bytes } = await logs.epilogue(orphan.id, orphan.attempt, error.detail).catch((error: unknown) => {
    deps.log.warn('tasks', 'log not repaired', { task_id: orphan.id, error });
    return { lastSeq: orphan.log_first_seq - 1, bytes: orphan.log_bytes_before };
  });
  const happened: Happened = orphan.cancel_requested === 1 ? { t: 'cancelled' } : { t: 'interrupted', error };
  const end = attemptOutcome(orphan, happened, deps.clock.now(), Math.random());
  const lines = lastSeq - orphan.log_first_seq + 1;
  store.finish(orphan.attempt_token, {
    ...end,
    log: { lines, bytes: Math.max(0, bytes - orphan.log_bytes_before), dropped: 0 },
  });
}
