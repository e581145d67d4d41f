/** Rows of the idempotency table: what was asked under a key, and what was answered. */
import type { Db } from '../../../core/db/index.ts';

/** One remembered request. */
export interface IdempotencyRow {
  op: string;
  input_hash: string;
  status: 'running' | 'done';
  response: string | null;
  created_at: number;
}

/** The only SQL of idempotency keys. */
export interface IdempotencyStore {
  find(principal: string, key: string): IdempotencyRow | undefined;
  insert(principal: string, key: string, op: string, inputHash: string, at: number): void;
  complete(principal: string, key: string, response: string): void;
  remove(principal: string, key: string): void;
  /** Forgets rows from before `before` (unix ms). */
  prune(before: number): void;
  /** Runs `fn` in one transaction. */
  transaction<T>(fn: () => T): T;
}

/** Opens the table; requests that a dead host left running are forgotten, so that they can be made again. */
export function createIdempotencyStore(db: Db): IdempotencyStore {
  const find = db.raw.prepare<[string, string], IdempotencyRow>(
    'SELECT op, input_hash, status, response, created_at FROM idempotency WHERE principal = ? AND key = ?',
  );
  const insert = db.raw.prepare<[string, string, string, string, number]>(
    "INSERT INTO idempotency (principal, key, op, input_hash, status, created_at) VALUES (?, ?, ?, ?, 'running', ?)",
  );
  const complete = db.raw.prepare<[string, string, string]>(
    "UPDATE idempotency SET status = 'done', response = ? WHERE principal = ? AND key = ?",
  );
  const remove = db.raw.prepare<[string, string]>('DELETE FROM idempotency WHERE principal = ? AND key = ?');
  const prune = db.raw.prepare<[number]>('DELETE FROM idempotency WHERE created_at < ?');
  db.raw.prepare("DELETE FROM idempotency WHERE status = 'running'").run();

  return {
    find: (principal, key) => find.get(principal, key),
    insert: (principal, key, op, inputHash, at) => void insert.run(principal, key, op, inputHash, at),
    complete: (principal, key, response) => void complete.run(response, principal, key),
    remove: (principal, key) => void remove.run(principal, key),
    prune: (before) => void prune.run(before),
    transaction: (fn) => db.transaction(fn),
  };
}
