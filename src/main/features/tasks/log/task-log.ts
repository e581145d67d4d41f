/**
 * The log of one task while it is written or read. Lines get their number here, go to the file in batches and stay in memory
 * until they are there; while there are live followers, the last 8 MiB stay in memory for all of them together.
 * Readers pull, so nothing is buffered per reader. They get a line only when it is in the file: after a kill -9 the number of a line that a
 * reader has seen must not be given to another line.
 */
import type { LogLine } from '../../../../contract/automation/tasks.ts';
import type { TimeSlicer } from '../../../core/scheduling/time-slicer.ts';
import { createWaiters } from '../read/waiters.ts';
import { createDiskQueue } from './disk-queue.ts';
import { createLineRing, type LineRing } from './line-ring.ts';
import type { LogFile } from './log-file.ts';

/** What a follower gets. */
export type LogItem = LogLine | { type: 'gap'; dropped: number; next_since: number };

/** Memory that lines for live followers may take, bytes of their text. */
const RING_BYTES = 8 * 1024 * 1024;
/** Items that a follower takes before others have their turn. */
const ITEMS_PER_TURN = 128;

/** See {@link createTaskLog}. */
export interface TaskLog {
  /** Number of the last line in the file, 0 when there is none. */
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

/**
 * @param file   null when the task has no log and will not get one
 * @param isOver true when the task has ended and no writer is open
 */
export function createTaskLog(
  file: LogFile | null,
  timeSlicer: TimeSlicer,
  isOver: () => boolean,
  ringBytes = RING_BYTES,
): TaskLog {
  let lastSeq = file?.lastSeq() ?? 0;
  let followers = 0;
  const ring = createLineRing(lastSeq);
  const waiters = createWaiters(timeSlicer);
  const trim = () => ring.trim(followers > 0 ? ringBytes : 0, queue.flushedSeq());
  const queue = createDiskQueue(file, () => {
    trim();
    waiters.notify();
  });
  const block = (seq: number) => file?.block(seq) ?? Promise.resolve([]);

  async function* follow(since: number, signal: AbortSignal): AsyncGenerator<LogItem, void> {
    followers += 1;
    const place: Place = { cursor: since, live: false };
    let sent = 0;
    try {
      while (!signal.aborted) {
        if (place.cursor >= queue.flushedSeq()) {
          place.live = true;
          if (isOver() && queue.flushedSeq() === lastSeq) return;
          await waiters.more(signal);
          continue;
        }
        for (const item of nextFromMemory(ring, place) ?? (await nextFromFile(block, place))) {
          if (signal.aborted) return;
          yield item;
          sent += 1;
          if (sent % ITEMS_PER_TURN === 0) await timeSlicer.next();
        }
      }
    } finally {
      followers -= 1;
      trim();
    }
  }

  return {
    lastSeq: () => file?.lastSeq() ?? 0,
    bytes: () => file?.size() ?? 0,
    append(content) {
      lastSeq += 1;
      const line: LogLine = { seq: lastSeq, ...content };
      const text = `${JSON.stringify(line)}\n`;
      const bytes = Buffer.byteLength(text);
      ring.push(line, bytes);
      queue.push(line.seq, text, bytes);
      return bytes;
    },
    drained: queue.drained,
    flush: queue.flush,
    block,
    end: waiters.notify,
    follow,
    async close() {
      await queue.settled();
      await file?.close();
    },
  };
}

/** Where a follower is. */
interface Place {
  /** Number of the last line that it has got. */
  cursor: number;
  /** True once it has caught up: what it misses from then on is a gap, because it was too slow. */
  live: boolean;
}

/** The next line, or the gap before it; null when a follower that has not caught up has to read it from the file. */
function nextFromMemory(ring: LineRing, place: Place): LogItem[] | null {
  const first = ring.first();
  if (place.cursor + 1 >= first) {
    place.live = true;
    place.cursor += 1;
    return [ring.line(place.cursor)];
  }
  if (!place.live) return null;
  const gap: LogItem = { type: 'gap', dropped: first - 1 - place.cursor, next_since: first - 1 };
  place.cursor = first - 1;
  return [gap];
}

/** The next lines of the file. */
async function nextFromFile(block: TaskLog['block'], place: Place): Promise<LogLine[]> {
  const from = place.cursor;
  const lines = (await block(from + 1)).filter((line) => line.seq > from);
  // A line the disk lost: go on with what there is.
  place.cursor = lines.at(-1)?.seq ?? from + 1;
  return lines;
}
