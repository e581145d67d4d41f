/** The latest lines of a log in memory: all that are not in the file yet, and up to a limit more for live followers. */
import type { LogLine } from '../../../../contract/automation/tasks.ts';

/** See {@link createLineRing}. */
export interface LineRing {
  /** @param bytes of the line in the file */
  push(line: LogLine, bytes: number): void;
  /** Number of the first line that is kept; the number after the last one when none is. */
  first(): number;
  /** A line that is kept. @throws Error when there is none of that number yet */
  line(seq: number): LogLine;
  /** Lets the oldest lines go while more than `limit` bytes are kept, but none after `flushedSeq`. */
  trim(limit: number, flushedSeq: number): void;
}

/** @param lastSeq number of the last line that has gone before */
export function createLineRing(lastSeq: number): LineRing {
  let kept: { line: LogLine; bytes: number }[] = [];
  /** Entries of `kept` before this one have been let go. */
  let head = 0;
  let bytesKept = 0;
  let last = lastSeq;

  const first = () => last - (kept.length - head) + 1;

  return {
    push(line, bytes) {
      kept.push({ line, bytes });
      bytesKept += bytes;
      last = line.seq;
    },
    first,
    line(seq) {
      const entry = kept[head + seq - first()];
      if (!entry) throw new Error(`log line ${seq} is not where it should be`);
      return entry.line;
    },
    trim(limit, flushedSeq) {
      for (let entry = kept[head]; entry && bytesKept > limit && entry.line.seq <= flushedSeq; entry = kept[head]) {
        bytesKept -= entry.bytes;
        head += 1;
      }
      if (head > 1024 && head * 2 > kept.length) {
        kept = kept.slice(head);
        head = 0;
      }
    },
  };
}
