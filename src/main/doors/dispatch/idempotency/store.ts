/** Rows of the idempotency table: what was asked under a key, and what was answered. */
import type { Db } from '../../../core/db/index.ts';

/** One remembered request. */
export interface IdempotencyRow {
  op: string;
  input_hash: string;
  status: 'running' | 'done';
  response: string | null;
  /** JSON of what the request committed; null until it has. */
  receipt: string | null;
  created_at: number;
}

/** The only SQL of idempotency keys. */
export interface IdempotencyStore {
  find(principal: string, key: string): IdempotencyRow | undefined;
  insert(principal: string, key: string, op: string, inputHash: string, at: number): void;
  /** Says what the request committed, in the current transaction. */
  commit(principal: string, key: string, receipt: string): void;
  complete(principal: string, key: string, response: string): void;
  remove(principal: string, key: string): void;
  /** {@link remove}, unless the request has committed. */
  removeUncommitted(principal: string, key: string): void;
  /** Forgets rows from before `before` (unix ms). */
  prune(before: number): void;
  /** Runs `fn` in one transaction. */
  transaction<T>(fn: () => T): T;
}

/**
 * Opens the table. Requests that an earlier run of the host left unanswered are forgotten, so that they can be made again; those
 * that had committed stay, so that a repetition is answered from their receipt.
 */
export function createIdempotencyStore(db: Db): IdempotencyStore {
  const find = db.raw.prepare<[string, string], IdempotencyRow>(
    'SELECT op, input_hash, status, response, receipt, created_at FROM idempotency WHERE principal = ? AND key = ?',
  );
  const insert = db.raw.prepare<[string, string, string, string, number]>(
    "INSERT INTO idempotency (principal, key, op, input_hash, status, created_at) VALUES (?, ?, ?, ?, 'running', ?)",
  );
  const commit = db.raw.prepare<[string, string, string]>(
    'UPDATE idempotency SET receipt = ? WHERE principal = ? AND key = ?',
  );
  const complete = db.raw.prepare<[string, string, string]>(
    "UPDATE idempotency SET status = 'done', response = ? WHERE principal = ? AND key = ?",
  );
  const remove = db.raw.prepare<[string, string]>('DELETE FROM idempotency WHERE principal = ? AND key = ?');
  const removeUncommitted = db.raw.prepare<[string, string]>(
    'DELETE FROM idempotency WHERE principal = ? AND key = ? AND receipt IS NULL',
  );
  const prune = db.raw.prepare<[number]>('DELETE FROM idempotency WHERE created_at < ?');
  db.raw.prepare("DELETE FROM idempotency WHERE status = 'running' AND receipt IS NULL").run();

  return {
    find: (principal, key) => find.get(principal, key),
    insert: (principal, key, op, inputHash, at) => void insert.run(principal, key, op, inputHash, at),
    commit: (principal, key, receipt) => void commit.run(receipt, principal, key),
    complete: (principal, key, response) => void complete.run(response, principal, key),
    remove: (principal, key) => void remove.run(principal, key),
    removeUncommitted: (principal, key) => void removeUncommitted.run(principal, key),
    prune: (before) => void prune.run(before),
    transaction: (fn) => db.transaction(fn),
  };
}
