/**
 * Writes that the disk refused: the operator is told once a minute, and the disk is tried until it takes something again. A mark on the
 * disk tells the next start what cut its attempts off.
 */
import fs from 'node:fs';
import path from 'node:path';
import type { Clock } from '../clock.ts';
import type { Logger } from '../log/logger.ts';
import { writeNewOwned } from './owned-files.ts';
import { removeOwnedFile } from './owned-trees.ts';

/** How often a disk that refused a write is tried, ms. */
const PROBE_MS = 1_000;
/** How often the operator is told, ms. */
const TELL_MS = 60_000;
/** The disk takes writes again when it takes this much, bytes: fewer would be gone with the next call. */
const PROBE_BYTES = 256 * 1024;
/** Less than this is no space, whatever the code says: SQLite reports some full disks as failed input or output. */
const FULL_BYTES = 1024 * 1024;

/** @returns true at most once a minute */
export function onceAMinute(clock: Clock): () => boolean {
  let last = Number.NEGATIVE_INFINITY;
  return () => {
    if (clock.monotonic() - last < TELL_MS) return false;
    last = clock.monotonic();
    return true;
  };
}

/** Owns the mark and the timer that tries the disk below a data directory. */
export class RefusedWrites {
  /** Whether the last run of the host ended while the disk was full. */
  readonly endedFull: boolean;
  readonly #dataDir: string;
  readonly #clock: Clock;
  readonly #changed: () => void;
  readonly #mark: string;
  readonly #mayTell: () => boolean;
  #refused: { code: string; count: number; told: boolean } | null = null;
  #watched: { log: Logger; write: () => void } | null = null;
  #cancel: () => void = () => undefined;

  /** @param changed called when writes are refused, and when they are taken again */
  constructor(dataDir: string, clock: Clock, changed: () => void) {
    this.#dataDir = dataDir;
    this.#clock = clock;
    this.#changed = changed;
    this.#mayTell = onceAMinute(clock);
    this.#mark = path.join(dataDir, 'storage-full');
    this.endedFull = fs.existsSync(this.#mark);
    removeOwnedFile(this.#dataDir, this.#mark);
  }

  /** Code of the fault for which writes are refused now; null when they are taken. */
  get code(): string | null {
    return this.#refused?.code ?? null;
  }

  freeBytes(): number {
    try {
      const { bavail, bsize } = fs.statfsSync(this.#dataDir);
      return bavail * bsize;
    } catch {
      return 0;
    }
  }

  /** What a fault of this code means and what to do, in one sentence. */
  sentence(code: string): string {
    const full = /ENOSPC|EDQUOT|FULL/.test(code) || this.freeBytes() < FULL_BYTES;
    return full
      ? `There is no space left where TabAgent stores its data (${this.#dataDir}). Free some space; work then continues automatically.`
      : `TabAgent cannot write to ${this.#dataDir} (${code}). Check permissions, quotas and the disk; work then continues automatically.`;
  }

  report(code: string): void {
    if (this.#refused !== null) this.#refused.count += 1;
    else {
      this.#refused = { code, count: 1, told: false };
      this.#leaveMark();
      this.#probeSoon();
      this.#changed();
    }
    this.#tell();
  }

  /** From now on faults are logged and the disk is tried. @param write writes to the database */
  watch(log: Logger, write: () => void): void {
    this.#watched = { log, write };
    if (this.#refused === null) return;
    this.#tell();
    this.#cancel();
    this.#probeSoon();
  }

  stop(): void {
    this.#cancel();
  }

  #leaveMark(): void {
    try {
      // An empty file needs no block: the next start finds out why attempts were cut off.
      writeNewOwned(this.#dataDir, this.#mark, '');
    } catch {
      // Then it takes them for attempts that the end of the host cut off.
    }
  }

  #tell(): void {
    if (this.#refused === null || this.#watched === null || !this.#mayTell()) return;
    const { code, count } = this.#refused;
    this.#refused.told = true;
    const facts = { code, refused_writes: count, free_bytes: this.freeBytes() };
    this.#watched.log.error('storage', this.sentence(code), facts);
  }

  #probeSoon(): void {
    this.#cancel = this.#clock.schedule(() => this.#probe(), PROBE_MS);
  }

  #probe(): void {
    if (this.#refused === null || this.#watched === null) return;
    const { log, write } = this.#watched;
    if (!this.#takesWrites(write)) {
      this.#tell();
      this.#probeSoon();
      return;
    }
    const { count, told } = this.#refused;
    this.#refused = null;
    removeOwnedFile(this.#dataDir, this.#mark);
    if (told) log.warn('storage', 'The disk takes writes again; work goes on.', { refused_writes: count });
    this.#changed();
  }

  #takesWrites(write: () => void): boolean {
    const file = path.join(this.#dataDir, 'storage-probe');
    try {
      removeOwnedFile(this.#dataDir, file);
      writeNewOwned(this.#dataDir, file, Buffer.alloc(PROBE_BYTES));
      write();
      return true;
    } catch {
      return false;
    } finally {
      removeOwnedFile(this.#dataDir, file);
    }
  }
}
