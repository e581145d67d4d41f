/** A database that cannot be read: how that is found out, what the operator is told, and how it is put aside. */
import fs from 'node:fs';
import path from 'node:path';
import type Database from 'better-sqlite3';
import { AppError } from '../../../contract/kernel/errors.ts';
import { HEAD_FILE } from '../log/audit-head.ts';
import { openDatabaseFile, requireOwnedDatabase, SUFFIXES } from './file/open-file.ts';

/** Reason of {@link damagedError}, for programs. */
const DAMAGED = 'database_damaged';

/** Whether SQLite found damage, by what it threw. */
export function isDamage(error: unknown): boolean {
  try {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    return code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB';
  } catch {
    // Anything can be thrown, also what throws when it is looked at.
    return false;
  }
}

/** Reads a whole database. @returns what is wrong with it, null when it is sound or not there */
export function damageOf(file: string): string | null {
  requireOwnedDatabase(file);
  if (!fs.existsSync(file)) return null;
  if (isEmptied(file)) return 'it has no content any more';
  let db: Database.Database | undefined;
  try {
    db = openDatabaseFile(file, { readonly: true, timeout: 5000 });
    const result = String(db.pragma('quick_check(1)', { simple: true }));
    return result === 'ok' ? null : result;
  } catch (error) {
    if (isDamage(error)) return error instanceof Error ? error.message : String(error);
    throw error;
  } finally {
    db?.close();
  }
}

/** Whether a database that was in use has no byte left: SQLite takes that for a new one. */
export function isEmptied(file: string): boolean {
  if (fs.statSync(file, { throwIfNoEntry: false })?.size !== 0) return false;
  // Both are made when a database has been opened.
  return fs.existsSync(path.join(path.dirname(file), 'logs')) || fs.existsSync(`${file}-wal`);
}

/** The error for the operator: where the damage is, and both ways on. */
export function damagedError(file: string, what: string, cause?: unknown): AppError {
  return new AppError(
    'configuration-error',
    `The database ${file} is damaged (${what}). Nothing was changed. Restore the newest good backup with: tabagent restore. Or start with an empty database, and keep this file beside it, with: tabagent serve --replace-database`,
    { cause, extra: { setting: 'data_dir', reason: DAMAGED, path: file } },
  );
}

/** Whether an error is a {@link damagedError}. */
export function isDamagedError(error: unknown): error is AppError {
  return error instanceof AppError && error.extra.reason === DAMAGED;
}

/** Renames a database with its log and index. @returns the new name */
export function moveAside(file: string, why: 'corrupt' | 'before-restore', now: number): string {
  let target = `${file}.${why}-${now}`;
  for (let n = 2; SUFFIXES.some((suffix) => fs.existsSync(target + suffix)); n++) target = `${file}.${why}-${now}-${n}`;
  for (const suffix of SUFFIXES) {
    if (fs.existsSync(file + suffix)) fs.renameSync(file + suffix, target + suffix);
  }
  // The head of the audit belongs to this database.
  const head = path.join(path.dirname(file), HEAD_FILE);
  if (fs.existsSync(head)) fs.renameSync(head, `${target}.${HEAD_FILE}`);
  return target;
}
