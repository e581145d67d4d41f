/** Housekeeping: runs chores one after the other, a while after start and then every hour, in small bites. */
import { setImmediate as breathe } from 'node:timers/promises';
import type { Clock } from './clock.ts';
import type { Db } from './db/index.ts';
import type { Events } from './events.ts';
import type { Logger } from './log/logger.ts';
import type { SettingsReader } from './settings.ts';

/** One chore; it must not block for more than a few milliseconds at a time. */
export interface Chore {
  name: string;
  run: () => void | Promise<void>;
}

/** Nothing at start-up that can wait. */
const FIRST_MS = 60_000;
const EVERY_MS = 3_600_000;
const DAY_MS = 86_400_000;
const MAX_EVENTS = 1_000_000;
const EVENT_BATCH = 1000;
const FREE_PAGES = 2000;

/** Creates the housekeeper. */
export function createMaintenance(
  clock: Clock,
  log: Logger,
  chores: readonly Chore[],
): { start(): void; stop(): void; runNow(): Promise<void> } {
  let cancel: () => void = () => undefined;
  let stopped = false;

  async function runNow(): Promise<void> {
    for (const chore of chores) {
      if (stopped) return;
      try {
        await chore.run();
      } catch (error) {
        log.warn('maintenance', `${chore.name} failed; it is tried again in an hour`, { error });
      }
    }
  }

  function plan(delayMs: number): void {
    cancel = clock.schedule(() => {
      void runNow().then(() => {
        if (!stopped) plan(EVERY_MS);
      });
    }, delayMs);
  }

  return {
    start: () => plan(FIRST_MS),
    stop() {
      stopped = true;
      cancel();
    },
    runNow,
  };
}

/** Prunes the event table by age and size. */
export function eventChore(events: Events, settings: SettingsReader, clock: Clock): Chore {
  return {
    name: 'pruning the change history',
    async run() {
      const before = clock.now() - settings.get('retention.events_days') * DAY_MS;
      while (events.prune(before, MAX_EVENTS, EVENT_BATCH) === EVENT_BATCH) await breathe();
    },
  };
}

/** Gives free pages back to the file system, a few at a time, and truncates the WAL. */
export function databaseChore(db: Db): Chore {
  return {
    name: 'database care',
    async run() {
      const free = () => Number(db.raw.pragma('freelist_count', { simple: true }));
      while (free() > FREE_PAGES) {
        db.raw.pragma('incremental_vacuum(500)');
        await breathe();
      }
      db.raw.pragma('wal_checkpoint(TRUNCATE)');
      db.raw.pragma('optimize');
    },
  };
}
