/** What every feature stands on: lock, log, database, events, settings, audit, tickets, secrets. */
import path from 'node:path';
import { createRedactor } from '../../contract/kernel/redact.ts';
import type { Platform } from '../platform/platform.ts';
import { systemClock } from './clock.ts';
import type { HostConfig } from './config.ts';
import { openDatabase } from './db/index.ts';
import { createEvents } from './events.ts';
import { acquireInstanceLock } from './instance-lock.ts';
import { createAudit } from './log/audit.ts';
import { openLogFiles } from './log/log-files.ts';
import { createLogger } from './log/logger.ts';
import { createTickets } from './operation/tickets.ts';
import { createSecrets } from './secrets/secrets.ts';
import { createSettings } from './settings.ts';

const MIB = 1024 * 1024;

/**
 * Opens a data directory.
 * @throws AlreadyRunning when another host owns it, AppError `configuration-error` when it cannot be used
 */
export function openFoundation(platform: Platform, config: HostConfig) {
  const clock = systemClock;
  const { dataDir } = config;
  const lock = acquireInstanceLock(dataDir);
  try {
    const { db, movedAside } = openDatabase(dataDir, path.join(platform.appRoot, 'resources/migrations'), clock.now());
    const events = createEvents(db, clock);
    const settings = createSettings(db, events, clock, config.overrides);
    const redactor = createRedactor(settings.get('redaction.extra'));
    const logFiles = openLogFiles(path.join(dataDir, 'logs'), () => settings.get('retention.logs_mb') * MIB);
    const log = createLogger({
      files: logFiles,
      level: settings.get('log_level'),
      redact: (line) => redactor.text(line),
      ...(config.terminal ? { terminal: config.terminal } : {}),
    });
    settings.onChange((keys) => {
      if (keys.includes('log_level')) log.setLevel(settings.get('log_level'));
      if (keys.includes('redaction.extra')) for (const word of settings.get('redaction.extra')) redactor.add(word);
    });
    return {
      clock,
      lock,
      db,
      /** Where an unreadable database was moved, or null. */
      movedAside,
      events,
      settings,
      redactor,
      logFiles,
      log,
      audit: createAudit(db, clock),
      tickets: createTickets(clock),
      secrets: createSecrets(
        db,
        clock,
        () => platform.keyVault(dataDir),
        (value) => redactor.add(value),
      ),
    };
  } catch (error) {
    lock.release();
    throw error;
  }
}
