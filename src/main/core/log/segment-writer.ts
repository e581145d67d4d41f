/** Writes the newest segment of the log. A full or vanished disk must not take the host down: what it refuses is lost, and that is said. */
import fs from 'node:fs';
import path from 'node:path';
import { createOwnedStream } from '../disk/owned-files.ts';
import { removeOwnedFile } from '../disk/owned-trees.ts';
import { listSegments } from './segments.ts';

const SEGMENT_BYTES = 4 * 1024 * 1024;
/** How long the log stays silent after the disk refused it, ms. */
const RETRY_MS = 5000;
/** Bytes waiting for the disk beyond which new lines are refused. */
const MAX_QUEUED_BYTES = 8 * 1024 * 1024;

/** See {@link openSegmentWriter}. */
export interface SegmentWriter {
  /**
   * @param nextId number of the line after this one
   * @param settled called when the disk has the line, or refused it after all
   * @returns false when the line is refused: it is lost
   */
  write(line: string, nextId: number, settled: () => void): boolean;
  /** Whether the disk refused what it was given last. */
  broken(): boolean;
  /** Goes on in a segment that starts at `first`; resolves when the one before is closed. */
  startSegment(first: number): Promise<void>;
  /** Resolves when everything that was written is on disk, or was refused by it. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

/** Deletes the oldest segments beyond a budget. */
function prune(dir: string, maxBytes: number): void {
  let total = 0;
  for (const { file } of listSegments(dir).reverse()) {
    total += fs.lstatSync(file).size;
    if (total > maxBytes) removeOwnedFile(path.dirname(dir), file);
  }
}

/**
 * Opens a segment that starts at `first`.
 * @param maxBytes budget of all segments, asked at each rotation
 */
export function openSegmentWriter(dir: string, first: number, maxBytes: () => number): SegmentWriter {
  let brokenAt = 0;
  let written = 0;
  let stream = open(first);

  function open(id: number): fs.WriteStream {
    const opened = createOwnedStream(path.dirname(dir), path.join(dir, `host-${id}.jsonl`), 'append');
    opened.on('error', () => {
      brokenAt = Date.now();
    });
    brokenAt = 0;
    written = 0;
    return opened;
  }

  async function startSegment(id: number): Promise<void> {
    const old = stream;
    stream = open(id);
    await new Promise<void>((resolve) => old.end(resolve));
  }

  function rotate(nextId: number): void {
    void startSegment(nextId);
    try {
      prune(dir, maxBytes());
    } catch {
      // The folder has vanished: the stream will say so.
    }
  }

  return {
    write(line, nextId, settled) {
      if (brokenAt !== 0 && Date.now() - brokenAt > RETRY_MS) stream = open(nextId - 1);
      if (brokenAt !== 0 || stream.writableLength > MAX_QUEUED_BYTES) return false;
      written += Buffer.byteLength(line);
      stream.write(line, settled);
      if (written > SEGMENT_BYTES) rotate(nextId);
      return true;
    },
    broken: () => brokenAt !== 0,
    startSegment,
    // The callback comes with an error too: a reader then sees what did reach the disk.
    flush: () => new Promise((resolve) => stream.write('', () => resolve())),
    close: () => new Promise((resolve) => stream.end(() => resolve())),
  };
}
