/** Transactions of one connection: nested ones are savepoints, and what follows a commit waits for the outermost. */
import type Database from 'better-sqlite3';
import type { Faults } from '../faults.ts';
import { guarded } from '../listeners.ts';

export interface Transactions {
  /**
   * Runs `fn` in one IMMEDIATE transaction. Inside another transaction it is a savepoint of that one: when `fn` throws, what it
   * wrote is undone even if the outer transaction goes on.
   */
  transaction<T>(fn: () => T): T;
  /**
   * Runs `fn` in the current transaction, or in one of its own. There is no savepoint, which would copy every page that `fn` changes:
   * an error must end the whole transaction.
   */
  join<T>(fn: () => T): T;
  /**
   * Runs `fn` after the current transaction has committed, or at once outside one. Dropped on rollback. An error of `fn` is reported as
   * a fault: what is committed does not fail for its caller.
   */
  afterCommit(fn: () => void): void;
}

/** Creates the transactions of a connection that nothing else begins any on. */
export function createTransactions(raw: Database.Database, faults: Pick<Faults, 'report'>): Transactions {
  const begin = raw.prepare('BEGIN IMMEDIATE');
  const commit = raw.prepare('COMMIT');
  const rollback = raw.prepare('ROLLBACK');
  const save = raw.prepare('SAVEPOINT nested');
  const release = raw.prepare('RELEASE nested');
  const undo = raw.prepare('ROLLBACK TO nested');
  let pending: (() => void)[] = [];

  function nested<T>(fn: () => T): T {
    const before = pending.length;
    save.run();
    try {
      const result = fn();
      release.run();
      return result;
    } catch (error) {
      pending.length = Math.min(pending.length, before);
      // SQLite rolls the whole transaction back by itself after some errors (a full disk): then no savepoint is left.
      if (raw.inTransaction) {
        undo.run();
        release.run();
      }
      throw error;
    }
  }

  function outermost<T>(fn: () => T): T {
    begin.run();
    let result: T;
    try {
      result = fn();
      commit.run();
    } catch (error) {
      pending = [];
      if (raw.inTransaction) rollback.run();
      throw error;
    }
    const callbacks = pending;
    pending = [];
    for (const callback of callbacks) callback();
    return result;
  }

  return {
    transaction: (fn) => (raw.inTransaction ? nested(fn) : outermost(fn)),
    join: (fn) => (raw.inTransaction ? fn() : outermost(fn)),
    afterCommit(fn) {
      const callback = guarded(fn, (error) => faults.report('database', error));
      if (raw.inTransaction) pending.push(callback);
      else callback();
    },
  };
}
