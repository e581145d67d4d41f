/** The queue of tasks: each transition into it and out of it is one guarded statement, its event in the same transaction. */
import type { Clock } from '../../../core/clock.ts';
import type { Db } from '../../../core/db/index.ts';
import type { Events } from '../../../core/events.ts';
import { priorityOf } from '../model/lanes.ts';
import { assignmentOf, guardOf, LIVE, TRANSITIONS } from '../model/transitions.ts';
import type { TaskRow } from '../schema.ts';
import { changed, MOVED, type Moved } from './change-events.ts';

/** A row to insert: the snapshot and where it starts. */
export type NewTask = Pick<
  TaskRow,
  | 'id'
  | 'priority'
  | 'kind'
  | 'command_id'
  | 'command_version'
  | 'command_name'
  | 'spec'
  | 'input'
  | 'input_schema'
  | 'profile_id'
  | 'profile'
  | 'batch_id'
  | 'retry_of'
  | 'labels'
  | 'concurrency_key'
  | 'timeout_seconds'
  | 'retry'
  | 'max_attempts'
  | 'due_at'
  | 'rank'
> & { status: 'scheduled' | 'queued' };

/** What an attempt needs of its task. */
const CLAIMED = [
  'id',
  'kind',
  'spec',
  'input',
  'profile_id',
  'profile',
  'concurrency_key',
  'priority',
  'timeout_seconds',
  'retry',
  'attempt',
  'max_attempts',
  'attempt_token',
  'version',
  'started_at',
  'finished_at',
] as const satisfies (keyof TaskRow)[];

/** A task that has just been claimed, with the token of its new attempt. */
export type Claimed = Pick<TaskRow, (typeof CLAIMED)[number]> & { attempt_token: string };

/** What limits a claim. */
export interface ClaimLimits {
  token: string;
  owner: string;
  leaseUntil: number;
  /** Live tasks at most; 0 claims nothing. */
  maxRunning: number;
  /** Slowest lane that may start. */
  slowestLane: number;
  /** Profiles that something else than a task holds. */
  busyProfiles: readonly string[];
}

/** See {@link createQueueStore}. */
export interface QueueStore {
  /** Several calls in one transaction: one write to the disk instead of one each. */
  batch<T>(work: () => T): T;
  insert(tasks: readonly NewTask[]): void;
  /** Moves what has become due into the queue. @returns how many */
  promote(): number;
  /** When the next scheduled or retrying task is due, unix ms. */
  nextDue(): number | null;
  /** Starts the first task of the queue that may start, in one statement. */
  claim(limits: ClaimLimits): Claimed | null;
  /** Gives a claimed task back without spending an attempt. False when the token is not in force any more. */
  release(token: string): boolean;
  /** Extends the leases of these attempts. @returns the tokens that are still in force */
  heartbeat(tokens: readonly string[], leaseUntil: number): Set<string>;
}

const columns = [
  'id',
  'status',
  'priority',
  'kind',
  'command_id',
  'command_version',
  'command_name',
  'spec',
  'input',
  'input_schema',
  'profile_id',
  'profile',
  'batch_id',
  'retry_of',
  'labels',
  'concurrency_key',
  'timeout_seconds',
  'retry',
  'max_attempts',
  'due_at',
  'rank',
] as const satisfies (keyof NewTask)[];

