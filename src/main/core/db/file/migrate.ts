/** Forward-only migrations with a backup before each upgrade; a newer or damaged database is refused and left as it is. */
import fs from 'node:fs';
import path from 'node:path';
import type Database from 'better-sqlite3';
import { AppError } from '../../../../contract/kernel/errors.ts';
import { storageFaultCode } from '../../../../contract/kernel/storage-faults.ts';
import { makeOwnedFolder } from '../../disk/owned-files.ts';
import type { Faults } from '../../faults.ts';
import { randomToken } from '../../ids.ts';
import { damagedError, damageOf, isDamage, isEmptied, moveAside } from '../damage.ts';
import { createDb, type Db, openConnection } from '../database.ts';
import { requireOwnedDatabase } from './open-file.ts';

/** Name of the database in a data directory. */
export const DATABASE_FILE = 'tabagent.db';

/** A backup on its way to the place of the database. */
export const restoringFile = (dir: string) => path.join(dir, `${DATABASE_FILE}.restoring`);

/** One migration file `NNNN-name.sql`. */
interface Migration {
  version: number;
  name: string;
  sql: string;
}

/** What opening the database did. */
export interface OpenReport {
  db: Db;
  /** Schema versions before and after. */
  from: number;
  to: number;
  /** Backup made before the upgrade. */
  backup: string | null;
  /** Where a damaged database was moved, because the operator said so. */
  movedAside: string | null;
}

/** Reads the migrations of a folder, in order. @throws Error when numbers are missing or doubled */
export function readMigrations(dir: string): Migration[] {
  const migrations = fs
    .readdirSync(dir)
    .filter((name) => name.endsWith('.sql'))
    .sort()
    .map((name) => ({ version: Number.parseInt(name, 10), name, sql: fs.readFileSync(path.join(dir, name), 'utf8') }));
  migrations.forEach((migration, index) => {
    if (migration.version !== index + 1) throw new Error(`Migration ${migration.name} should have number ${index + 1}`);
  });
  return migrations;
}

/** Opens a file as a database and proves that it can be read. @throws AppError `configuration-error` */
function tryOpen(file: string): Database.Database {
  requireOwnedDatabase(file);
  if (isEmptied(file)) throw damagedError(file, 'it has no content any more');
  let raw: Database.Database | undefined;
  try {
    raw = openConnection(file);
    raw.prepare('SELECT count(*) FROM sqlite_master').get();
    return raw;
  } catch (error) {
    raw?.close();
    if (isDamage(error)) throw damagedError(file, error instanceof Error ? error.message : String(error), error);
    if (storageFaultCode(error) !== null) throw error;
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    throw new AppError(
      'configuration-error',
      `The database ${file} cannot be opened (${code || String(error)}). Check that the folder is writable and the disk is not full.`,
      { cause: error, extra: { setting: 'data_dir', reason: code } },
    );
  }
}

/**
 * Opens `<dir>/tabagent.db`, upgrading it where needed.
 * @param now time for file names, unix ms
 * @param replaceDamaged looks the whole database through first, and moves a damaged one aside
 * @throws AppError `configuration-error` when the database is damaged or newer than this program, or the folder cannot be written
 */
export function openDatabase(
  dir: string,
  migrationsDir: string,
  now: number,
  faults: Pick<Faults, 'report'>,
  { replaceDamaged = false }: { replaceDamaged?: boolean } = {},
): OpenReport {
  fs.mkdirSync(dir, { recursive: true, mode: 0o700 });
  const file = path.join(dir, DATABASE_FILE);
  let movedAside: string | null = null;
  if (replaceDamaged) {
    if (damageOf(file) !== null) movedAside = moveAside(file, 'corrupt', now);
    fs.rmSync(restoringFile(dir), { force: true });
  } else if (!fs.existsSync(file) && fs.existsSync(restoringFile(dir))) {
    throw damagedError(file, 'a restore was cut off');
  }
  const raw = tryOpen(file);

  const migrations = readMigrations(migrationsDir);
  const from = raw.pragma('user_version', { simple: true }) as number;
  const to = migrations.length;
  if (from > to) {
    raw.close();
    throw new AppError(
      'configuration-error',
      `The database in ${dir} was written by a newer TabAgent (schema ${from}, this program knows ${to}). Nothing was changed. Start the newer program, or choose another folder with --data-dir.`,
      { extra: { setting: 'data_dir', reason: 'newer_database' } },
    );
  }
  let backup: string | null = null;
  if (from < to && from > 0) {
    const backups = path.join(dir, 'backups');
    makeOwnedFolder(dir, backups);
    backup = path.join(backups, `before-schema-${from + 1}-${now}.db`);
    // SQLite would follow a link: it writes under a name that nobody knows.
    const part = path.join(backups, `${randomToken(12)}.part`);
    raw.prepare('VACUUM INTO ?').run(part);
    fs.renameSync(part, backup);
  }
  if (from === 0) raw.pragma('auto_vacuum = INCREMENTAL');
  for (const migration of migrations.slice(from)) {
    const upgrade = raw.transaction(() => {
      raw.exec(migration.sql);
      raw.pragma(`user_version = ${migration.version}`);
    });
    upgrade.immediate();
  }
  return { db: createDb(raw, faults), from, to, backup, movedAside };
}
