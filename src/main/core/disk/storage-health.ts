/**
 * Whether the disk takes what the host writes, and whether the database can be read. A full disk shows in many places at once (the queue,
 * the log, every call): each reports it here.
 */
import path from 'node:path';
import { AppError, toAppError } from '../../../contract/kernel/errors.ts';
import { storageFaultCode } from '../../../contract/kernel/storage-faults.ts';
import type { Clock } from '../clock.ts';
import { damagedError, isDamage } from '../db/index.ts';
import { createListeners } from '../listeners.ts';
import type { Logger } from '../log/logger.ts';
import { onceAMinute, RefusedWrites } from './refused-writes.ts';

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
  const listeners = createListeners<[]>(() => undefined);
  const writes = new RefusedWrites(dataDir, clock, listeners.notify);
  const mayTellDamage = onceAMinute(clock);
  let damage: string | null = null;
  let log: Logger | null = null;

  function foundDamage(what: string): void {
    const first = damage === null;
    damage ??= damagedError(path.join(dataDir, 'tabagent.db'), what).message;
    if (first) listeners.notify();
    if (log !== null && mayTellDamage()) log.error('database', damage);
  }

  function report(thrown: unknown): boolean {
    const code = storageFaultCode(thrown);
    if (code !== null) writes.report(code);
    else if (isDamage(thrown)) foundDamage(thrown instanceof Error ? thrown.message : '');
    else return false;
    return true;
  }

  return {
    refusal: () => (writes.code === null ? null : writes.sentence(writes.code)),
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
      return new AppError('storage-full', writes.sentence(code), {
        cause: error.cause ?? error,
        extra: { path: dataDir, free_bytes: writes.freeBytes(), reason: code },
      });
    },
    onChange: listeners.add,
    endedFull: writes.endedFull,
    watch(logger, write) {
      log = logger;
      writes.watch(logger, write);
    },
    stop: () => writes.stop(),
  };
}