/** Prepares the hot statements once. */
export function createQueueStore(db: Db, events: Events, clock: Clock): QueueStore {
  const raw = db.raw;
  const insert = raw.prepare<[Record<string, unknown>]>(
    `INSERT INTO task (${columns.join(', ')}, created_at, updated_at, version)
     VALUES (${columns.map((name) => `@${name}`).join(', ')}, @now, @now, 1)`,
  );
  const promote = raw.prepare<[{ now: number }], Moved>(
    `UPDATE task SET ${assignmentOf('due')}, updated_at = @now, version = version + 1
     WHERE id IN (SELECT id FROM task INDEXED BY task_timer
                  WHERE ${guardOf('due')} AND due_at <= @now ORDER BY due_at LIMIT 500)
     RETURNING ${MOVED}`,
  );
  const nextDue = raw.prepare<[], { due: number | null }>(
    `SELECT min(due_at) AS due FROM task INDEXED BY task_timer WHERE ${guardOf('due')}`,
  );
  const claim = raw.prepare<[string, string, number, number, number, number, number, string], Claimed>(
    `UPDATE task SET ${assignmentOf('claim')}, attempt = attempt + 1, attempt_token = ?, lease_owner = ?,
       lease_until = ?, started_at = coalesce(started_at, ?), cancel_requested = 0, progress = NULL,
       updated_at = ?, version = version + 1
     WHERE id = (
       SELECT id FROM task INDEXED BY task_queue
       WHERE ${guardOf('claim')} AND priority <= ?
         AND (SELECT coalesce(sum(n), 0) FROM task_count WHERE status IN (${LIVE})) < ?
         AND (profile_id IS NULL OR (
           profile_id NOT IN (SELECT profile_id FROM task WHERE status IN (${LIVE}) AND profile_id IS NOT NULL)
           AND profile_id NOT IN (SELECT value FROM json_each(?))))
         AND (concurrency_key IS NULL OR
           concurrency_key NOT IN (SELECT concurrency_key FROM task WHERE status IN (${LIVE}) AND concurrency_key IS NOT NULL))
       ORDER BY rank, id LIMIT 1)
     RETURNING ${CLAIMED.join(', ')}`,
  );
  const addAttempt = raw.prepare<[string, number, string, number, string]>(
    `INSERT INTO attempt (task_id, number, token, status, started_at, log_first_seq)
     SELECT ?, ?, ?, 'running', ?, 1 + coalesce((SELECT sum(log_lines) FROM attempt WHERE task_id = ?), 0)`,
  );
  const release = raw.prepare<[{ token: string; now: number }], Moved>(
    `UPDATE task SET ${assignmentOf('release')}, attempt = attempt - 1, attempt_token = NULL, lease_owner = NULL, lease_until = NULL,
       started_at = CASE WHEN attempt = 1 THEN NULL ELSE started_at END, updated_at = @now, version = version + 1
     WHERE attempt_token = @token AND ${guardOf('release')}
     RETURNING ${MOVED}`,
  );
  const dropAttempt = raw.prepare<[string, number]>('DELETE FROM attempt WHERE task_id = ? AND number = ?');
  const heartbeat = raw.prepare<[number, string], { token: string }>(
    `UPDATE task SET lease_until = ? WHERE attempt_token IN (SELECT value FROM json_each(?)) AND status IN (${LIVE})
     RETURNING attempt_token AS token`,
  );

  return {
    batch: (work) => db.transaction(work),
    insert(tasks) {
      db.transaction(() => {
        for (const row of tasks) {
          insert.run({ ...row, now: clock.now() });
          events.append({
            type: 'task.created',
            entity: 'task',
            id: row.id,
            version: 1,
            data: {
              status: row.status,
              command_id: row.command_id,
              command_name: row.command_name,
              kind: row.kind,
              priority: priorityOf(row.priority),
              batch_id: row.batch_id,
            },
          });
        }
      });
    },
    promote: () =>
      db.join(() => {
        const rows = promote.all({ now: clock.now() });
        for (const row of rows) events.append(changed(row, TRANSITIONS.due.to));
        return rows.length;
      }),
    nextDue: () => nextDue.get()?.due ?? null,
    claim: ({ token, owner, leaseUntil, slowestLane, maxRunning, busyProfiles }) =>
      db.join(() => {
        const now = clock.now();
        const busy = JSON.stringify(busyProfiles);
        const row = claim.get(token, owner, leaseUntil, now, now, slowestLane, maxRunning, busy);
        if (!row) return null;
        addAttempt.run(row.id, row.attempt, token, now, row.id);
        events.append(changed(row, TRANSITIONS.claim.to));
        return row;
      }),
    release: (token) =>
      db.transaction(() => {
        const row = release.get({ token, now: clock.now() });
        if (!row) return false;
        dropAttempt.run(row.id, row.attempt + 1);
        events.append(changed(row, TRANSITIONS.release.to));
        return true;
      }),
    heartbeat: (tokens, leaseUntil) =>
      new Set(heartbeat.all(leaseUntil, JSON.stringify(tokens)).map((row) => row.token)),
  };
}
