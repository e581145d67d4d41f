/** Logs of all tasks: opens each file once, whoever reads or writes it, and closes it when nobody does. */

import type { LogLine } from '../../../../contract/automation/tasks.ts';
import type { Redactor } from '../../../../contract/kernel/redact.ts';
import { type Clock, iso } from '../../../core/clock.ts';
import type { TimeSlicer } from '../../../core/time-slicer.ts';
import { openLogFile } from './log-file.ts';
import { createLogWriter, type LogFigures, type LogWriter } from './log-writer.ts';
import { createTaskLog, type LogItem, type TaskLog } from './task-log.ts';

/** What to read of a log. */
export interface LogQuery {
  after_seq?: number | undefined;
  before_seq?: number | undefined;
  /** This level and more severe ones. */
  level?: LogLine['level'] | undefined;
  /** Text of the message, case-insensitive. */
  q?: string | undefined;
  limit: number;
}

/** Some lines, oldest first. */
export interface LogPage {
  items: LogLine[];
  /** Number to go on from: as `after_seq`, or as `before_seq` when the read went backwards; null at the end. */
  next_cursor: string | null;
  /** Lines of the whole log; null when filtered. */
  total: number | null;
}

/** See {@link createLogs}. */
export interface Logs {
  write(taskId: string, attempt: number, limitBytes: number): Promise<LogWriter>;
  /**
   * One page. With `before_seq` alone the lines just before it, else those after `after_seq`.
   */
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

interface Open {
  log: Promise<TaskLog>;
  users: number;
  writers: number;
}

const LEVELS: LogLine['level'][] = ['debug', 'info', 'warn', 'error'];

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
  const open = new Map<string, Open>();

  async function withLog<T>(taskId: string, use: (log: TaskLog) => Promise<T>): Promise<T> {
    const entry = take(taskId, false);
    try {
      return await use(await entry.log);
    } finally {
      await giveBack(taskId, entry);
    }
  }

  function take(taskId: string, write: boolean): Open {
    const known = open.get(taskId);
    if (known) {
      known.users += 1;
      if (write) known.writers += 1;
      return known;
    }
    // Until the task has ended a writer may join, so even a reader opens the file for both.
    const entry: Open = {
      users: 1,
      writers: write ? 1 : 0,
      log: openLogFile(dirOf(taskId), { write: !isEnded(taskId) }).then((file) =>
        createTaskLog(file, timeSlicer, () => entry.writers === 0 && isEnded(taskId)),
      ),
    };
    open.set(taskId, entry);
    return entry;
  }

  async function giveBack(taskId: string, entry: Open): Promise<void> {
    entry.users -= 1;
    if (entry.users > 0) return;
    if (open.get(taskId) === entry) open.delete(taskId);
    await entry.log.then((log) => log.close()).catch(() => undefined);
  }

  return {
    async write(taskId, attempt, limitBytes) {
      const entry = take(taskId, true);
      try {
        const log = await entry.log;
        const writer = createLogWriter({
          log,
          attempt,
          limitBytes,
          redactor,
          clock,
          timeSlicer,
          onDiskError: (error) => deps.onDiskError(taskId, error),
        });
        return {
          ...writer,
          async close(deadlineMs): Promise<LogFigures> {
            const figures = await writer.close(deadlineMs);
            entry.writers -= 1;
            await giveBack(taskId, entry);
            return figures;
          },
        };
      } catch (error) {
        entry.writers -= 1;
        await giveBack(taskId, entry);
        throw error;
      }
    },
    read: (taskId, query) =>
      withLog(taskId, async (log) => {
        await log.flush().catch((error: unknown) => deps.onDiskError(taskId, error));
        return readPage(log, query, timeSlicer);
      }),
    async *follow(taskId, since, signal) {
      const entry = take(taskId, false);
      try {
        yield* (await entry.log).follow(since, signal);
      } finally {
        await giveBack(taskId, entry);
      }
    },
    ended(taskId) {
      void open.get(taskId)?.log.then(
        (log) => log.end(),
        () => undefined,
      );
    },
    epilogue: (taskId, attempt, message) =>
      withLog(taskId, async (log) => {
        log.append({ at: iso(clock.now()), level: 'error', source: 'host', attempt, step: null, message, data: null });
        await log.flush();
        return { lastSeq: log.lastSeq(), bytes: log.bytes() };
      }),
  };
}

async function readPage(log: TaskLog, query: LogQuery, timeSlicer: TimeSlicer): Promise<LogPage> {
  const { level, q, limit } = query;
  const least = level === undefined ? 0 : LEVELS.indexOf(level);
  const needle = q?.toLowerCase();
  const wanted = (line: LogLine) =>
    LEVELS.indexOf(line.level) >= least && (needle === undefined || line.message.toLowerCase().includes(needle));
  const last = Math.min(log.lastSeq(), (query.before_seq ?? Number.MAX_SAFE_INTEGER) - 1);
  const first = (query.after_seq ?? 0) + 1;
  const backwards = query.before_seq !== undefined && query.after_seq === undefined;
  const total = level === undefined && q === undefined ? log.lastSeq() : null;
  const items: LogLine[] = [];

  for (let at = backwards ? last : first; at >= first && at <= last && items.length <= limit; ) {
    const block = await log.block(at);
    const begin = block[0]?.seq;
    const end = block.at(-1)?.seq;
    if (begin === undefined || end === undefined) break;
    const found = block.filter((line) => line.seq >= first && line.seq <= last && wanted(line));
    if (backwards) items.push(...found.reverse());
    else items.push(...found.filter((line) => line.seq >= at));
    at = backwards ? begin - 1 : end + 1;
    await timeSlicer.next();
  }
  const more = items.length > limit;
  const page = items.slice(0, limit);
  const edge = page.at(-1)?.seq;
  return {
    items: backwards ? page.reverse() : page,
    next_cursor: more && edge !== undefined ? String(edge) : null,
    total,
  };
}
