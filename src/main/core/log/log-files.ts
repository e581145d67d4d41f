/**
 * The host's log on disk: segments of JSON lines `host-<first id>.jsonl`, rotated by size, the oldest deleted beyond a budget.
 * Lines are numbered without gaps for ever; readers page backwards through files and follow a ring in memory.
 */
import path from 'node:path';
import type { LogEntry } from '../../../contract/host/telemetry.ts';
import { makeOwnedFolder } from '../disk/owned-files.ts';
import { removeOwnedFile } from '../disk/owned-trees.ts';
import type { Faults } from '../faults.ts';
import { createListeners } from '../listeners.ts';
import { openSegmentWriter } from './segment-writer.ts';
import { deleteBefore, findBackwards, idAfter, listSegments, parseLine } from './segments.ts';

const RING = 5000;

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

/** The newest entries in memory, for those who follow. */
function createRing() {
  const ring: LogEntry[] = [];
  return {
    push(entry: LogEntry): void {
      ring.push(entry);
      if (ring.length > RING * 2) ring.splice(0, ring.length - RING);
    },
    /** Entries with numbers above `since` up to `keptId`; `nextId` is the number of the next entry. */
    tail(since: number, keptId: number, nextId: number): { entries: LogEntry[]; dropped: number } {
      const first = ring[0]?.id ?? nextId;
      const from = Math.max(0, since + 1 - first);
      return {
        entries: ring.slice(from, Math.max(from, keptId + 1 - first)),
        dropped: Math.max(0, Math.min(first - 1, keptId) - since),
      };
    },
    dropBefore(time: number): void {
      const keptFrom = ring.findIndex((entry) => entry.timestamp >= time);
      ring.splice(0, keptFrom === -1 ? ring.length : keptFrom);
    },
  };
}

/** Opens the log in `dir`; `maxBytes` is asked at each rotation. */
export function openLogFiles(dir: string, maxBytes: () => number, faults: Pick<Faults, 'report'>): LogFiles {
  makeOwnedFolder(path.dirname(dir), dir);
  const newest = listSegments(dir).at(-1);
  let nextId = newest ? idAfter(newest) : 1;
  // A new run starts a new segment, so that a torn line never has a line appended to it; one without a whole line makes room.
  if (newest?.first === nextId) removeOwnedFile(path.dirname(dir), newest.file);
  /** Last line that readers may see: after a crash, the number of a line that a reader has seen must not be used for another line. */
  let keptId = nextId - 1;
  let dropped = 0;
  /** The clearing that was asked for last. */
  let clearing: Promise<unknown> = Promise.resolve();
  const writer = openSegmentWriter(dir, nextId, maxBytes);
  const ring = createRing();
  const listeners = createListeners<[]>((error) => faults.report('log', error));

  function keep(id: number): void {
    keptId = Math.max(keptId, id);
    listeners.notify();
  }

  return {
    nextId: () => nextId,
    keptId: () => keptId,
    write(line) {
      const entry = parseLine(line);
      if (entry === null) return;
      nextId++;
      ring.push(entry);
      // What the disk refused is still shown to those who read along.
      if (writer.write(line, nextId, () => keep(entry.id))) return;
      dropped++;
      if (writer.broken()) keep(entry.id);
    },
    async query(before, limit, match) {
      await writer.flush();
      return findBackwards(dir, before, limit, match);
    },
    tail: (since) => ring.tail(since, keptId, nextId),
    subscribe: listeners.add,
    dropped: () => dropped,
    clear(before) {
      // Lines that come meanwhile go to a segment of their own, whose name keeps the number when all others are gone.
      const first = nextId;
      const started = writer.startSegment(first);
      const work = async () => {
        await started;
        const cleared = await deleteBefore(dir, before, first);
        ring.dropBefore(before);
        return cleared;
      };
      // One after the other: two at once would delete and rewrite each other's files.
      const cleared = clearing.then(work, work);
      clearing = cleared;
      return cleared;
    },
    flush: writer.flush,
    close: writer.close,
  };
}
