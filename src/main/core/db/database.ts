/** The one connection of the host to SQLite: WAL, synchronous transactions, prepared statements. */
import type Database from 'better-sqlite3';
import { type BetterSQLite3Database, drizzle } from 'drizzle-orm/better-sqlite3';
import { AppError } from '../../../contract/kernel/errors.ts';
import { storageFaultCode } from '../../../contract/kernel/storage-faults.ts';
import { naturalKey } from '../../../contract/kernel/text/natural-key.ts';
import type { Faults } from '../faults.ts';
import { foldCase } from './conditions.ts';
import { openDatabaseFile } from './file/open-file.ts';
import { createTransactions, type Transactions } from './transactions.ts';

/** An open database. Everything is synchronous; never `await` inside {@link Db.transaction}. */
export interface Db extends Transactions {
  readonly raw: Database.Database;
  readonly orm: BetterSQLite3Database;
  readonly path: string;
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
  const transactions = createTransactions(raw, faults);
  /** Damaged records that were reported. */
  const told = new Set<string>();

  return {
    raw,
    orm: drizzle(raw),
    path: raw.name,
    ...transactions,
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
