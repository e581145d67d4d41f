/** Live tasks whose owner is gone, for recovery. */
import type { Clock } from '../../../core/clock.ts';
import type { Db } from '../../../core/db/index.ts';
import { AttemptToken } from '../../../core/installation.ts';
import { LIVE } from '../model/transitions.ts';
import type { TaskRow } from '../schema.ts';

/** A live task whose owner is gone. */
export type Orphan = Pick<TaskRow, 'id' | 'attempt' | 'max_attempts' | 'priority' | 'retry' | 'cancel_requested'> & {
  /** As it is stored: it guards statements, nothing else. */
  attempt_token: string;
  /** The same, null when it is no token that a host has made. */
  token: AttemptToken | null;
  /** Number of the first log line of the attempt, and bytes of the log before it. */
  log_first_seq: number;
  log_bytes_before: number;
};

/** See {@link createOrphanStore}. */
export interface OrphanStore {
  /** Live tasks of other owners. Call it only while no other host can be alive. */
  orphans(owner: string): Orphan[];
  /** Live tasks with an expired lease, of any owner. */
  expired(): Orphan[];
}

/** Prepares the statements once. */
export function createOrphanStore({ raw }: Db, clock: Clock): OrphanStore {
  const orphaned = (condition: string) =>
    raw.prepare<[string | number], Omit<Orphan, 'token'>>(
      `SELECT t.id, t.attempt, t.max_attempts, t.priority, t.retry, t.cancel_requested, t.attempt_token, a.log_first_seq,
         (SELECT coalesce(sum(b.log_bytes), 0) FROM attempt b WHERE b.task_id = t.id AND b.number < a.number) AS log_bytes_before
       FROM task t JOIN attempt a ON a.task_id = t.id AND a.number = t.attempt
       WHERE t.status IN (${LIVE}) AND ${condition}`,
    );
  const parsed = (row: Omit<Orphan, 'token'>): Orphan => ({
    ...row,
    token: AttemptToken.safeParse(row.attempt_token).data ?? null,
  });
  const orphans = orphaned('t.lease_owner <> ?');
  const expired = orphaned('t.lease_until < ?');

  return {
    orphans: (owner) => orphans.all(owner).map(parsed),
    expired: () => expired.all(clock.now()).map(parsed),
  };
}
