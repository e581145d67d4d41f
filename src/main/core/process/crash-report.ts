/** What is kept of a crash: one small file each, without secrets, for whoever looks into it. */
import path from 'node:path';
import type { Clock } from '../clock.ts';
import { makeOwnedFolder, writeNewOwned } from '../disk/owned-files.ts';
import { listOwnedSync, removeOwnedFile } from '../disk/owned-trees.ts';
import type { Faults } from '../faults.ts';
import type { Logger } from '../log/logger.ts';
import { currentNames } from '../operation/current.ts';
import { describeError } from './describe-error.ts';

/** Newest reports that are kept. */
const KEPT = 10;
const PREFIX = 'crash-';

/** What a report needs to know of the program. */
interface CrashContext {
  /** Folder of the reports; made when it is needed. */
  dir: string;
  version: string;
  startedAt: string;
  /** Unix ms. */
  now: number;
  redact: (text: string) => string;
}

/** A host that crashes is started again, at most this often in {@link WINDOW_MS}. */
const MAX_RESTARTS = 3;
const WINDOW_MS = 600_000;

/** What is known of a crash. */
export interface CrashReport {
  /** Null when the report cannot be written. */
  file: string | null;
  /** Whether the host may be started again: it has not crashed too often of late, and that is on record. */
  again: boolean;
}

/** What becomes of errors that nothing has caught. */
export interface Uncaught {
  /** A promise that nothing waits for: logged and counted, the host goes on. */
  rejected(reason: unknown): void;
  /** An exception on the event loop: put on record; the host is to be stopped then. */
  reportCrash(error: unknown): CrashReport;
}

/** See {@link Uncaught}. */
export function createUncaught(
  context: Omit<CrashContext, 'now'> & { clock: Clock; log: Logger; faults: Pick<Faults, 'report'> },
): Uncaught {
  const { clock, log, faults } = context;
  return {
    rejected: (reason) => faults.report('host', reason),
    reportCrash(error) {
      const report = writeCrashReport(error, { ...context, now: clock.now() });
      log.error('host', 'nothing caught an exception; the host stops', {
        ...describeError(error, context.redact),
        report: report.file,
      });
      return report;
    },
  };
}

/** Writes the report of `error`. */
function writeCrashReport(error: unknown, context: CrashContext): CrashReport {
  const { dir, now } = context;
  const at = new Date(now).toISOString();
  try {
    makeOwnedFolder(path.dirname(dir), dir);
    const file = path.join(dir, nameOf(at));
    writeNewOwned(path.dirname(dir), file, reportOf(error, at, context));
    const root = path.dirname(dir);
    const names = listOwnedSync(root, dir)
      .map(({ name }) => name)
      .filter((name) => name.startsWith(PREFIX) && name !== path.basename(file));
    for (const old of names.sort().slice(0, 1 - KEPT)) removeOwnedFile(root, path.join(dir, old));
    // What a clock that was wrong has dated into the future does not count.
    const [since, until] = [nameOf(new Date(now - WINDOW_MS).toISOString()), nameOf(at)];
    return { file, again: names.filter((entry) => entry > since && entry <= until).length < MAX_RESTARTS };
  } catch {
    return { file: null, again: false };
  }
}

/** Names sort by time. */
function nameOf(at: string): string {
  return `${PREFIX}${at.replace(/[:.]/g, '-')}.json`;
}

function reportOf(error: unknown, at: string, { version, startedAt, redact }: CrashContext): string {
  const { node, electron } = process.versions;
  const report = {
    ...{ at, version, node, electron: electron ?? null, platform: process.platform, started_at: startedAt },
    ...{ memory_bytes: process.memoryUsage.rss(), during: currentNames() },
    error: describeError(error, redact),
  };
  return redact(`${JSON.stringify(report, null, 2)}\n`);
}
