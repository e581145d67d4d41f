/** Life cycle of tasks: each transition is one guarded statement, its event in the same transaction. */
import { AppError, type Problem } from '../../../contract/errors.ts';
import type { Json } from '../../../contract/scalars.ts';
import type { Attempt, TaskStatus } from '../../../contract/tasks.ts';
import type { Clock } from '../../core/clock.ts';
import type { Db } from '../../core/db/index.ts';
import type { Events } from '../../core/events.ts';
import { hourKeys } from './hours.ts';
import { priorityOf } from './lanes.ts';
import { cancelledProblem, problemJson } from './problems.ts';
import type { StepRow, TaskRow } from './schema.ts';
import { stepData } from './store-detail.ts';
import { type EndName, ends, fromStates, LIVE, TRANSITIONS } from './transitions.ts';

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

/** A task that has just been claimed, with the token of its new attempt. */
export type Claimed = TaskRow & { attempt_token: string };

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

/** A live task whose owner is gone. */
export type Orphan = Pick<TaskRow, 'id' | 'attempt' | 'max_attempts' | 'priority' | 'retry' | 'cancel_requested'> & {
  attempt_token: string;
  /** Number of the first log line of the attempt, and bytes of the log before it. */
  log_first_seq: number;
  log_bytes_before: number;
};

