/** Regular care of the database file. */
import { setImmediate as yieldToEventLoop } from 'node:timers/promises';
import type { Chore } from '../maintenance.ts';
import type { Db } from './database.ts';

/** Free pages that may stay for the next writes. */
const FREE_PAGES = 2000;

/** A write that changes nothing, to learn whether the database takes any. @returns does it; throws what SQLite throws */
export function databaseProbe(db: Db): () => void {
  const write = db.raw.prepare(
    "INSERT INTO meta (key, value) VALUES ('storage_probe', '1') ON CONFLICT DO UPDATE SET value = 1 - value",
  );
  return () => void write.run();
}

/** Gives free pages back to the file system, a few at a time, and truncates the WAL. */
export function databaseChore(db: Db): Chore {
  return {
    name: 'database care',
    async run(signal) {
      const free = () => Number(db.raw.pragma('freelist_count', { simple: true }));
      while (free() > FREE_PAGES && !signal.aborted) {
        db.raw.pragma('incremental_vacuum(500)');
        await yieldToEventLoop();
      }
      if (signal.aborted) return;
      db.raw.pragma('wal_checkpoint(TRUNCATE)');
      db.raw.pragma('optimize');
    },
  };
}
