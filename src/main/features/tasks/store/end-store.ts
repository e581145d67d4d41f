/** Ends of attempts and tasks: each transition is one guarded statement, its event in the same transaction. */

import type { Attempt, Step, TaskStatus } from '../../../../contract/automation/tasks.ts';
import { AppError, type Problem } from '../../../../contract/kernel/errors.ts';
import type { Json } from '../../../../contract/kernel/scalars.ts';
import type { Clock } from '../../../core/clock.ts';
import type { Db } from '../../../core/db/index.ts';
import type { Events } from '../../../core/events.ts';
import { cancelledProblem, problemJson } from '../model/problems.ts';
import { assignmentOf, type EndName, ends, guardOf, LIVE, TRANSITIONS } from '../model/transitions.ts';
import type { StepRow } from '../schema.ts';
import { changed, MOVED, type Moved } from './change-events.ts';
import { stepData } from './detail-store.ts';
import { createEndedEvents } from './ended-events.ts';

/** How an attempt ended. */
export interface AttemptEnd {
  name: Exclude<EndName, 'release'>;
  attemptStatus: Attempt['status'];
  output: Json;
  error: Problem | null;
  exitCode: number | null;
  /** When the next attempt may start and its place in the queue; only with `retry`. */
  next: { dueAt: number; rank: number } | null;
  log: { lines: number; bytes: number; dropped: number };
}

/** See {@link createEndStore}. */
export interface EndStore {
  /** Ends an attempt. @returns the state of the task, or null when the token is not in force any more (a late worker) */
  finish(token: string, end: AttemptEnd): TaskStatus | null;
  /** Remembers that a live task is to be cancelled, so that not even the host's end turns that into a retry. */
  requestCancel(id: string): boolean;
  /** Cancels a task that has no attempt running. @throws AppError `invalid-state` naming the state it is in, `not-found` */
  cancelIdle(id: string): void;
}

/** Ends the steps that an attempt was in, with it. */
function createStepEnds({ raw }: Db, events: Events): (at: Moved, status: Step['status'], now: number) => void {
  const endSteps = raw.prepare<[string, number, string, number], StepRow>(
    "UPDATE step SET status = ?, finished_at = ? WHERE task_id = ? AND attempt = ? AND status = 'running' RETURNING *",
  );
  return ({ id, attempt }, status, now) => {
    for (const step of endSteps.all(status, now, id, attempt)) {
      events.append({ type: 'task.step', entity: 'task', id, data: stepData(step) });
    }
  };
}

/** Few attempts end within a step: a look within the statement that ends the task costs less than a statement of its own. */
const IN_STEP =
  "EXISTS (SELECT 1 FROM step WHERE task_id = task.id AND step.attempt = task.attempt AND step.status = 'running') AS in_step";

/** Prepares the statements once. */
export function createEndStore(db: Db, events: Events, clock: Clock): EndStore {
  const raw = db.raw;
  const appendEnded = createEndedEvents(db, events, clock);
  const endSteps = createStepEnds(db, events);
  const finish = Object.fromEntries(
    (['succeed', 'fail', 'dead_letter', 'time_out', 'retry', 'interrupt', 'cancel'] as const).map((name) => [
      name,
      raw.prepare<(string | number | null)[], Moved & { in_step: number }>(
        `UPDATE task SET ${assignmentOf(name)}, attempt_token = NULL, lease_owner = NULL, lease_until = NULL,
           output = ?, error = ?, error_code = ?, finished_at = ?, due_at = coalesce(?, due_at), rank = coalesce(?, rank),
           bytes = bytes + ?
             + (SELECT coalesce(sum(a.bytes), 0) FROM artifact a WHERE a.task_id = task.id AND a.attempt = task.attempt),
           updated_at = ?, version = version + 1
         WHERE attempt_token = ? AND ${guardOf(name)} AND status IN (${LIVE})
         RETURNING ${MOVED}, ${IN_STEP}`,
      ),
    ]),
  );
  const endAttempt = raw.prepare<(string | number | null)[]>(
    `UPDATE attempt SET status = ?, finished_at = ?, error = ?, exit_code = ?, log_lines = ?, log_bytes = ?, log_dropped = ?
     WHERE task_id = ? AND number = ?`,
  );
  const requestCancel = raw.prepare<[string]>(
    `UPDATE task SET cancel_requested = 1 WHERE id = ? AND status IN (${LIVE})`,
  );
  const cancelIdle = raw.prepare<[{ id: string; now: number; error: string }], Moved>(
    `UPDATE task SET ${assignmentOf('cancel')}, finished_at = @now, updated_at = @now, version = version + 1, error = @error,
       error_code = 'cancelled'
     WHERE id = @id AND ${guardOf('cancel')} AND status NOT IN (${LIVE})
     RETURNING ${MOVED}`,
  );
  const statusOf = raw.prepare<[string], { status: TaskStatus }>('SELECT status FROM task WHERE id = ?');

  return {
    finish: (token, end) =>
      db.join(() => {
        const now = clock.now();
        const error = end.error === null ? null : JSON.stringify(end.error);
        const terminal = ends(end.name);
        const { lines, bytes, dropped } = end.log;
        const output = end.output === null ? null : JSON.stringify(end.output);
        const code = end.error?.code ?? null;
        const { dueAt, rank } = end.next ?? { dueAt: null, rank: null };
        const row = finish[end.name]?.get(output, error, code, terminal ? now : null, dueAt, rank, bytes, now, token);
        if (!row) return null;
        const { id, attempt } = row;
        endAttempt.run(end.attemptStatus, now, error, end.exitCode, lines, bytes, dropped, id, attempt);
        if (row.in_step === 1) endSteps(row, end.attemptStatus === 'failed' ? 'failed' : 'cancelled', now);
        const to = TRANSITIONS[end.name].to;
        const reason = problemJson(end.error);
        if (terminal) appendEnded(row, to, end.error, reason);
        else events.append(changed(row, to, reason));
        return to;
      }),
    requestCancel: (id) => requestCancel.run(id).changes > 0,
    cancelIdle(id) {
      db.transaction(() => {
        const problem = cancelledProblem();
        const row = cancelIdle.get({ id, now: clock.now(), error: JSON.stringify(problem) });
        if (row) {
          appendEnded(row, TRANSITIONS.cancel.to, problem);
          return;
        }
        const actual = statusOf.get(id)?.status;
        if (!actual) throw new AppError('not-found', undefined, { extra: { resource: 'task', id } });
        throw new AppError('invalid-state', `Already ${actual.replaceAll('_', ' ')}.`, {
          extra: { expected: TRANSITIONS.cancel.from, actual },
        });
      });
    },
  };
}
