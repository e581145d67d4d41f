/** Forward-only migrations with a backup before each upgrade; a newer database is refused, a corrupt one is moved aside. */
import fs from 'node:fs';
import path from 'node:path';
import type Database from 'better-sqlite3';
import { AppError } from '../../../contract/kernel/errors.ts';
import type { Faults } from '../faults.ts';
import { createDb, type Db, openConnection } from './database.ts';

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
  /** Where an unreadable database was moved. */
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

/** Opens a file as a database and proves that it is readable; null when SQLite says it is not a database or is corrupt. */
function tryOpen(file: string): Database.Database | null {
  let raw: Database.Database | undefined;
  try {
    raw = openConnection(file);
    raw.prepare('SELECT count(*) FROM sqlite_master').get();
    return raw;
  } catch (error) {
    raw?.close();
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB') return null;
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
 * @throws AppError `configuration-error` when the database is newer than this program or the folder cannot be written
 */
export function openDatabase(
  dir: string,
  migrationsDir: string,
  now: number,
  faults: Pick<Faults, 'report'>,
): OpenReport {
  fs.mkdirSync(dir, { recursive: true, mode: 0o700 });
  const file = path.join(dir, 'tabagent.db');
  let movedAside: string | null = null;
  let raw = tryOpen(file);
  if (raw === null) {
    movedAside = `${file}.corrupt-${now}`;
    for (const suffix of ['', '-wal', '-shm']) {
      if (fs.existsSync(file + suffix)) fs.renameSync(file + suffix, movedAside + suffix);
    }
    raw = openConnection(file);
  }

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
    fs.mkdirSync(backups, { recursive: true, mode: 0o700 });
    backup = path.join(backups, `before-schema-${from + 1}-${now}.db`);
    raw.prepare('VACUUM INTO ?').run(backup);
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
