/**
 * The one way to open a file as a database. SQLite opens the file, and up to three others beside it, by their names: it follows links and
 * waits at named pipes, which tasks of the same user can plant.
 */
import fs from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';
import { inTheWay } from '../../disk/owned-files.ts';
import { requireOwnedFile } from '../../disk/owned-reads.ts';

/** What SQLite opens beside a database: its log, the index of that, and what it undoes after a crash. */
const BESIDE = ['-wal', '-shm', '-journal'];
/** Ends of the names of the files of one database. */
export const SUFFIXES = ['', ...BESIDE];

function requireOwned(file: string, suffixes: readonly string[]): void {
  for (const suffix of suffixes) requireOwnedFile(path.dirname(file), file + suffix);
}

/** @throws AppError `configuration-error` when one of the files of a database is no regular file of one name */
export function requireOwnedDatabase(file: string): void {
  requireOwned(file, SUFFIXES);
}

/** Opens a database that is ours, or makes it. @throws like {@link requireOwnedDatabase} */
export function openDatabaseFile(file: string, options: Database.Options = {}): Database.Database {
  requireOwnedDatabase(file);
  return new Database(file, options);
}

/**
 * Opens a database that the operator may have put there or named, to read it: links to it are followed, and it may have other names.
 * @throws AppError `configuration-error` when it, or a file beside it, is no regular file; Error of the file system
 */
export function openNamedDatabase(named: string): Database.Database {
  const file = fs.realpathSync(named);
  if (!fs.statSync(file).isFile()) throw inTheWay(file, 'is no file');
  requireOwned(file, BESIDE);
  return new Database(file, { readonly: true, fileMustExist: true });
}
