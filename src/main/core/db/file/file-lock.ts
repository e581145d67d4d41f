/** A lock that the operating system releases with the process: an EXCLUSIVE transaction on a database of its own. */
import { openDatabaseFile } from './open-file.ts';

/**
 * Takes the lock file.
 * @returns releases it, or null when another process has it
 * @throws AppError `configuration-error` when it, or a file that SQLite opens beside it, is no regular file of one name
 */
export function tryLockFile(file: string): (() => void) | null {
  const db = openDatabaseFile(file, { timeout: 0 });
  try {
    db.pragma('locking_mode = EXCLUSIVE');
    db.exec('BEGIN EXCLUSIVE');
    return () => db.close();
  } catch (error) {
    db.close();
    if (error instanceof Error && 'code' in error && String(error.code).startsWith('SQLITE_BUSY')) return null;
    throw error;
  }
}
