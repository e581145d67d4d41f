/**
 * The log of one task on disk, `log.jsonl`: one JSON line per log line, numbered from 1 without holes through all attempts.
 * `log.idx` beside it has 16 bytes per block of about 64 KiB (number of its first line and its offset, two little-endian doubles), so
 * that any line is found with one read. Both only grow; what a crash left unfinished at the end is cut off when the file is opened.
 */
import fs from 'node:fs/promises';
import path from 'node:path';
import type { LogLine } from '../../../../contract/automation/tasks.ts';

/** Bytes after which a new block begins. */
export const BLOCK_BYTES = 65_536;
/** Parsed blocks that are kept, so that many readers at about the same place read and parse once. */
const CACHED_BLOCKS = 16;
const ENTRY_BYTES = 16;

interface Block {
  seq: number;
  offset: number;
}

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
  /** Appends finished lines in one write. One call at a time. */
  append(pieces: readonly Piece[]): Promise<void>;
  /** The lines of the block that holds line `seq`: a contiguous run, empty when there is no such line. */
  block(seq: number): Promise<LogLine[]>;
  close(): Promise<void>;
}

function decodeIndex(bytes: Buffer, size: number): Block[] {
  const blocks: Block[] = [];
  for (let at = 0; at + ENTRY_BYTES <= bytes.length; at += ENTRY_BYTES) {
    const block = { seq: bytes.readDoubleLE(at), offset: bytes.readDoubleLE(at + 8) };
    const before = blocks.at(-1);
    // After a crash the index may be newer than the file, or torn: what does not fit is dropped and found by reading.
    if (block.offset >= size || (before && (block.offset <= before.offset || block.seq <= before.seq))) break;
    blocks.push(block);
  }
  return blocks;
}

function encodeIndex(blocks: readonly Block[]): Buffer {
  const bytes = Buffer.alloc(blocks.length * ENTRY_BYTES);
  blocks.forEach((block, i) => {
    bytes.writeDoubleLE(block.seq, i * ENTRY_BYTES);
    bytes.writeDoubleLE(block.offset, i * ENTRY_BYTES + 8);
  });
  return bytes;
}

/** Every whole line of a text; a line that cannot be read (a torn write) ends the list. */
function parseLines(text: string): { lines: LogLine[]; good: number } {
  const lines: LogLine[] = [];
  let good = 0;
  for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', good)) {
    try {
      lines.push(JSON.parse(text.slice(good, end)) as LogLine);
    } catch {
      break;
    }
    good = end + 1;
  }
  return { lines, good };
}

/**
 * Opens (and with `write` creates and repairs) the log in a folder.
 * @throws Error of the file system when the folder cannot be written
 */
export async function openLogFile(dir: string, { write }: { write: boolean }): Promise<LogFile | null> {
  const file = path.join(dir, 'log.jsonl');
  const indexFile = path.join(dir, 'log.idx');
  if (write) await fs.mkdir(dir, { recursive: true, mode: 0o700 });
  let handle: fs.FileHandle;
  try {
    handle = await fs.open(file, write ? 'a+' : 'r', 0o600);
  } catch (error) {
    if (!write && error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
  let size = (await handle.stat()).size;
  const blocks = decodeIndex(await fs.readFile(indexFile).catch(() => Buffer.alloc(0)), size);
  if (blocks.length === 0) blocks.push({ seq: 1, offset: 0 });
  let lastSeq = 0;
  const cache = new Map<string, Promise<LogLine[]>>();

  async function readRange(from: number, to: number): Promise<Buffer> {
    const bytes = Buffer.allocUnsafe(Math.max(0, to - from));
    let filled = 0;
    while (filled < bytes.length) {
      const { bytesRead } = await handle.read(bytes, filled, bytes.length - filled, from + filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return bytes.subarray(0, filled);
  }

  /** Reads what the index does not cover, in steps, and finds the end of the last whole line. */
  async function findEnd(): Promise<void> {
    let { offset, seq } = blocks.at(-1) ?? { offset: 0, seq: 1 };
    let end = offset;
    lastSeq = seq - 1;
    for (let step = BLOCK_BYTES; offset < size; ) {
      const text = await readRange(offset, Math.min(size, offset + step));
      const cut = text.lastIndexOf(10) + 1;
      if (cut === 0) {
        if (offset + step >= size) break;
        step *= 2; // a line longer than the step
        continue;
      }
      const { lines, good } = parseLines(text.toString('utf8', 0, cut));
      seq = (lines.at(-1)?.seq ?? seq - 1) + 1;
      const whole = Buffer.byteLength(text.toString('utf8', 0, cut).slice(0, good));
      end = offset + whole;
      lastSeq = seq - 1;
      if (whole < cut) break;
      offset = end;
      step = BLOCK_BYTES;
      if (offset < size) blocks.push({ seq, offset });
    }
    if (end < size && write) await handle.truncate(end);
    size = end;
    if (blocks.length > 1 && (blocks.at(-1)?.offset ?? 0) >= size) blocks.pop();
  }

  try {
    await findEnd();
    if (write) await fs.writeFile(indexFile, encodeIndex(blocks), { mode: 0o600 });
  } catch (error) {
    await handle.close();
    throw error;
  }
  const index = write ? await fs.open(indexFile, 'a', 0o600) : null;

  function blockAt(seq: number): number {
    let low = 0;
    let high = blocks.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((blocks[middle]?.seq ?? 0) <= seq) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  return {
    lastSeq: () => lastSeq,
    size: () => size,
    async append(pieces) {
      const buffers = pieces.map((piece) => Buffer.from(piece.text));
      const bytes = Buffer.concat(buffers);
      for (let written = 0; written < bytes.length; ) {
        written += (await handle.write(bytes, written, bytes.length - written)).bytesWritten;
      }
      const started: Block[] = [];
      let offset = size;
      pieces.forEach((piece, i) => {
        const last = started.at(-1) ?? blocks.at(-1);
        if (offset - (last?.offset ?? 0) >= BLOCK_BYTES) started.push({ seq: piece.seq, offset });
        offset += buffers[i]?.length ?? 0;
        lastSeq = piece.seq + piece.lines - 1;
      });
      blocks.push(...started);
      size = offset;
      if (started.length > 0) await index?.write(encodeIndex(started));
    },
    block(seq) {
      if (seq < 1 || seq > lastSeq) return Promise.resolve([]);
      const at = blockAt(seq);
      const from = blocks[at]?.offset ?? 0;
      const to = blocks[at + 1]?.offset ?? size;
      const key = `${from}-${to}`;
      const known = cache.get(key);
      if (known) return known;
      const reading = readRange(from, to).then((bytes) => parseLines(bytes.toString('utf8')).lines);
      cache.set(key, reading);
      reading.catch(() => cache.delete(key));
      if (cache.size > CACHED_BLOCKS) {
        const oldest = cache.keys().next();
        if (!oldest.done) cache.delete(oldest.value);
      }
      return reading;
    },
    async close() {
      await handle.close();
      await index?.close();
    },
  };
}
