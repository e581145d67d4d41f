/** The log of one attempt: what its process prints and what the host says about it, up to a limit. */
import type { Readable } from 'node:stream';
import type { StructuredLog } from '../../../../contract/automation/executor.ts';
import type { LogLine } from '../../../../contract/automation/tasks.ts';
import type { Redactor } from '../../../../contract/kernel/redact/redact.ts';
import { type Clock, iso } from '../../../core/clock.ts';
import type { TimeSlicer } from '../../../core/scheduling/time-slicer.ts';
import { createLineSplitter, cutMessage, type LineSplitter } from './log-splitter.ts';
import { type ByteSink, createStreamIntake } from './stream-intake.ts';
import type { TaskLog } from './task-log.ts';

/** How much an attempt has written. */
export interface LogFigures {
  lines: number;
  bytes: number;
  /** Lines over the limit. */
  dropped: number;
}

const NEWLINE = 10;
/** Furthest moment from 1970 that a `Date` can hold, ms (ECMA-262 §21.4.1.1). */
const MAX_TIME = 8.64e15;

/** See {@link createLogWriter}. */
export interface LogWriter {
  /** Reads a stream of the process to its end, as fast as the log can take it; the pipe slows the process down. */
  read(stream: Readable, source: 'stdout' | 'stderr'): void;
  /** A redacted line of the attempt. Resolves when the log can take more. */
  write(line: Pick<StructuredLog, 'level' | 'source' | 'message'>): Promise<void>;
  /** A line of the host itself; always written. */
  say(level: LogLine['level'], message: string): void;
  /**
   * Waits for the streams' ends and for the disk. A daemonised descendant may hold a stream open for ever: it is given up after
   * `silenceMs` without a byte, counted only while the host itself keeps up, or when more comes than pipes can hold.
   */
  close(silenceMs: number): Promise<LogFigures>;
}

/**
 * @param limitBytes of this attempt in the file; lines over it are counted, and a last line says how many they were
 * @param onDiskError told when lines could not be written
 */
export function createLogWriter(options: {
  log: TaskLog;
  attempt: number;
  limitBytes: number;
  redactor: Redactor;
  clock: Clock;
  timeSlicer: TimeSlicer;
  onDiskError: (error: unknown) => void;
}): LogWriter {
  const { log, attempt, limitBytes, redactor, clock, timeSlicer } = options;
  const figures: LogFigures = { lines: 0, bytes: 0, dropped: 0 };
  const intake = createStreamIntake(clock, timeSlicer, log.drained);

  function add(line: Omit<LogLine, 'seq' | 'attempt'>): void {
    figures.bytes += log.append({ ...line, attempt });
    figures.lines += 1;
  }

  const full = () => figures.bytes >= limitBytes;

  function addLimited(line: Omit<LogLine, 'seq' | 'attempt'>): void {
    if (full()) figures.dropped += 1;
    else add(line);
  }

  function say(level: LogLine['level'], message: string): void {
    for (const part of cutMessage(redactor.text(message))) {
      add({ at: iso(clock.now()), level, source: 'host', step: null, message: part, data: null });
    }
  }

  function addStructured(line: StructuredLog): void {
    const { level, source, step, message, data = null } = line;
    const at = Math.abs(line.at) <= MAX_TIME ? line.at : clock.now();
    addLimited({ at: iso(at), level, source, step, message, data });
  }

  return {
    read(stream, source) {
      const level = source === 'stdout' ? 'info' : 'warn';
      const splitter = createLineSplitter(redactor, {
        structured: addStructured,
        raw: (message) => addLimited({ at: iso(clock.now()), level, source, step: null, message, data: null }),
      });
      const overLimit = createLineCounter(splitter, () => {
        figures.dropped += 1;
      });
      const sink = () => (full() ? overLimit : splitter);
      intake.read(stream, { push: (chunk) => sink().push(chunk), end: () => sink().end() });
    },
    write({ level, source, message }) {
      for (const part of cutMessage(redactor.text(message)))
        addLimited({ at: iso(clock.now()), level, source, step: null, message: part, data: null });
      return log.drained();
    },
    say,
    async close(silenceMs) {
      await intake.ended(silenceMs);
      if (figures.dropped > 0) {
        const limit = Math.round(limitBytes / 1_048_576);
        say('warn', `${figures.dropped} more lines were not kept: the log of one attempt is limited to ${limit} MiB.`);
      }
      await log.flush().catch(options.onDiskError);
      return figures;
    },
  };
}

/**
 * Counts line ends without decoding anything, which is fast.
 * @param before what the stream went to until now: a line that it had begun is counted with its end
 */
function createLineCounter(before: Pick<LineSplitter, 'isWithinLine'>, count: () => void): ByteSink {
  let last: number | null = null;
  return {
    push(chunk) {
      last = chunk.at(-1) ?? last;
      for (let at = chunk.indexOf(NEWLINE); at !== -1; at = chunk.indexOf(NEWLINE, at + 1)) count();
    },
    end() {
      if (last === null ? before.isWithinLine() : last !== NEWLINE) count();
    },
  };
}
