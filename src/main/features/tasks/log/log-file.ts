/**
 * The log of one task on disk, `log.jsonl`: one JSON line per log line, numbered from 1 through all attempts; only a full disk leaves
 * holes. `log.idx` beside it says where the blocks of about 64 KiB begin, so that any line is found with one read. Both only grow;
 * what a crash left unfinished at the end is cut off when the file is opened.
 */
import type fs from 'node:fs/promises';
import path from 'node:path';
import type { LogLine } from '../../../../contract/automation/tasks.ts';
import { makeOwnedFolder, openOwnedLog } from '../../../core/disk/owned-files.ts';
import { openOwnedRead, readOwned } from '../../../core/disk/owned-reads.ts';
import { BLOCK_BYTES, type Block, decodeIndex, encodeIndex, maxIndexBytes, positionOf } from './block-index.ts';
import { findEnd, readLines } from './scan.ts';

/** Parsed blocks that are kept, so that many readers at about the same place read and parse once. */
const CACHED_BLOCKS = 16;

/** Some finished lines in a row; a block never begins within one, so a piece should not be much longer than a block. */
export interface Piece {
  /** Number of the first line. */
  seq: number;
  lines: number;
  /** Ends with a newline. */
  text: string;
}

/** An open log file. */
export interface LogFile {
  /** Number of the last line in the file, 0 when there is none. */
  lastSeq(): number;
  /** Bytes in the file. */
  size(): number;
  /** Appends finished lines in one write. One call at a time. @throws Error of the file system; then none of them is in the file */
  append(pieces: readonly Piece[]): Promise<void>;
  /** The lines of the block that holds line `seq`: a contiguous run, empty when there is no such line. */
  block(seq: number): Promise<LogLine[]>;
  close(): Promise<void>;
}

/**
 * Opens (and with `write` creates and repairs) the log in a folder.
 * @returns null when there is none to read
 * @throws Error of the file system when the folder cannot be written
 */
export async function openLogFile(dir: string, { write }: { write: boolean }): Promise<LogFile | null> {
  const file = path.join(dir, 'log.jsonl');
  const indexFile = path.join(dir, 'log.idx');
  // The data directory: a task can exchange every folder below it.
  const root = path.dirname(path.dirname(dir));
  if (write) makeOwnedFolder(root, dir);
  let log: fs.FileHandle;
  try {
    log = write ? await openOwnedLog(root, file) : await openOwnedRead(root, file);
  } catch (error) {
    if (!write && error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
  try {
    const { size } = await log.stat();
    const blocks = decodeIndex(
      await readOwned(root, indexFile, maxIndexBytes(size)).catch(() => Buffer.alloc(0)),
      size,
    );
    const { end, lastSeq } = await findEnd(log, size, blocks);
    if (!write) return createLogFile(log, null, { blocks, size: end, lastSeq });
    if (end < size) await log.truncate(end);
    const index = await openOwnedLog(root, indexFile);
    await index.truncate(0);
    await index.appendFile(encodeIndex(blocks));
    return createLogFile(log, index, { blocks, size: end, lastSeq });
  } catch (error) {
    await log.close();
    throw error;
  }
}

/** @param index null for a file that is only read */
function createLogFile(
  log: fs.FileHandle,
  index: fs.FileHandle | null,
  { blocks, ...found }: { blocks: Block[]; size: number; lastSeq: number },
): LogFile {
  let { size, lastSeq } = found;
  let indexTorn = false;
  const cache = new Map<string, Promise<LogLine[]>>();

  async function write(bytes: Buffer): Promise<void> {
    try {
      for (let written = 0; written < bytes.length; ) {
        written += (await log.write(bytes, written, bytes.length - written)).bytesWritten;
      }
    } catch (error) {
      // A disk that is full takes a part: the torn line would hide every line after it.
      await log.truncate(size).catch(() => undefined);
      throw error;
    }
  }

  /** The index is a shortcut: where it ends too early, the scan of the next start goes on. */
  async function extendIndex(started: readonly Block[]): Promise<void> {
    if (index === null || indexTorn) return;
    const bytes = encodeIndex(started);
    const written = await index.write(bytes).catch(() => ({ bytesWritten: 0 }));
    indexTorn = written.bytesWritten < bytes.length;
  }

  return {
    lastSeq: () => lastSeq,
    size: () => size,
    async append(pieces) {
      const buffers = pieces.map((piece) => Buffer.from(piece.text));
      await write(Buffer.concat(buffers));
      const started: Block[] = [];
      pieces.forEach((piece, i) => {
        const last = started.at(-1) ?? blocks.at(-1);
        if (size - (last?.offset ?? 0) >= BLOCK_BYTES) started.push({ seq: piece.seq, offset: size });
        size += buffers[i]?.length ?? 0;
        lastSeq = piece.seq + piece.lines - 1;
      });
      blocks.push(...started);
      if (started.length > 0) await extendIndex(started);
    },
    block(seq) {
      if (seq < 1 || seq > lastSeq) return Promise.resolve([]);
      const at = positionOf(blocks, seq);
      const from = blocks[at]?.offset ?? 0;
      const to = blocks[at + 1]?.offset ?? size;
      const key = `${from}-${to}`;
      const known = cache.get(key);
      if (known) return known;
      const reading = readLines(log, from, to);
      cache.set(key, reading);
      reading.catch(() => cache.delete(key));
      if (cache.size > CACHED_BLOCKS) {
        const oldest = cache.keys().next();
        if (!oldest.done) cache.delete(oldest.value);
      }
      return reading;
    },
    async close() {
      await log.close();
      await index?.close();
    },
  };
}