/** See {@link createLifeStore}. */
export interface LifeStore {
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
  /** Ends an attempt. @returns the state of the task, or null when the token is not in force any more (a late worker) */
  finish(token: string, end: AttemptEnd): TaskStatus | null;
  /** Remembers that a live task is to be cancelled, so that not even the host's end turns that into a retry. */
  requestCancel(id: string): boolean;
  /** Cancels a task that has no attempt running. @throws AppError `invalid-state` naming the state it is in, `not-found` */
  cancelIdle(id: string): void;
  /** Live tasks of other owners. Call it only while no other host can be alive. */
  orphans(owner: string): Orphan[];
  /** Live tasks with a lease that has ended, whoever owns it. */
  expired(): Orphan[];
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

type Moved = Pick<TaskRow, 'id' | 'attempt' | 'version' | 'started_at' | 'finished_at'>;

/** Prepares the hot statements once. */
export function createLifeStore(db: Db, events: Events, clock: Clock): LifeStore {
  const raw = db.raw;
  const insert = raw.prepare<[Record<string, unknown>]>(
    `INSERT INTO task (${columns.join(', ')}, created_at, updated_at, version)
     VALUES (${columns.map((name) => `@${name}`).join(', ')}, @now, @now, 1)`,
  );
  const promote = raw.prepare<[{ now: number }], Moved>(
    `UPDATE task SET status = 'queued', updated_at = @now, version = version + 1
     WHERE id IN (SELECT id FROM task INDEXED BY task_timer
                  WHERE status IN (${fromStates('due')}) AND due_at <= @now ORDER BY due_at LIMIT 500)
     RETURNING id, attempt, version, started_at, finished_at`,
  );
  const nextDue = raw.prepare<[], { due: number | null }>(
    `SELECT min(due_at) AS due FROM task INDEXED BY task_timer WHERE status IN (${fromStates('due')})`,
  );
  const claim = raw.prepare<[Record<string, unknown>], Claimed>(
    `UPDATE task SET status = 'running', attempt = attempt + 1, attempt_token = @token, lease_owner = @owner,
       lease_until = @leaseUntil, started_at = coalesce(started_at, @now), cancel_requested = 0, progress = NULL,
       updated_at = @now, version = version + 1
     WHERE id = (
       SELECT id FROM task INDEXED BY task_queue
       WHERE status = 'queued' AND priority <= @slowestLane
         AND (SELECT coalesce(sum(n), 0) FROM task_count WHERE status IN (${LIVE})) < @maxRunning
         AND (profile_id IS NULL OR (
           profile_id NOT IN (SELECT profile_id FROM task WHERE status IN (${LIVE}) AND profile_id IS NOT NULL)
           AND profile_id NOT IN (SELECT value FROM json_each(@busy))))
         AND (concurrency_key IS NULL OR
           concurrency_key NOT IN (SELECT concurrency_key FROM task WHERE status IN (${LIVE}) AND concurrency_key IS NOT NULL))
       ORDER BY rank, id LIMIT 1)
     RETURNING *`,
  );
  const addAttempt = raw.prepare<[string, number, string, number, string]>(
    `INSERT INTO attempt (task_id, number, token, status, started_at, log_first_seq)
     SELECT ?, ?, ?, 'running', ?, 1 + coalesce((SELECT sum(log_lines) FROM attempt WHERE task_id = ?), 0)`,
  );
  const release = raw.prepare<[{ token: string; now: number }], Moved>(
    `UPDATE task SET status = 'queued', attempt = attempt - 1, attempt_token = NULL, lease_owner = NULL, lease_until = NULL,
       started_at = CASE WHEN attempt = 1 THEN NULL ELSE started_at END, updated_at = @now, version = version + 1
     WHERE attempt_token = @token AND status IN (${fromStates('release')})
     RETURNING id, attempt, version, started_at, finished_at`,
  );
  const dropAttempt = raw.prepare<[string, number]>('DELETE FROM attempt WHERE task_id = ? AND number = ?');
  const heartbeat = raw.prepare<[number, string], { token: string }>(
    `UPDATE task SET lease_until = ? WHERE attempt_token IN (SELECT value FROM json_each(?)) AND status IN (${LIVE})
     RETURNING attempt_token AS token`,
  );
  const finish = Object.fromEntries(
    (['succeed', 'fail', 'bury', 'time_out', 'retry', 'interrupt', 'cancel'] as const).map((name) => [
      name,
      raw.prepare<[Record<string, unknown>], Moved>(
        `UPDATE task SET status = '${TRANSITIONS[name].to}', attempt_token = NULL, lease_owner = NULL, lease_until = NULL,
           output = @output, error = @error, error_code = @code, finished_at = @finishedAt,
           due_at = coalesce(@dueAt, due_at), rank = coalesce(@rank, rank),
           bytes = bytes + @logBytes
             + (SELECT coalesce(sum(a.bytes), 0) FROM artifact a WHERE a.task_id = task.id AND a.attempt = task.attempt),
           updated_at = @now, version = version + 1
         WHERE attempt_token = @token AND status IN (${fromStates(name)})
         RETURNING id, attempt, version, started_at, finished_at`,
      ),
    ]),
  );
  const endAttempt = raw.prepare<[Record<string, unknown>]>(
    `UPDATE attempt SET status = @status, finished_at = @now, error = @error, exit_code = @exitCode, log_lines = @lines,
       log_bytes = @logBytes, log_dropped = @dropped WHERE task_id = @id AND number = @attempt`,
  );
  const endSteps = raw.prepare<[Record<string, unknown>], StepRow>(
    `UPDATE step SET status = @status, finished_at = @now WHERE task_id = @id AND attempt = @attempt AND status = 'running'
     RETURNING *`,
  );
  const requestCancel = raw.prepare<[string]>(
    `UPDATE task SET cancel_requested = 1 WHERE id = ? AND status IN (${LIVE})`,
  );
  const cancelIdle = raw.prepare<[{ id: string; now: number; error: string }], Moved>(
    `UPDATE task SET status = 'cancelled', finished_at = @now, updated_at = @now, version = version + 1, error = @error,
       error_code = 'cancelled'
     WHERE id = @id AND status IN (${fromStates('cancel')}) AND status NOT IN (${LIVE})
     RETURNING id, attempt, version, started_at, finished_at`,
  );
  const statusOf = raw.prepare<[string], { status: TaskStatus }>('SELECT status FROM task WHERE id = ?');
  const orphaned = (condition: string) =>
    raw.prepare<[string | number], Orphan>(
      `SELECT t.id, t.attempt, t.max_attempts, t.priority, t.retry, t.cancel_requested, t.attempt_token, a.log_first_seq,
         (SELECT coalesce(sum(b.log_bytes), 0) FROM attempt b WHERE b.task_id = t.id AND b.number < a.number) AS log_bytes_before
       FROM task t JOIN attempt a ON a.task_id = t.id AND a.number = t.attempt
       WHERE t.status IN (${LIVE}) AND ${condition}`,
    );
  const orphans = orphaned('t.lease_owner <> ?');
  const expired = orphaned('t.lease_until < ?');
  const countHour = raw.prepare<[number, string, string]>(
    `INSERT INTO task_hour (hour, key, n, last_task_id) VALUES (?, ?, 1, ?)
     ON CONFLICT (hour, key) DO UPDATE SET n = n + 1, last_task_id = excluded.last_task_id`,
  );

  function changed(row: Moved, status: TaskStatus, data: Record<string, Json> = {}): void {
    events.append({
      type: 'task.updated',
      entity: 'task',
      id: row.id,
      version: row.version,
      data: { status, attempt: row.attempt, ...data },
    });
  }

  /** The last event of a task, and its mark in the statistics. */
  function ended(row: Moved, status: TaskStatus, error: Problem | null): void {
    const now = clock.now();
    const duration = row.started_at === null ? null : now - row.started_at;
    events.append({
      type: 'task.ended',
      entity: 'task',
      id: row.id,
      version: row.version,
      data: { status, duration_ms: duration, error: problemJson(error) },
    });
    for (const key of hourKeys(status, duration, error?.code ?? null)) {
      countHour.run(Math.floor(now / 3_600_000), key, row.id);
    }
  }

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
      db.transaction(() => {
        const rows = promote.all({ now: clock.now() });
        for (const row of rows) changed(row, 'queued');
        return rows.length;
      }),
    nextDue: () => nextDue.get()?.due ?? null,
    claim: ({ busyProfiles, ...limits }) =>
      db.transaction(() => {
        const row = claim.get({ ...limits, busy: JSON.stringify(busyProfiles), now: clock.now() });
        if (!row) return null;
        addAttempt.run(row.id, row.attempt, row.attempt_token, clock.now(), row.id);
        changed(row, 'running');
        return row;
      }),
    release: (token) =>
      db.transaction(() => {
        const row = release.get({ token, now: clock.now() });
        if (!row) return false;
        dropAttempt.run(row.id, row.attempt + 1);
        changed(row, 'queued');
        return true;
      }),
    heartbeat: (tokens, leaseUntil) =>
      new Set(heartbeat.all(leaseUntil, JSON.stringify(tokens)).map((row) => row.token)),
    finish: (token, end) =>
      db.transaction(() => {
        const now = clock.now();
        const error = end.error === null ? null : JSON.stringify(end.error);
        const terminal = ends(end.name);
        const row = finish[end.name]?.get({
          token,
          now,
          output: end.output === null ? null : JSON.stringify(end.output),
          error,
          code: end.error?.code ?? null,
          finishedAt: terminal ? now : null,
          dueAt: end.next?.dueAt ?? null,
          rank: end.next?.rank ?? null,
          logBytes: end.log.bytes,
        });
        if (!row) return null;
        const { lines, bytes, dropped } = end.log;
        endAttempt.run({
          id: row.id,
          attempt: row.attempt,
          now,
          status: end.attemptStatus,
          error,
          exitCode: end.exitCode,
          lines,
          logBytes: bytes,
          dropped,
        });
        const status = end.attemptStatus === 'failed' ? 'failed' : 'cancelled';
        for (const step of endSteps.all({ id: row.id, attempt: row.attempt, now, status })) {
          events.append({ type: 'task.step', entity: 'task', id: row.id, data: stepData(step) });
        }
        const to = TRANSITIONS[end.name].to;
        changed(row, to, { error: problemJson(end.error) });
        if (terminal) ended(row, to, end.error);
        return to;
      }),
    requestCancel: (id) => requestCancel.run(id).changes > 0,
    cancelIdle(id) {
      db.transaction(() => {
        const problem = cancelledProblem();
        const row = cancelIdle.get({ id, now: clock.now(), error: JSON.stringify(problem) });
        if (row) {
          changed(row, 'cancelled');
          ended(row, 'cancelled', problem);
          return;
        }
        const actual = statusOf.get(id)?.status;
        if (!actual) throw new AppError('not-found', undefined, { extra: { resource: 'task', id } });
        throw new AppError('invalid-state', `This task is ${actual} and cannot be cancelled any more.`, {
          extra: { expected: TRANSITIONS.cancel.from, actual },
        });
      });
    },
    orphans: (owner) => orphans.all(owner),
    expired: () => expired.all(clock.now()),
  };
}
