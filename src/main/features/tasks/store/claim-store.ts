/** Claims: a task starts, is given back, and stays claimed while its lease is extended. Each is one guarded statement. */
import type { Clock } from '../../../core/clock.ts';
import type { Db } from '../../../core/db/index.ts';
import type { Events } from '../../../core/events.ts';
import type { AttemptToken } from '../../../core/installation.ts';
import { assignmentOf, guardOf, LIVE, TRANSITIONS } from '../model/transitions.ts';
import type { TaskRow } from '../schema.ts';
import { changed, MOVED, type Moved } from './change-events.ts';

/** What an attempt needs of its task. */
const CLAIMED = [
  'id',
  'kind',
  'spec',
  'input',
  'command_id',
  'profile_id',
  'profile',
  'concurrency_key',
  'priority',
  'timeout_seconds',
  'retry',
  'attempt',
  'max_attempts',
  'attempt_token',
  'proxy_id',
  'version',
  'started_at',
  'finished_at',
] as const satisfies (keyof TaskRow)[];

/** A task that has just been claimed, with the token of its new attempt. */
export type Claimed = Pick<TaskRow, (typeof CLAIMED)[number]> & { attempt_token: AttemptToken };

/** What limits a claim. */
export interface ClaimLimits {
  token: AttemptToken;
  owner: string;
  leaseUntil: number;
  /** Live tasks at most; 0 claims nothing. */
  maxRunning: number;
  /** Slowest lane that may start. */
  slowestLane: number;
  /** Profiles that something else than a task holds. */
  busyProfiles: readonly string[];
}

/** See {@link createClaimStore}. */
export interface ClaimStore {
  /** Starts the first task of the queue that may start, in one statement. */
  claim(limits: ClaimLimits): Claimed | null;
  /** Gives a claimed task back without spending an attempt. False when the token is not in force any more. */
  release(token: string): boolean;
  /** Extends the leases of these attempts. @returns the tokens that are still in force */
  heartbeat(tokens: readonly string[], leaseUntil: number): Set<string>;
}

/** Prepares the hot statements once. */
export function createClaimStore(db: Db, events: Events, clock: Clock): ClaimStore {
  const raw = db.raw;
  const claim = raw.prepare<[string, string, number, number, number, number, number, string], Claimed>(
    `UPDATE task SET ${assignmentOf('claim')}, attempt = attempt + 1, attempt_token = ?, lease_owner = ?,
       lease_until = ?, started_at = coalesce(started_at, ?), cancel_requested = 0, progress = NULL,
       updated_at = ?, version = version + 1
     WHERE rowid = (
       SELECT rowid FROM task INDEXED BY task_queue
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
  const addAttempt = raw.prepare<[string, number, string, number, number]>(
    "INSERT INTO attempt (task_id, number, token, status, started_at, log_first_seq) VALUES (?, ?, ?, 'running', ?, ?)",
  );
  const loggedLines = raw.prepare<[string], { n: number }>(
    'SELECT coalesce(sum(log_lines), 0) AS n FROM attempt WHERE task_id = ?',
  );
  const release = raw.prepare<[{ token: string; now: number }], Moved>(
    `UPDATE task SET ${assignmentOf('release')}, attempt = attempt - 1, attempt_token = NULL, lease_owner = NULL, lease_until = NULL,
       started_at = CASE WHEN attempt = 1 THEN NULL ELSE started_at END, updated_at = @now, version = version + 1
     WHERE attempt_token = @token AND ${guardOf('release')} AND status IN (${LIVE})
     RETURNING ${MOVED}`,
  );
  const dropAttempt = raw.prepare<[string, number]>('DELETE FROM attempt WHERE task_id = ? AND number = ?');
  const heartbeat = raw.prepare<[number, string], { token: string }>(
    `UPDATE task SET lease_until = ? WHERE attempt_token IN (SELECT value FROM json_each(?)) AND status IN (${LIVE})
     RETURNING attempt_token AS token`,
  );

  return {
    claim: ({ token, owner, leaseUntil, slowestLane, maxRunning, busyProfiles }) =>
      db.join(() => {
        const now = clock.now();
        const busy = JSON.stringify(busyProfiles);
        const row = claim.get(token, owner, leaseUntil, now, now, slowestLane, maxRunning, busy);
        if (!row) return null;
        const lines = row.attempt === 1 ? 0 : (loggedLines.get(row.id)?.n ?? 0);
        addAttempt.run(row.id, row.attempt, token, now, lines + 1);
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
