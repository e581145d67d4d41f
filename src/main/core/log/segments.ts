/** The files of the log: JSON lines in `host-<first id>.jsonl`. */
import path from 'node:path';
import { LogEntry } from '../../../contract/host/telemetry.ts';
import { replaceOwned } from '../disk/owned-files.ts';
import { readOwned, readOwnedNote } from '../disk/owned-reads.ts';
import { listOwnedSync, removeOwned } from '../disk/owned-trees.ts';

/** One file of the log. */
export interface Segment {
  first: number;
  file: string;
}

/** Far above what a file of the log has: 4 MiB and the line that fills it. A longer one is not from the host. */
const MAX_BYTES = 64 * 1024 * 1024;
/** The data directory of a file of the log. */
const rootOf = (file: string) => path.dirname(path.dirname(file));

/** The files of a log, oldest first. */
export function listSegments(dir: string): Segment[] {
  return (
    listOwnedSync(path.dirname(dir), dir)
      // Not a link or a pipe that something else has put there.
      .filter((entry) => entry.isFile())
      .map(({ name }) => /^host-(\d+)\.jsonl$/.exec(name))
      .filter((match) => match !== null)
      .map((match) => ({ first: Number(match[1]), file: path.join(dir, match[0]) }))
      .sort((a, b) => a.first - b.first)
  );
}

/** The entry of a line; null for a line that is torn or foreign. */
export function parseLine(line: string): LogEntry | null {
  try {
    const parsed = LogEntry.safeParse({ data: null, ...JSON.parse(line) });
    return parsed.success ? parsed.data : null;
  } catch {
    return null; // a torn last line after a power cut
  }
}

/** Id after the last whole line, however many lines before it were dropped or cleared; read from the end, where it nearly always is. */
export function idAfter({ first, file }: Segment): number {
  const bytes = readOwnedNote(rootOf(file), file, MAX_BYTES) ?? Buffer.alloc(0);
  for (let end = bytes.length; end > 0; ) {
    const start = bytes.lastIndexOf(10, end - 1) + 1;
    const entry = parseLine(bytes.toString('utf8', start, end));
    if (entry !== null) return entry.id + 1;
    end = start - 1;
  }
  return first;
}

/** Newest first, at most `limit` entries with id < `before` that match. Reads one file at a time and yields in between. */
export async function findBackwards(
  dir: string,
  before: number,
  limit: number,
  match: (entry: LogEntry) => boolean,
): Promise<LogEntry[]> {
  const found: LogEntry[] = [];
  for (const segment of listSegments(dir).reverse()) {
    if (found.length >= limit) break;
    if (segment.first >= before) continue;
    const lines = (await readOwned(rootOf(segment.file), segment.file, MAX_BYTES).catch(() => ''))
      .toString()
      .split('\n');
    for (let index = lines.length - 1; index >= 0 && found.length < limit; index--) {
      const entry = parseLine(lines[index] ?? '');
      if (entry && entry.id < before && match(entry)) found.push(entry);
    }
  }
  return found;
}

/**
 * Deletes the entries older than `before` (unix ms), and files without any. Files from `nextId` on are still written to: they stay.
 * @returns how many entries were deleted
 */
export async function deleteBefore(dir: string, before: number, nextId: number): Promise<number> {
  let deleted = 0;
  for (const segment of listSegments(dir)) {
    if (segment.first >= nextId) continue;
    const bytes = await readOwned(rootOf(segment.file), segment.file, MAX_BYTES).catch(
      (error: NodeJS.ErrnoException) => {
        // A rotation has deleted it to keep to the budget.
        if (error.code === 'ENOENT') return null;
        throw error;
      },
    );
    if (bytes === null) continue;
    const lines = bytes
      .toString()
      .split('\n')
      .filter((line) => line !== '');
    const kept = lines.filter((line) => (parseLine(line)?.timestamp ?? 0) >= before);
    deleted += lines.length - kept.length;
    if (kept.length === 0) await removeOwned(path.dirname(dir), segment.file);
    else if (kept.length < lines.length)
      replaceOwned(path.dirname(dir), segment.file, kept.map((line) => `${line}\n`).join(''));
  }
  return deleted;
}
