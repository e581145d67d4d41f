/** The host's log as operations: query, statistics, live tail, entries of clients. */
import type { z } from 'zod';
import type { GapItem } from '../../../contract/automation/tasks.ts';
import type { LogEntry } from '../../../contract/host/telemetry.ts';
import type { LogFiles } from '../../core/log/log-files.ts';
import type { Logger } from '../../core/log/logger.ts';
import { notACursor, positionIn } from '../../core/operation/position-cursor.ts';
import { many } from '../../core/operation/values.ts';
import { createWakeup } from '../../core/scheduling/wakeup.ts';

/** Filters that query and tail share. */
export interface LogFilter {
  level?: LogEntry['level'] | LogEntry['level'][] | undefined;
  source?: string | string[] | undefined;
  context?: string | undefined;
  q?: string | undefined;
  task_id?: string | undefined;
}

/** An entry as a client sends it. */
type ClientEntry = Pick<LogEntry, 'level' | 'source' | 'context' | 'message' | 'data'> & {
  timestamp?: number | undefined;
};

function matcher(filter: LogFilter): (entry: LogEntry) => boolean {
  const levels = many<LogEntry['level']>(filter.level);
  const sources = many(filter.source);
  const q = filter.q?.toLowerCase();
  return (entry) => {
    if (levels && !levels.includes(entry.level)) return false;
    if (sources && !sources.includes(entry.source)) return false;
    if (filter.context !== undefined && entry.context !== filter.context) return false;
    if (q === undefined && filter.task_id === undefined) return true;
    const text = `${entry.message} ${entry.context} ${entry.data === null ? '' : JSON.stringify(entry.data)}`;
    if (filter.task_id !== undefined && !text.includes(filter.task_id)) return false;
    return q === undefined || text.toLowerCase().includes(q);
  };
}

function parseCursor(cursor: string | undefined): number {
  if (cursor === undefined) return Number.MAX_SAFE_INTEGER;
  const id = positionIn(cursor, 'the log');
  if (id === 0) throw notACursor('the log');
  return id;
}

/** Counts over everything that is kept. */
async function statsOf(files: LogFiles) {
  // Names come from clients: in a plain object `__proto__` would be lost.
  const levels = new Map<string, number>();
  const sources = new Map<string, number>();
  const contexts = new Map<string, number>();
  let total_logs = 0;
  let oldest_timestamp: number | null = null;
  let newest_timestamp: number | null = null;
  const count = (table: Map<string, number>, key: string) => table.set(key, (table.get(key) ?? 0) + 1);
  await files.query(Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER, (entry) => {
    total_logs++;
    count(levels, entry.level);
    count(sources, entry.source);
    count(contexts, entry.context);
    newest_timestamp ??= entry.timestamp;
    oldest_timestamp = entry.timestamp;
    return false; // counted, not collected
  });
  return {
    total_logs,
    by_level: Object.fromEntries(levels),
    by_source: Object.fromEntries(sources),
    by_context: Object.fromEntries(contexts),
    oldest_timestamp,
    newest_timestamp,
    dropped: files.dropped(),
  };
}

/** Entries as they are written. Without `since` it starts now. A reader that falls behind gets a gap. */
async function* follow(
  files: LogFiles,
  input: LogFilter & { since?: number | undefined },
  signal: AbortSignal,
): AsyncGenerator<(LogEntry & { seq: number }) | z.infer<typeof GapItem>> {
  const matches = matcher(input);
  let at = Math.min(input.since ?? Number.MAX_SAFE_INTEGER, files.nextId() - 1);
  const news = createWakeup(signal);
  const unsubscribe = files.subscribe(news.notify);
  try {
    while (!signal.aborted) {
      const { entries, dropped } = files.tail(at);
      at += dropped;
      if (dropped > 0) yield { type: 'gap', dropped, next_since: at };
      for (const entry of entries) {
        at = entry.id;
        if (matches(entry)) yield { ...entry, seq: entry.id };
        if (signal.aborted) return;
      }
      await news.wait();
    }
  } finally {
    unsubscribe();
    news.dispose();
  }
}

/** Creates the service. */
export function createLogService(files: LogFiles, log: Logger) {
  return {
    async query(
      input: LogFilter & {
        since?: number | undefined;
        until?: number | undefined;
        cursor?: string | undefined;
        limit: number;
      },
    ) {
      const matches = matcher(input);
      const { since = 0, until = Number.MAX_SAFE_INTEGER } = input;
      const found = await files.query(
        parseCursor(input.cursor),
        input.limit + 1,
        (entry) => entry.timestamp >= since && entry.timestamp <= until && matches(entry),
      );
      const more = found.length > input.limit;
      const logs = more ? found.slice(0, input.limit) : found;
      return { count: logs.length, logs, next_cursor: more ? String(logs.at(-1)?.id) : null };
    },
    stats: () => statsOf(files),
    follow: (input: Parameters<typeof follow>[1], signal: AbortSignal) => follow(files, input, signal),
    /**
     * Entries of a client take their place in the log as they come; when they happened by the client's clock is kept beside their data.
     * @returns how many passed the log's level
     */
    write(entries: ClientEntry[]): number {
      const first = files.nextId();
      for (const { level, source, context, message, data, timestamp } of entries) {
        const known = { ...(data === null ? {} : { client: data }), ...(timestamp === undefined ? {} : { timestamp }) };
        log
          .for(source)
          [level === 'log' ? 'info' : level](context, message, Object.keys(known).length === 0 ? undefined : known);
      }
      return files.nextId() - first;
    },
    clear: (before: number) => files.clear(before),
  };
}
export type LogService = ReturnType<typeof createLogService>;
