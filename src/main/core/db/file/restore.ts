/** Puts a backup in the place of the database. What was there is kept beside it; nothing is moved before the backup has proved sound. */
import fs from 'node:fs';
import path from 'node:path';
import type Database from 'better-sqlite3';
import { AppError } from '../../../../contract/kernel/errors.ts';
import { listOwnedSync } from '../../disk/owned-trees.ts';
import { damageOf, moveAside } from '../damage.ts';
import { DATABASE_FILE, readMigrations, restoringFile } from './migrate.ts';
import { openDatabaseFile, openNamedDatabase, requireOwnedDatabase } from './open-file.ts';

/** What a restore did. */
export interface Restored {
  /** The backup that is in place now. */
  backup: string;
  /** Unix ms of its file. */
  madeAt: number;
  /** Where the database of before is; null when there was none. */
  keptAs: string | null;
  /** Newer backups that were not taken, and why. */
  refused: { file: string; why: string }[];
}

/** Backups in a folder, newest first. */
function backupsIn(dir: string): string[] {
  return listOwnedSync(path.dirname(dir), dir)
    .filter((entry) => entry.isFile() && entry.name.endsWith('.db'))
    .map(({ name }) => path.join(dir, name))
    .sort((a, b) => fs.statSync(b).mtimeMs - fs.statSync(a).mtimeMs);
}

/** Copies a database as one consistent file and reads the copy through. @returns why it is no good, or null */
function copyChecked(from: string, to: string, newest: number): string | null {
  fs.rmSync(to, { force: true });
  let source: Database.Database | undefined;
  let copy: Database.Database | undefined;
  try {
    // Read only: a backup is never written, not even by a checkpoint. A log beside it is taken into account.
    source = openNamedDatabase(from);
    const schema = Number(source.pragma('user_version', { simple: true }));
    if (schema === 0 || !source.prepare("SELECT 1 FROM sqlite_master WHERE name = 'meta'").get())
      return 'it is no database of TabAgent';
    if (schema > newest) return `it was made by a newer TabAgent (schema ${schema}, this program knows ${newest})`;
    const wrong = String(source.pragma('integrity_check(1)', { simple: true }));
    if (wrong !== 'ok') return wrong;
    requireOwnedDatabase(to);
    source.prepare('VACUUM INTO ?').run(to);
    copy = openDatabaseFile(to, { readonly: true });
    const torn = String(copy.pragma('integrity_check(1)', { simple: true }));
    return torn === 'ok' ? null : `its copy: ${torn}`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    copy?.close();
    source?.close();
  }
}

function sync(file: string): void {
  const fd = fs.openSync(file, 'r');
  try {
    fs.fsyncSync(fd);
  } catch {
    // Folders cannot be synced everywhere.
  } finally {
    fs.closeSync(fd);
  }
}

/**
 * Restores the database of a data directory whose lock the caller holds.
 * @param from a file; the newest good backup of the data directory when left out
 * @throws AppError `bad-request` when `from` is no good, `not-found` when no backup is; with what is wrong with each. Nothing was changed
 */
export function restoreDatabase(dataDir: string, migrationsDir: string, now: number, from?: string): Restored {
  const file = path.join(dataDir, DATABASE_FILE);
  const restoring = restoringFile(dataDir);
  const newest = readMigrations(migrationsDir).length;
  const refused: Restored['refused'] = [];
  const candidates = from === undefined ? backupsIn(path.join(dataDir, 'backups')) : [path.resolve(from)];
  for (const backup of candidates) {
    const why = copyChecked(backup, restoring, newest);
    if (why !== null) {
      refused.push({ file: backup, why });
      continue;
    }
    sync(restoring);
    const found = fs.existsSync(file) || fs.existsSync(`${file}-wal`);
    const keptAs = found ? moveAside(file, isSound(file) ? 'before-restore' : 'corrupt', now) : null;
    fs.renameSync(restoring, file);
    sync(dataDir);
    return { backup, madeAt: fs.statSync(backup).mtimeMs, keptAs, refused };
  }
  fs.rmSync(restoring, { force: true });
  if (from !== undefined) throw noGood(path.resolve(from), refused[0]?.why ?? 'it cannot be read');
  const reasons = refused.map(({ file: one, why }) => ` ${one}: ${why}.`).join('');
  throw new AppError(
    'not-found',
    `There is no good backup to restore in ${path.join(dataDir, 'backups')}; nothing was changed.${reasons} Name another file with --from, or start with an empty database with: tabagent serve --replace-database`,
    { extra: { resource: 'backup', id: 'newest' } },
  );
}

/** What is wrong with the file that was named. */
function noGood(file: string, why: string): AppError {
  const detail = fs.existsSync(file) ? `${file} cannot be restored: ${why}` : `There is no file ${file}`;
  return new AppError(
    'bad-request',
    `${detail}. Nothing was changed. Without --from the newest good backup is restored.`,
  );
}

function isSound(file: string): boolean {
  try {
    return damageOf(file) === null;
  } catch {
    return false;
  }
}
