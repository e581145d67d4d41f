/**
 * Whether the disk takes what the host writes. A full disk shows in many places at once (the queue, the log, every call): each reports
 * it here, the operator is told once a minute, and the disk is tried until it takes something again.
 */
import fs from 'node:fs';
import path from 'node:path';
import { AppError, toAppError } from '../../contract/kernel/errors.ts';
import { storageFaultCode } from '../../contract/kernel/storage-faults.ts';
import type { Clock } from './clock.ts';
import { damagedError, isDamage } from './db/index.ts';
import { createListeners } from './listeners.ts';
import type { Logger } from './log/logger.ts';
import { writeNewOwned } from './owned-files.ts';

/** How often a disk that refused a write is tried, ms. */
const PROBE_MS = 1_000;
/** How often the operator is told, ms. */
const TELL_MS = 60_000;
/** The disk takes writes again when it takes this much, bytes: fewer would be gone with the next call. */
const PROBE_BYTES = 256 * 1024;
/** Less than this is no space, whatever the code says: SQLite reports some full disks as failed input or output. */
const FULL_BYTES = 1024 * 1024;

/** See {@link createStorageHealth}. */
export interface StorageHealth {
  /** Why nothing can be stored now and what to do, in one sentence; null when there is nothing wrong. */
  refusal(): string | null;
  /** What is wrong with the database, in one sentence with what to do; null as long as nothing is known. */
  damage(): string | null;
  /** From now on the database counts as damaged: `what` is how that shows. */
  foundDamage(what: string): void;
  /** Takes any error. @returns whether it was the disk that refused a write, or a damaged database */
  report(thrown: unknown): boolean;
  /** What was thrown as the error for a caller: `configuration-error` for a damaged database, `storage-full` with `path`, `free_bytes` and `reason` when the disk refused a write. */
  typed(thrown: unknown): AppError;
  /** Called when writes are refused, and when they are taken again. @returns unsubscribes */
  onChange(listener: () => void): () => void;
  /** Whether the last run of the host ended while the disk was full. */
  readonly endedFull: boolean;
  /** From now on faults are logged and the disk is tried. @param write writes to the database */
  watch(log: Logger, write: () => void): void;
  stop(): void;
}

/** Creates the health of the disk below `dataDir`. */
export function createStorageHealth(dataDir: string, clock: Clock): StorageHealth {
  const mark = path.join(dataDir, 'storage-full');
  const probeFile = path.join(dataDir, 'storage-probe');
  const endedFull = fs.existsSync(mark);
  fs.rmSync(mark, { force: true });
  const listeners = createListeners<[]>(() => undefined);
  let refused: { code: string; count: number; told: boolean } | null = null;
  let toldAt = Number.NEGATIVE_INFINITY;
  let watched: { log: Logger; write: () => void } | null = null;
  let damage: string | null = null;
  let damageToldAt = Number.NEGATIVE_INFINITY;
  let cancel: () => void = () => undefined;

  function freeBytes(): number {
    try {
      const { bavail, bsize } = fs.statfsSync(dataDir);
      return bavail * bsize;
    } catch {
      return 0;
    }
  }

  function sentence(code: string): string {
    const full = /ENOSPC|EDQUOT|FULL/.test(code) || freeBytes() < FULL_BYTES;
    return full
      ? `There is no space left where TabAgent stores its data (${dataDir}): free some, and work goes on by itself.`
      : `The disk refuses what TabAgent stores in ${dataDir} (${code}): check its rights, limits and health; work goes on by itself.`;
  }

  function tell(): void {
    if (refused === null || watched === null || clock.monotonic() - toldAt < TELL_MS) return;
    toldAt = clock.monotonic();
    const { code, count } = refused;
    refused.told = true;
    watched.log.error('storage', sentence(code), { code, refused_writes: count, free_bytes: freeBytes() });
  }

  function takesWrites(write: () => void): boolean {
    try {
      fs.rmSync(probeFile, { force: true });
      writeNewOwned(dataDir, probeFile, Buffer.alloc(PROBE_BYTES));
      write();
      return true;
    } catch {
      return false;
    } finally {
      fs.rmSync(probeFile, { force: true });
    }
  }

  function probe(): void {
    if (refused === null || watched === null) return;
    if (!takesWrites(watched.write)) {
      tell();
      cancel = clock.schedule(probe, PROBE_MS);
      return;
    }
    const { count, told } = refused;
    refused = null;
    fs.rmSync(mark, { force: true });
    if (told) watched.log.warn('storage', 'The disk takes writes again; work goes on.', { refused_writes: count });
    listeners.notify();
  }

  function foundDamage(what: string): void {
    const first = damage === null;
    damage ??= damagedError(path.join(dataDir, 'tabagent.db'), what).message;
    if (first) listeners.notify();
    if (watched === null || clock.monotonic() - damageToldAt < TELL_MS) return;
    damageToldAt = clock.monotonic();
    watched.log.error('database', damage);
  }

  function report(thrown: unknown): boolean {
    const code = storageFaultCode(thrown);
    if (code === null) {
      if (!isDamage(thrown)) return false;
      foundDamage(thrown instanceof Error ? thrown.message : '');
      return true;
    }
    if (refused !== null) refused.count += 1;
    else {
      refused = { code, count: 1, told: false };
      try {
        // An empty file needs no block: the next start finds out why attempts were cut off.
        writeNewOwned(dataDir, mark, '');
      } catch {
        // Then it takes them for attempts that the end of the host cut off.
      }
      cancel = clock.schedule(probe, PROBE_MS);
      listeners.notify();
    }
    tell();
    return true;
  }

  return {
    refusal: () => (refused === null ? null : sentence(refused.code)),
    damage: () => damage,
    foundDamage,
    report,
    typed(thrown) {
      if (isDamage(thrown)) {
        report(thrown);
        return new AppError('configuration-error', damage ?? undefined, {
          cause: thrown,
          extra: { setting: 'data_dir', reason: 'database_damaged' },
        });
      }
      const error = toAppError(thrown);
      const code = error.slug === 'storage-full' ? storageFaultCode(error) : null;
      if (code === null) return error;
      report(error);
      return new AppError('storage-full', sentence(code), {
        cause: error.cause ?? error,
        extra: { path: dataDir, free_bytes: freeBytes(), reason: code },
      });
    },
    onChange: listeners.add,
    endedFull,
    watch(log, write) {
      watched = { log, write };
      if (refused === null) return;
      tell();
      cancel();
      cancel = clock.schedule(probe, PROBE_MS);
    },
    stop: () => cancel(),
  };
}
