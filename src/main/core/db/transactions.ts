/** Transactions of one connection: nested ones are savepoints, and what follows a commit waits for the outermost. */
import type Database from 'better-sqlite3';
import type { Faults } from '../faults.ts';
import { guarded } from '../listeners.ts';

/** Writes what the parts of a transaction have left for its end, in fewer statements than they would have needed. */
export type Collector<T> = (items: readonly T[]) => void;

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
   * Gives items to `collector` inside the current transaction, just before it commits: one call for all items of the transaction, but for
   * those that a savepoint has undone. Outside a transaction they have one of their own.
   */
  atCommit<T>(collector: Collector<T>, ...items: readonly T[]): void;
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
  let collected: { collector: Collector<never>; item: unknown }[] = [];

  function writeCollected(): void {
    // A collector may leave something itself.
    while (collected.length > 0) {
      const byCollector = Map.groupBy(collected, ({ collector }) => collector);
      collected = [];
      for (const [collector, entries] of byCollector) collector(entries.map(({ item }) => item as never));
    }
  }

  function nested<T>(fn: () => T): T {
    const before = { pending: pending.length, collected: collected.length };
    save.run();
    try {
      const result = fn();
      release.run();
      return result;
    } catch (error) {
      pending.length = Math.min(pending.length, before.pending);
      collected.length = Math.min(collected.length, before.collected);
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
      writeCollected();
      commit.run();
    } catch (error) {
      pending = [];
      collected = [];
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
    atCommit(collector, ...items) {
      if (items.length === 0) return;
      if (!raw.inTransaction) return outermost(() => collector(items));
      for (const item of items) collected.push({ collector, item });
    },
    afterCommit(fn) {
      const callback = guarded(fn, (error) => faults.report('database', error));
      if (raw.inTransaction) pending.push(callback);
      else callback();
    },
  };
}
