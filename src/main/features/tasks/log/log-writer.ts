/** The log of one attempt: what its process prints and what the host says about it, up to a limit. */
import type { Readable } from 'node:stream';
import type { StructuredLog } from '../../../../contract/automation/executor.ts';
import type { LogLine } from '../../../../contract/automation/tasks.ts';
import type { Redactor } from '../../../../contract/kernel/redact.ts';
import { type Clock, iso } from '../../../core/clock.ts';
import type { TimeSlicer } from '../../../core/time-slicer.ts';
import { createLineSplitter, cutMessage } from './log-splitter.ts';
import type { TaskLog } from './task-log.ts';

/** How much an attempt has written. */
export interface LogFigures {
  lines: number;
  bytes: number;
  /** Lines over the limit. */
  dropped: number;
}

/** See {@link createLogWriter}. */
export interface LogWriter {
  /** Reads a stream of the process to its end, as fast as the log can take it; the pipe slows the process down. */
  read(stream: Readable, source: 'stdout' | 'stderr'): void;
  /** A line of the host itself; always written. */
  say(level: LogLine['level'], message: string): void;
  /**
   * Waits for the streams' ends and for the disk. Somebody who escaped may hold a stream open for ever: it is given up after
   * `silenceMs` without a byte, counted only while the host itself keeps up, or when more comes than pipes can hold.
   */
  close(silenceMs: number): Promise<LogFigures>;
}

const NEWLINE = 10;
/** More than pipes and their buffers can hold, bytes. */
const LEFT_IN_PIPES = 4 * 1024 * 1024;

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
  const streams: { stream: Readable; done: Promise<void> }[] = [];
  /** Bytes read so far, of all streams. */
  let received = 0;
  /** Chunks that wait for their turn or for the disk: the streams are paused by us, not silent. */
  let held = 0;

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
    const { level, source, step } = line;
    const at = Number.isFinite(line.at) && Math.abs(line.at) < 8.64e15 ? line.at : clock.now();
    cutMessage(line.message).forEach((message, i) => {
      addLimited({ at: iso(at), level, source, step, message, data: i === 0 ? (line.data ?? null) : null });
    });
  }

  function read(stream: Readable, source: 'stdout' | 'stderr'): void {
    const level = source === 'stdout' ? 'info' : 'warn';
    const splitter = createLineSplitter(redactor, {
      structured: addStructured,
      raw: (message) => addLimited({ at: iso(clock.now()), level, source, step: null, message, data: null }),
    });
    let cutShort = false;

    /** Over the limit nothing is decoded any more: line ends are counted, which is fast. */
    function count(chunk: Buffer): void {
      cutShort = chunk.at(-1) !== NEWLINE;
      for (let at = chunk.indexOf(NEWLINE); at !== -1; at = chunk.indexOf(NEWLINE, at + 1)) figures.dropped += 1;
    }

    const done = new Promise<void>((resolve) => {
      stream.on('data', (chunk: Buffer) => {
        stream.pause();
        received += chunk.length;
        held += 1;
        timeSlicer.run(() => {
          if (full()) count(chunk);
          else splitter.push(chunk);
          void log.drained().then(() => {
            held -= 1;
            stream.resume();
          });
        });
      });
      const finish = () =>
        timeSlicer.run(() => {
          if (!full()) splitter.end();
          else if (cutShort) figures.dropped += 1;
          resolve();
        });
      stream.once('close', finish);
      stream.once('error', () => stream.destroy());
    });
    streams.push({ stream, done });
  }

  return {
    read,
    say,
    async close(silenceMs) {
      let ended = false;
      const all = Promise.all(streams.map(({ done }) => done)).then(() => {
        ended = true;
      });
      const start = received;
      let heard = received;
      const watch = () =>
        clock.schedule(() => {
          // Input comes after timers in a turn of the event loop: it has its turn before it is called silent.
          setImmediate(() => {
            if (ended) return;
            const silent = received === heard && held === 0;
            heard = received;
            if (silent || received - start > LEFT_IN_PIPES) for (const { stream } of streams) stream.destroy();
            else cancel = watch();
          });
        }, silenceMs);
      let cancel = watch();
      await all;
      cancel();
      if (figures.dropped > 0) {
        const limit = Math.round(limitBytes / 1_048_576);
        say('warn', `${figures.dropped} more lines were not kept: the log of one attempt is limited to ${limit} MiB.`);
      }
      await log.flush().catch(options.onDiskError);
      return figures;
    },
  };
}
