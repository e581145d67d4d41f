/** The one connection of the host to SQLite: WAL, synchronous transactions, prepared statements. */
import type Database from 'better-sqlite3';
import { type BetterSQLite3Database, drizzle } from 'drizzle-orm/better-sqlite3';
import { AppError } from '../../../contract/kernel/errors.ts';
import { naturalKey } from '../../../contract/kernel/natural-key.ts';
import { storageFaultCode } from '../../../contract/kernel/storage-faults.ts';
import type { Faults } from '../faults.ts';
import { guarded } from '../listeners.ts';
import { foldCase } from './conditions.ts';
import { openDatabaseFile } from './open-file.ts';

/** An open database. Everything is synchronous; never `await` inside {@link Db.transaction}. */
export interface Db {
  readonly raw: Database.Database;
  readonly orm: BetterSQLite3Database;
  readonly path: string;
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
  /** Runs `fn`, whose writes may be lost when the disk takes none: what they accompany goes on. Other errors are thrown. */
  bestEffort(fn: () => void): void;
  /** Takes a record that cannot be read and was left out of an answer: counted and logged once. @param id as it is stored */
  damagedRecord(kind: string, id: unknown, cause: unknown): void;
  close(): void;
}

/** Bytes of WAL after which a commit checkpoints (4096-byte pages × 4000 ≈ 16 MiB). */
const CHECKPOINT_PAGES = 4000;

/** Damaged records that are told one by one. */
const MAX_TOLD = 1000;

/** Gives a connection the functions that migrations and queries use beside those of SQLite. */
export function addFunctions(raw: Database.Database): void {
  const ofText = (name: string, make: (text: string) => string) =>
    raw.function(name, { deterministic: true }, (text) => (typeof text === 'string' ? make(text) : null));
  ofText('fold_case', foldCase);
  ofText('natural_key', naturalKey);
}

/** Opens `path` with the pragmas that every connection of the host uses. */
export function openConnection(path: string, options: { readonly?: boolean } = {}): Database.Database {
  const raw = openDatabaseFile(path, { readonly: options.readonly ?? false, timeout: 5000 });
  raw.pragma('journal_mode = WAL');
  raw.pragma('synchronous = NORMAL');
  raw.pragma('foreign_keys = ON');
  raw.pragma('temp_store = MEMORY');
  raw.pragma('secure_delete = FAST');
  addFunctions(raw);
  raw.pragma(`wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
  return raw;
}

/** Wraps a connection in {@link Db}. */
export function createDb(raw: Database.Database, faults: Pick<Faults, 'report'>): Db {
  const begin = raw.prepare('BEGIN IMMEDIATE');
  const commit = raw.prepare('COMMIT');
  const rollback = raw.prepare('ROLLBACK');
  const save = raw.prepare('SAVEPOINT nested');
  const release = raw.prepare('RELEASE nested');
  const undo = raw.prepare('ROLLBACK TO nested');
  let pending: (() => void)[] = [];
  /** Damaged records that were reported. */
  const told = new Set<string>();

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
    raw,
    orm: drizzle(raw),
    path: raw.name,
    transaction: (fn) => (raw.inTransaction ? nested(fn) : outermost(fn)),
    join: (fn) => (raw.inTransaction ? fn() : outermost(fn)),
    afterCommit(fn) {
      const callback = guarded(fn, (error) => faults.report('database', error));
      if (raw.inTransaction) pending.push(callback);
      else callback();
    },
    bestEffort(fn) {
      try {
        fn();
      } catch (error) {
        if (storageFaultCode(error) === null) throw error;
        faults.report('database', error);
      }
    },
    damagedRecord(kind, id, cause) {
      const name = `${kind} ${String(id).slice(0, 100)}`;
      if (told.has(name) || told.size >= MAX_TOLD) return;
      told.add(name);
      faults.report('database', new AppError('record-damaged', `The record ${name} cannot be read.`, { cause }));
    },
    close() {
      if (!raw.open) return;
      try {
        raw.pragma('optimize');
      } finally {
        raw.close();
      }
    },
  };
}
