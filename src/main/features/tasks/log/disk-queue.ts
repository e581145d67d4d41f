/** Write-behind buffer of a log: lines appended in one turn of the event loop become one write, with backpressure for the writers. */

import { BLOCK_BYTES } from './block-index.ts';
import type { LogFile, Piece } from './log-file.ts';

/** Text that may wait for the disk before writers have to stop, bytes. */
const PENDING_BYTES = 1024 * 1024;

/** See {@link createDiskQueue}. */
export interface DiskQueue {
  /** @param bytes of the text, which ends with a newline */
  push(seq: number, text: string, bytes: number): void;
  /** Number of the last line that has been written, or given up. */
  flushedSeq(): number;
  /** Resolves when little enough waits; writers that can be stopped wait for it. */
  drained(): Promise<void>;
  /** Resolves when everything pushed so far is in the file. @throws Error when the disk refused some of it since the last call */
  flush(): Promise<void>;
  /** Like {@link flush}, whatever the disk said. */
  settled(): Promise<void>;
}

/**
 * @param file      null when there is no file to write: every line is given up
 * @param onWritten called after each write
 */
export function createDiskQueue(file: LogFile | null, onWritten: () => void): DiskQueue {
  let flushedSeq = file?.lastSeq() ?? 0;
  let pending: Piece[] = [];
  let pendingBytes = 0;
  let lastPieceBytes = 0;
  let writing: Promise<void> | null = null;
  let failure: unknown = null;
  let draining: (() => void)[] = [];

  async function write(): Promise<void> {
    while (pending.length > 0 && file !== null) {
      const pieces = pending;
      const bytes = pendingBytes;
      pending = [];
      lastPieceBytes = 0;
      try {
        await file.append(pieces);
      } catch (error) {
        // The disk is full or gone: the lines are lost, the task goes on, and the next flush throws.
        failure ??= error;
      }
      pendingBytes -= bytes;
      const last = pieces.at(-1);
      if (last) flushedSeq = last.seq + last.lines - 1;
      onWritten();
      const waiting = draining;
      draining = [];
      for (const resolve of waiting) resolve();
    }
  }

  function startWriting(): void {
    if (writing !== null) return;
    writing = new Promise<void>((resolve) => setImmediate(resolve)).then(write).finally(() => {
      writing = null;
      if (pending.length > 0) startWriting();
    });
  }

  async function settled(): Promise<void> {
    while (writing !== null) await writing;
  }

  return {
    push(seq, text, bytes) {
      if (file === null) {
        flushedSeq = seq;
        return;
      }
      const last = pending.at(-1);
      if (last && lastPieceBytes + bytes <= BLOCK_BYTES) {
        last.text += text;
        last.lines += 1;
        lastPieceBytes += bytes;
      } else {
        pending.push({ seq, lines: 1, text });
        lastPieceBytes = bytes;
      }
      pendingBytes += bytes;
      startWriting();
    },
    flushedSeq: () => flushedSeq,
    drained: () =>
      pendingBytes <= PENDING_BYTES ? Promise.resolve() : new Promise((resolve) => draining.push(resolve)),
    async flush() {
      await settled();
      if (failure === null) return;
      const error = failure;
      failure = null;
      throw error;
    },
    settled,
  };
}
