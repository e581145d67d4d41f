/** Real core parts on a temporary data directory, for unit tests: SQLite on disk, events, settings, a clock that tests move. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Settings } from '../../src/contract/host/settings.ts';
import type { Clock } from '../../src/main/core/clock.ts';
import { type Db, openDatabase } from '../../src/main/core/db/index.ts';
import { createStorageHealth, type StorageHealth } from '../../src/main/core/disk/storage-health.ts';
import { createEvents, type Events } from '../../src/main/core/events.ts';
import { createFaults, type Faults } from '../../src/main/core/faults.ts';
import type { Logger } from '../../src/main/core/log/logger.ts';
import { createSecrets, type Secrets } from '../../src/main/core/secrets/secrets.ts';
import { createSettings, type SettingsStore } from '../../src/main/core/settings.ts';
import { createNodePlatform } from '../../src/main/platform/node.ts';

/** Folder of the repository. */
export const ROOT = path.resolve(import.meta.dirname, '../..');
/** The product's migrations. */
/** The platform of a test's host. */
export const PLATFORM = createNodePlatform({ appRoot: ROOT });
export const MIGRATIONS = path.join(ROOT, 'resources/migrations');

/** A clock that only moves when told to. */
export interface ManualClock extends Clock {
  /** Moves both clocks on and runs what falls due, in order. */
  advance(ms: number): void;
  /** Sets the wall clock forward or back; the monotonic one stays. */
  step(ms: number): void;
}

/** Starts at 2026-01-01 unless told otherwise. */
export function manualClock(start = Date.UTC(2026, 0, 1)): ManualClock {
  let elapsed = 0;
  let stepped = 0;
  let timers: { at: number; fn: () => void }[] = [];
  return {
    now: () => start + elapsed + stepped,
    monotonic: () => elapsed,
    schedule(fn, delayMs) {
      const timer = { at: elapsed + delayMs, fn };
      timers.push(timer);
      return () => {
        timers = timers.filter((other) => other !== timer);
      };
    },
    step(ms) {
      stepped += ms;
    },
    advance(ms) {
      const end = elapsed + ms;
      for (;;) {
        const due = timers.filter((timer) => timer.at <= end).sort((a, b) => a.at - b.at)[0];
        if (!due) break;
        timers = timers.filter((timer) => timer !== due);
        elapsed = Math.max(elapsed, due.at);
        due.fn();
      }
      elapsed = end;
    },
  };
}

/** A log that keeps what it is told. */
export function memoryLog(): Logger & { lines: string[] } {
  const lines: string[] = [];
  const at = (level: string) => (context: string, message: string) => void lines.push(`${level} ${context} ${message}`);
  const log: Logger & { lines: string[] } = {
    lines,
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    for: () => log,
    setLevel: () => undefined,
  };
  return log;
}

/** Everything that features are built on. */
export interface TestCore extends Disposable {
  dir: string;
  db: Db;
  clock: ManualClock;
  events: Events;
  settings: SettingsStore;
  secrets: Secrets;
  faults: Faults;
  storage: StorageHealth;
  log: ReturnType<typeof memoryLog>;
}

/** Opens a core on a fresh folder, or on one that is there; disposing it closes the database and removes the folder. */
export function openTestCore(
  overrides: Partial<Settings> = {},
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'tabagent-core-')),
): TestCore {
  const clock = manualClock();
  const storage = createStorageHealth(dir, clock);
  const faults = createFaults(storage);
  const { db } = openDatabase(dir, MIGRATIONS, clock.now(), faults);
  const events = createEvents(db, clock, faults);
  const key = Buffer.alloc(32, 7);
  return {
    dir,
    db,
    clock,
    events,
    settings: createSettings(db, events, clock, overrides, faults),
    secrets: createSecrets(db, clock, async () => ({
      backend: 'file',
      weak: true,
      detail: '',
      key: async () => key,
    })),
    faults,
    storage,
    log: memoryLog(),
    [Symbol.dispose]() {
      db.close();
      fs.rmSync(dir, { recursive: true, force: true });
    },
  };
}
