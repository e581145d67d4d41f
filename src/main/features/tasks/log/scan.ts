/** Reads lines from a log file, and finds where the last whole one ends. */
import type { FileHandle } from 'node:fs/promises';
import type { LogLine } from '../../../../contract/automation/tasks.ts';
import { BLOCK_BYTES, type Block } from './block-index.ts';

const NEWLINE = 10;

/** Whole lines from the start of some bytes; a line that cannot be read (a torn write) ends the list. */
interface Parsed {
  lines: LogLine[];
  /** Bytes that the lines take. */
  bytes: number;
}

/** Bytes of a file from `from` to `to`, fewer where it ends before. */
async function readRange(handle: FileHandle, from: number, to: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(Math.max(0, to - from));
  let filled = 0;
  while (filled < bytes.length) {
    const { bytesRead } = await handle.read(bytes, filled, bytes.length - filled, from + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return bytes.subarray(0, filled);
}

function parseLines(bytes: Buffer): Parsed {
  const lines: LogLine[] = [];
  let good = 0;
  for (let end = bytes.indexOf(NEWLINE); end !== -1; end = bytes.indexOf(NEWLINE, good)) {
    try {
      lines.push(JSON.parse(bytes.toString('utf8', good, end)) as LogLine);
    } catch {
      break;
    }
    good = end + 1;
  }
  return { lines, bytes: good };
}

/** The lines of one range of a file. */
export async function readLines(handle: FileHandle, from: number, to: number): Promise<LogLine[]> {
  return parseLines(await readRange(handle, from, to)).lines;
}

/** Like {@link readLines} for about a block: up to the last newline in it, and further when one line is longer. */
async function readStep(handle: FileHandle, from: number, size: number): Promise<Parsed & { complete: boolean }> {
  for (let step = BLOCK_BYTES; ; step *= 2) {
    const bytes = await readRange(handle, from, Math.min(size, from + step));
    const cut = bytes.lastIndexOf(NEWLINE) + 1;
    if (cut === 0 && from + step < size) continue;
    const parsed = parseLines(bytes.subarray(0, cut));
    return { ...parsed, complete: cut > 0 && parsed.bytes === cut };
  }
}

/**
 * Reads what the index does not cover and adds its blocks to `blocks`. Blocks at its end that hold no whole line are dropped first, as
 * their offset may be wrong.
 * @returns the end of the last whole line, and its number (0 when there is none)
 */
export async function findEnd(
  handle: FileHandle,
  size: number,
  blocks: Block[],
): Promise<{ end: number; lastSeq: number }> {
  let block = blocks.at(-1) ?? { seq: 1, offset: 0 };
  let found = await readStep(handle, block.offset, size);
  while (blocks.length > 1 && !((found.lines[0]?.seq ?? 0) >= block.seq)) {
    blocks.pop();
    block = blocks.at(-1) ?? block;
    found = await readStep(handle, block.offset, size);
  }
  let end = block.offset + found.bytes;
  let lastSeq = found.lines.at(-1)?.seq ?? block.seq - 1;
  while (found.complete && end < size) {
    found = await readStep(handle, end, size);
    if (found.bytes === 0) break;
    blocks.push({ seq: lastSeq + 1, offset: end });
    end += found.bytes;
    lastSeq = found.lines.at(-1)?.seq ?? lastSeq;
  }
  return { end, lastSeq };
}
