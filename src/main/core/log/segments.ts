/** The files of the log: JSON lines in `host-<first id>.jsonl`. */
import fs from 'node:fs';
import path from 'node:path';
import { LogEntry } from '../../../contract/host/telemetry.ts';
import { replaceOwned } from '../disk/owned-files.ts';

/** One file of the log. */
export interface Segment {
  first: number;
  file: string;
}

/** The files of a log, oldest first. */
export function listSegments(dir: string): Segment[] {
  return (
    fs
      .readdirSync(dir, { withFileTypes: true })
      // Not a link that something else has put there.
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
  const bytes = fs.readFileSync(file);
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
    const lines = (await fs.promises.readFile(segment.file, 'utf8').catch(() => '')).split('\n');
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
    const text = await fs.promises.readFile(segment.file, 'utf8').catch((error: NodeJS.ErrnoException) => {
      // A rotation has deleted it to keep to the budget.
      if (error.code === 'ENOENT') return null;
      throw error;
    });
    if (text === null) continue;
    const lines = text.split('\n').filter((line) => line !== '');
    const kept = lines.filter((line) => (parseLine(line)?.timestamp ?? 0) >= before);
    deleted += lines.length - kept.length;
    if (kept.length === 0) await fs.promises.rm(segment.file, { force: true });
    else if (kept.length < lines.length)
      replaceOwned(path.dirname(dir), segment.file, kept.map((line) => `${line}\n`).join(''));
  }
  return deleted;
}
