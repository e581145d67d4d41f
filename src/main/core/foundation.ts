/** What every feature is built on: lock, log, database, events, settings, audit, tickets, secrets. */
import path from 'node:path';
import { createRedactor } from '../../contract/kernel/redact/redact.ts';
import type { Platform } from '../platform/platform.ts';
import { iso, systemClock } from './clock.ts';
import type { HostConfig } from './config.ts';
import { damagedError, databaseChore, databaseProbe, isDamage, openDatabase } from './db/index.ts';
import { createPrivately, openTempFolder } from './disk/private-folder.ts';
import { createStorageHealth, type StorageHealth } from './disk/storage-health.ts';
import { createEvents } from './events.ts';
import { createFaults, type Faults } from './faults.ts';
import { eventChore } from './history/retention.ts';
import { openInstallation } from './installation.ts';
import { acquireInstanceLock } from './instance-lock.ts';
import type { Part } from './lifecycle.ts';
import { guarded } from './listeners.ts';
import { createAudit } from './log/audit.ts';
import { openLogFiles } from './log/log-files.ts';
import { createLogger } from './log/logger.ts';
import type { Chore } from './maintenance.ts';
import { createTickets } from './operation/tickets.ts';
import { createUncaught } from './process/crash-report.ts';
import { createSecrets } from './secrets/secrets.ts';
import { createSettings, type SettingsStore } from './settings.ts';

const MIB = 1024 * 1024;

/** What every feature can be given. */
export type Foundation = ReturnType<typeof openFoundation>;

/** What was thrown, with the way on when it was a damaged database. */
export function explained(dataDir: string, error: unknown): unknown {
  if (!isDamage(error)) return error;
  return damagedError(path.join(dataDir, 'tabagent.db'), error instanceof Error ? error.message : '', error);
}

/** The log and what is redacted from it, as the settings say. */
function openLog({ dataDir, terminal }: HostConfig, settings: SettingsStore, faults: Faults, storage: StorageHealth) {
  const redactor = createRedactor();
  const redact = (text: string) => redactor.text(text);
  const holdExtra = () => redactor.hold('redaction.extra', settings.get('redaction.extra'));
  holdExtra();
  const logFiles = openLogFiles(path.join(dataDir, 'logs'), () => settings.get('retention.logs_mb') * MIB, faults);
  const log = createLogger({
    ...{ files: logFiles, level: settings.get('log_level'), redact, quiet: storage.report },
    ...(terminal ? { terminal } : {}),
  });
  faults.logTo(log, redact);
  settings.onChange((keys) => {
    if (keys.includes('log_level')) log.setLevel(settings.get('log_level'));
    if (keys.includes('redaction.extra')) holdExtra();
  });
  return { redactor, redact, logFiles, log };
}

/**
 * Opens a data directory.
 * @throws AlreadyRunning when another host owns it, AppError `configuration-error` when it cannot be used
 */
export function openFoundation(platform: Platform, config: HostConfig) {
  const clock = systemClock;
  const { dataDir } = config;
  createPrivately();
  const lock = acquireInstanceLock(dataDir);
  try {
    const storage = createStorageHealth(dataDir, clock);
    const faults = createFaults(storage);
    const migrations = path.join(platform.appRoot, 'resources/migrations');
    const { db, movedAside } = openDatabase(dataDir, migrations, clock.now(), faults, {
      replaceDamaged: config.replaceDatabase ?? false,
    });
    const events = createEvents(db, clock, faults);
    const settings = createSettings(db, events, clock, config.overrides, faults);
    const { redactor, redact, logFiles, log } = openLog(config, settings, faults, storage);
    storage.watch(log, databaseProbe(db));
    const secrets = createSecrets(db, clock, () => platform.keyVault(dataDir));
    const audit = createAudit({ db, clock, dir: dataDir, secrets });
    // They close in the reverse order, after everything else.
    const parts: Part[] = [
      { name: 'data directory', stop: lock.release },
      { name: 'log', stop: logFiles.close },
      { name: 'database', stop: db.close },
      { name: 'storage health', stop: storage.stop },
      { name: 'audit', stop: audit.close, ...(config.http ? { afterStart: audit.open } : {}) },
    ];
    const startedAt = iso(clock.now());
    const version = platform.versions.app;
    const uncaught = createUncaught({
      ...{ dir: path.join(dataDir, 'crashes'), version, startedAt, redact },
      ...{ clock, log, faults },
    });
    const chores: Chore[] = [eventChore(events, settings, clock), databaseChore(db)];
    return {
      parts,
      chores,
      dataDir,
      platform: {
        ...platform,
        onPowerEvent: (listener) => platform.onPowerEvent(guarded(listener, (error) => faults.report('power', error))),
      } satisfies Platform,
      version,
      startedAt,
      uncaught,
      installation: openInstallation(dataDir),
      tempDir: openTempFolder(dataDir, platform.paths.temp),
      /** False for a host that only serves its own process. */
      serving: config.http,
      browserArgs: config.browserArgs,
      /** Node program that runs the host; null in the desktop app, where Electron must not run as Node (fuses). */
      nodePath: platform.kind === 'node' ? process.execPath : null,
      clock,
      lock,
      db,
      /** Where a damaged database was moved, or null. */
      movedAside,
      events,
      settings,
      redactor,
      logFiles,
      log,
      faults,
      storage,
      audit,
      tickets: createTickets(clock),
      secrets,
    };
  } catch (error) {
    lock.release();
    throw explained(dataDir, error);
  }
}
