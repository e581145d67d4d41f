/**
 * The log of one task while it is written or read. Lines get their number here, go to the file in batches and stay in memory
 * until they are there; while there are live followers, the last 8 MiB stay in memory for all of them together.
 * Readers pull: nothing is ever queued for one of them. They are shown only what is in the file: a host that is killed must not give the
 * number of a line that a reader has seen to another line.
 */
import type { LogLine } from '../../../../contract/automation/tasks.ts';
import type { TimeSlicer } from '../../../core/time-slicer.ts';
import { BLOCK_BYTES, type LogFile, type Piece } from './log-file.ts';

/** What a follower gets. */
export type LogItem = LogLine | { type: 'gap'; dropped: number; next_since: number };

/** Memory that lines for live followers may take, bytes of their text. */
const RING_BYTES = 8 * 1024 * 1024;
/** Text that may wait for the disk before writers have to stop. */
const PENDING_BYTES = 1024 * 1024;
/** Lines that a follower takes before others have their turn. */
const LINES_PER_TURN = 128;

/** See {@link createTaskLog}. */
export interface TaskLog {
  lastSeq(): number;
  /** Bytes in the file. */
  bytes(): number;
  /** Numbers and keeps a line. @returns its bytes in the file */
  append(line: Omit<LogLine, 'seq'>): number;
  /** Resolves when little enough waits for the disk; writers that can be stopped wait for it. */
  drained(): Promise<void>;
  /** Resolves when everything appended so far is in the file. @throws Error when the disk refused it */
  flush(): Promise<void>;
  /** The run of lines that holds `seq`, from the file. */
  block(seq: number): Promise<LogLine[]>;
  /** Nothing more will be written. */
  end(): void;
  follow(since: number, signal: AbortSignal): AsyncGenerator<LogItem, void>;
  close(): Promise<void>;
}

interface Kept {
  line: LogLine;
  bytes: number;
}

/**
 * @param file   null when the task has no log yet and nobody writes one
 * @param isOver true when the task has ended and no writer is open
 */
export function createTaskLog(
  file: LogFile | null,
  timeSlicer: TimeSlicer,
  isOver: () => boolean,
  ringBytes = RING_BYTES,
): TaskLog {
  let lastSeq = file?.lastSeq() ?? 0;
  let flushedSeq = lastSeq;
  let kept: Kept[] = [];
  /** Entries of `kept` before this one have been let go. */
  let head = 0;
  let keptBytes = 0;
  let pending: Piece[] = [];
  let pendingBytes = 0;
  let lastPieceBytes = 0;
  let writing: Promise<void> | null = null;
  let failure: unknown = null;
  let followers = 0;
  const waiting = new Set<() => void>();
  let drainWaiting: (() => void)[] = [];
  let notifying = false;

  const firstKept = () => lastSeq - (kept.length - head) + 1;

  function trim(): void {
    const limit = followers > 0 ? ringBytes : 0;
    while (keptBytes > limit && head < kept.length && (kept[head]?.line.seq ?? 0) <= flushedSeq) {
      keptBytes -= kept[head]?.bytes ?? 0;
      head += 1;
    }
    if (head > 1024 && head * 2 > kept.length) {
      kept = kept.slice(head);
      head = 0;
    }
  }

  /** Wakes the followers, a few in each turn of the event loop. */
  function notify(): void {
    if (notifying || waiting.size === 0) return;
    notifying = true;
    timeSlicer.run(() => {
      notifying = false;
      const woken = [...waiting];
      waiting.clear();
      for (const wake of woken) timeSlicer.run(wake);
    });
  }

  async function write(): Promise<void> {
    while (pending.length > 0 && file !== null) {
      const pieces = pending;
      const bytes = pendingBytes;
      pending = [];
      lastPieceBytes = 0;
      try {
        await file.append(pieces);
      } catch (error) {
        // The disk is full or gone: the lines stay lost, the task goes on, the caller of flush hears of it.
        failure ??= error;
      }
      pendingBytes -= bytes;
      const last = pieces.at(-1);
      if (last) flushedSeq = last.seq + last.lines - 1;
      trim();
      notify();
      const drained = drainWaiting;
      drainWaiting = [];
      for (const resolve of drained) resolve();
    }
  }

  function startWriting(): void {
    if (writing !== null) return;
    // Everything of this turn of the event loop becomes one write.
    writing = new Promise<void>((resolve) => setImmediate(resolve)).then(write).finally(() => {
      writing = null;
      if (pending.length > 0) startWriting();
    });
  }

  async function* follow(since: number, signal: AbortSignal): AsyncGenerator<LogItem, void> {
    let cursor = since;
    let live = false;
    let inTurn = 0;
    followers += 1;
    try {
      while (!signal.aborted) {
        if (cursor >= flushedSeq) {
          live = true;
          if (isOver() && flushedSeq === lastSeq) return;
          await more(signal);
          continue;
        }
        const first = firstKept();
        if (cursor + 1 >= first) {
          live = true;
          const line = kept[head + cursor + 1 - first]?.line;
          if (!line) throw new Error(`log line ${cursor + 1} is not where it should be`);
          cursor = line.seq;
          yield line;
          inTurn += 1;
        } else if (live) {
          const gap = { type: 'gap', dropped: first - 1 - cursor, next_since: first - 1 } as const;
          cursor = first - 1;
          yield gap;
        } else {
          const lines = (await file?.block(cursor + 1)) ?? [];
          const wanted = lines.filter((line) => line.seq > cursor);
          // A line the disk lost: go on with what there is.
          if (wanted.length === 0) cursor += 1;
          for (const line of wanted) {
            if (signal.aborted) return;
            cursor = line.seq;
            yield line;
            if (cursor % LINES_PER_TURN === 0) await timeSlicer.next();
          }
        }
        if (inTurn >= LINES_PER_TURN) {
          inTurn = 0;
          await timeSlicer.next();
        }
      }
    } finally {
      followers -= 1;
      trim();
    }
  }

  function more(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        waiting.delete(wake);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      waiting.add(wake);
      signal.addEventListener('abort', wake, { once: true });
      if (signal.aborted) wake();
    });
  }

  return {
    lastSeq: () => lastSeq,
    bytes: () => file?.size() ?? 0,
    append(content) {
      lastSeq += 1;
      const line: LogLine = { seq: lastSeq, ...content };
      const text = `${JSON.stringify(line)}\n`;
      const bytes = Buffer.byteLength(text);
      kept.push({ line, bytes });
      keptBytes += bytes;
      const last = pending.at(-1);
      if (last && lastPieceBytes + bytes <= BLOCK_BYTES) {
        last.text += text;
        last.lines += 1;
        lastPieceBytes += bytes;
      } else {
        pending.push({ seq: line.seq, lines: 1, text });
        lastPieceBytes = bytes;
      }
      pendingBytes += bytes;
      startWriting();
      return bytes;
    },
    drained: () =>
      pendingBytes <= PENDING_BYTES ? Promise.resolve() : new Promise((resolve) => drainWaiting.push(resolve)),
    async flush() {
      while (writing !== null) await writing;
      if (failure !== null) {
        const error = failure;
        failure = null;
        throw error;
      }
    },
    block: (seq) => file?.block(seq) ?? Promise.resolve([]),
    end: notify,
    follow,
    async close() {
      while (writing !== null) await writing;
      await file?.close();
    },
  };
}
