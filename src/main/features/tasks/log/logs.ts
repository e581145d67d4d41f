/** Logs of all tasks: what writes, reads and follows them. */
import type { Redactor } from '../../../../contract/kernel/redact/redact.ts';
import { type Clock, iso } from '../../../core/clock.ts';
import type { TimeSlicer } from '../../../core/scheduling/time-slicer.ts';
import { openLogFile } from './log-file.ts';
import { createLogWriter, type LogFigures, type LogWriter } from './log-writer.ts';
import { createOpenLogs } from './open-logs.ts';
import { type LogPage, type LogQuery, readPage } from './read-page.ts';
import { createTaskLog, type LogItem } from './task-log.ts';

/** See {@link createLogs}. */
export interface Logs {
  write(taskId: string, attempt: number, limitBytes: number): Promise<LogWriter>;
  /** See {@link readPage}. */
  read(taskId: string, query: LogQuery): Promise<LogPage>;
  /** Lines after `since` as they are written, until the task ends; a reader that stalls gets a gap. */
  follow(taskId: string, since: number, signal: AbortSignal): AsyncGenerator<LogItem, void>;
  /** The task has ended: its followers end with the last line. */
  ended(taskId: string): void;
  /**
   * Ends the log of an attempt whose host died: repairs what the crash left and adds a line.
   * @returns number of the last line, and bytes of the whole log
   */
  epilogue(taskId: string, attempt: number, message: string): Promise<{ lastSeq: number; bytes: number }>;
}

/**
 * @param deps.dirOf   folder of a task
 * @param deps.isEnded true when nothing more will happen to the task
 */
export function createLogs(deps: {
  dirOf: (taskId: string) => string;
  isEnded: (taskId: string) => boolean;
  redactor: Redactor;
  clock: Clock;
  timeSlicer: TimeSlicer;
  onDiskError: (taskId: string, error: unknown) => void;
}): Logs {
  const { dirOf, isEnded, redactor, clock, timeSlicer } = deps;
  const open = createOpenLogs((taskId, writers) =>
    openLogFile(dirOf(taskId), { write: !isEnded(taskId) }).then((file) =>
      createTaskLog(file, timeSlicer, () => writers() === 0 && isEnded(taskId)),
    ),
  );

  return {
    async write(taskId, attempt, limitBytes) {
      const lease = await open.take(taskId, { write: true });
      const writer = createLogWriter({
        ...{ log: lease.log, attempt, limitBytes, redactor, clock, timeSlicer },
        onDiskError: (error) => deps.onDiskError(taskId, error),
      });
      return {
        ...writer,
        async close(silenceMs): Promise<LogFigures> {
          const figures = await writer.close(silenceMs);
          await lease.giveBack();
          return figures;
        },
      };
    },
    read: (taskId, query) =>
      open.use(taskId, async (log) => {
        await log.flush().catch((error: unknown) => deps.onDiskError(taskId, error));
        return readPage(log, query, timeSlicer);
      }),
    async *follow(taskId, since, signal) {
      const lease = await open.take(taskId, { write: false });
      try {
        yield* lease.log.follow(since, signal);
      } finally {
        await lease.giveBack();
      }
    },
    ended: open.ended,
    epilogue: (taskId, attempt, message) =>
      open.use(taskId, async (log) => {
        log.append({ at: iso(clock.now()), level: 'error', source: 'host', attempt, step: null, message, data: null });
        await log.flush();
        return { lastSeq: log.lastSeq(), bytes: log.bytes() };
      }),
  };
}
