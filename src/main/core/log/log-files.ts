/**
 * The host's log on disk: segments of JSON lines `host-<first id>.jsonl`, rotated by size, the oldest deleted beyond a budget.
 * Lines are numbered without gaps for ever; readers page backwards through files and follow a ring in memory.
 */
import fs from 'node:fs';
import path from 'node:path';
import type { LogEntry } from '../../../contract/host/telemetry.ts';
import type { Faults } from '../faults.ts';
import { createListeners } from '../listeners.ts';
import { deleteBefore, findBackwards, idAfter, listSegments, parseLine } from './segments.ts';

const SEGMENT_BYTES = 4 * 1024 * 1024;
const RING = 5000;
/** How long the log stays silent after the disk refused it, ms. */
const RETRY_MS = 5000;
/** Lines waiting for the disk beyond which new ones are dropped and counted. */
const MAX_QUEUED_BYTES = 8 * 1024 * 1024;

/** Sink and source of log entries. */
export interface LogFiles {
  /** Id that the next line must carry. */
  nextId(): number;
  /** Id of the last line that the disk has. */
  keptId(): number;
  /** Appends one JSON line whose `id` is {@link nextId}. */
  write(line: string): void;
  /** Newest first, at most `limit` entries with id < `before` that match. Reads segments one by one and yields in between. */
  query(before: number, limit: number, match: (entry: LogEntry) => boolean): Promise<LogEntry[]>;
  /** Entries after `since` that are on disk and still in memory, oldest first; `dropped` counts those before them that have left it. */
  tail(since: number): { entries: LogEntry[]; dropped: number };
  subscribe(listener: () => void): () => void;
  dropped(): number;
  /** Deletes segments whose entries are all older than `before` (unix ms). Answers how many entries went. */
  clear(before: number): Promise<number>;
  flush(): Promise<void>;
  close(): Promise<void>;
}

/** Opens the log in `dir`; `maxBytes` is asked at each rotation. */
export function openLogFiles(dir: string, maxBytes: () => number, faults: Pick<Faults, 'report'>): LogFiles {
  fs.mkdirSync(dir, { recursive: true, mode: 0o700 });
  const newest = listSegments(dir).at(-1);
  let nextId = newest ? idAfter(newest) : 1;
  // A new run starts a new segment, so that a torn line never has a line appended to it; one without a whole line makes room.
  if (newest?.first === nextId) fs.rmSync(newest.file);
  /** Last line that readers may see: after a crash, the number of a line that a reader has seen must not be used for another line. */
  let keptId = nextId - 1;
  let brokenAt = 0;
  let written = 0;
  let stream = open(nextId);
  let dropped = 0;
  const ring: LogEntry[] = [];
  const listeners = createListeners<[]>((error) => faults.report('log', error));

  function open(first: number): fs.WriteStream {
    const opened = fs.createWriteStream(path.join(dir, `host-${first}.jsonl`), { flags: 'a', mode: 0o600 });
    // A full or vanished disk must not take the host down: entries are counted as dropped until it takes them again.
    opened.on('error', () => {
      brokenAt = Date.now();
    });
    brokenAt = 0;
    written = 0;
    return opened;
  }

  function accepts(): boolean {
    if (brokenAt !== 0 && Date.now() - brokenAt > RETRY_MS) stream = open(nextId);
    return brokenAt === 0 && stream.writableLength <= MAX_QUEUED_BYTES;
  }

  function rotate(): void {
    stream.end();
    stream = open(nextId);
    const segments = listSegments(dir);
    let total = 0;
    for (const segment of segments.reverse()) {
      total += fs.statSync(segment.file).size;
      if (total > maxBytes()) fs.rmSync(segment.file, { force: true });
    }
  }

  function keep(id: number): void {
    keptId = Math.max(keptId, id);
    listeners.notify();
  }

  // The callback comes with an error too: a reader then sees what did reach the disk.
  const flush = () => new Promise<void>((resolve) => stream.write('', () => resolve()));

  return {
    nextId: () => nextId,
    keptId: () => keptId,
    write(line) {
      const entry = parseLine(line);
      if (entry === null) return;
      nextId++;
      ring.push(entry);
      if (ring.length > RING * 2) ring.splice(0, ring.length - RING);
      if (!accepts()) {
        dropped++;
        if (brokenAt !== 0) keep(entry.id);
        return;
      }
      written += Buffer.byteLength(line);
      // Called with an error too: what the disk refused is still shown to those who read along.
      stream.write(line, () => keep(entry.id));
      if (written > SEGMENT_BYTES) rotate();
    },
    async query(before, limit, match) {
      await flush();
      return findBackwards(dir, before, limit, match);
    },
    tail(since) {
      const first = ring[0]?.id ?? nextId;
      const from = Math.max(0, since + 1 - first);
      return {
        entries: ring.slice(from, Math.max(from, keptId + 1 - first)),
        dropped: Math.max(0, Math.min(first - 1, keptId) - since),
      };
    },
    subscribe: listeners.add,
    dropped: () => dropped,
    async clear(before) {
      // Lines that come meanwhile go to a segment of their own, whose name keeps the number when all others are gone.
      const old = stream;
      const first = nextId;
      stream = open(first);
      await new Promise<void>((resolve) => old.end(resolve));
      const cleared = await deleteBefore(dir, before, first);
      const keptFrom = ring.findIndex((entry) => entry.timestamp >= before);
      ring.splice(0, keptFrom === -1 ? ring.length : keptFrom);
      return cleared;
    },
    flush,
    close: () => new Promise((resolve) => stream.end(() => resolve())),
  };
}
