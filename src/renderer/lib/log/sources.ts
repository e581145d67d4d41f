/** The two logs of the product as sources for the viewer: a task's and the host's. */

import type { LogLine } from '../../../contract/automation/tasks.ts';
import type { Client } from '../../../contract/client/client-types.ts';
import type { LogEntry } from '../../../contract/host/telemetry.ts';
import type { Input } from '../live/query.ts';
import type { LogSource } from './feed.ts';
import type { LogLevel, LogRow } from './ring.ts';
import type { TimeRange } from './time-range.ts';

const PAGE = 1_000;
/** Lines per page when the user goes back or forth in a task's log, or looks at a time range of the host's. */
const FAR_PAGE = 5_000;
/** Lines before and after one that is gone to. */
const AROUND = 500;
/** Hits that are asked for at once: the most that the host sends of a task's log. */
const MAX_HITS = 5_000;

function taskRow(line: LogLine): LogRow {
  return {
    seq: line.seq,
    at: Date.parse(line.at),
    level: line.level,
    source: line.source,
    text: line.message,
    data: line.data,
  };
}

/** Log of one task, through all its attempts. */
export function taskLog(client: Client, id: LogTaskId): LogSource {
  const page = async (from: { before_seq: number } | { after_seq: number }, limit: number, signal: AbortSignal) => {
    const { items, next_cursor } = await client.call('tasks_logs', { id, ...from, limit }, { signal });
    return { rows: items.map(taskRow), more: next_cursor !== null };
  };
  return {
    tail: (signal) => page({ before_seq: Number.MAX_SAFE_INTEGER }, PAGE, signal),
    before: (seq, signal) => page({ before_seq: seq }, FAR_PAGE, signal),
    after: (seq, signal) => page({ after_seq: seq }, FAR_PAGE, signal),
    async find(q, levels, signal) {
      // The host filters from a level upwards; what is in between is left out here.
      const level = levels === undefined ? {} : { level: leastOf(levels) };
      const answer = await client.call('tasks_logs', { id, q, ...level, count: true, limit: MAX_HITS }, { signal });
      const wanted = answer.items.filter((line) => levels?.includes(line.level) ?? true);
      const isWhole = answer.next_cursor === null;
      return {
        hits: wanted.map(({ seq }) => seq),
        total: isWhole ? wanted.length : levels === undefined ? answer.total : null,
      };
    },
    async around(seq, signal) {
      const [before, after] = await Promise.all([
        page({ before_seq: seq }, AROUND, signal),
        page({ after_seq: seq - 1 }, AROUND, signal),
      ]);
      return { rows: [...before.rows, ...after.rows], more: before.more, behind: after.more };
    },
    follow: (since, on, signal) =>
      client.stream(
        'tasks_logs_follow',
        { id },
        {
          since,
          signal,
          onItem: (item) => {
            if ('message' in item) on.rows([taskRow(item)]);
            else on.gap(item.dropped, item.next_since);
          },
          onEnd: on.end,
          onError: on.error,
        },
      ),
  };
}

const LEVELS: readonly LogLevel[] = ['debug', 'info', 'warn', 'error'];
const leastOf = (levels: readonly LogLevel[]): LogLevel => LEVELS.find((level) => levels.includes(level)) ?? 'debug';

function holds({ text, data }: LogRow, q: string): boolean {
  return `${text} ${data === null ? '' : JSON.stringify(data)}`.toLowerCase().includes(q.toLowerCase());
}

/** Id of a task as the operations take it. */
export type LogTaskId = Input<'tasks_logs'>['id'];

/** Filters of the host's log. */
export type HostLogFilter = Pick<Input<'logs_query'>, 'level' | 'source' | 'q' | 'task_id'>;

function hostRow(entry: LogEntry): LogRow {
  return {
    seq: entry.id,
    at: entry.timestamp,
    level: entry.level === 'log' ? 'info' : entry.level,
    source: entry.source,
    text:
      entry.context === '' || entry.context === entry.source ? entry.message : `[${entry.context}] ${entry.message}`,
    data: entry.data,
  };
}

/** Log of the host; with a range only the lines of it, which is followed only while it reaches into the future. */
export function hostLog(client: Client, filter: HostLogFilter, range: TimeRange | null = null): LogSource {
  let cursor: string | null = null;
  /** The last line of the log before the tail was read: what no line of the tail fits to is followed from there. */
  let newest = 0;
  const limits = range === null ? {} : { since: range.from, until: range.to - 1 };
  const limit = range === null ? PAGE : FAR_PAGE;
  const page = async (signal: AbortSignal) => {
    const answer = await client.call(
      'logs_query',
      { ...filter, ...limits, limit, ...(cursor === null ? {} : { cursor }) },
      { signal },
    );
    cursor = answer.next_cursor;
    return { rows: answer.logs.map(hostRow).reverse(), more: cursor !== null };
  };
  const inRange = (at: number) => range === null || (at >= range.from && at < range.to);
  return {
    async tail(signal) {
      cursor = null;
      const { logs } = await client.call('logs_query', { limit: 1 }, { signal });
      newest = logs[0]?.id ?? 0;
      return page(signal);
    },
    before: (_seq, signal) => page(signal),
    async find(q, _levels, signal) {
      // The filter's own text has been looked for already: what is searched has to hold both.
      const both = filter.q;
      const { logs, next_cursor } = await client.call(
        'logs_query',
        { ...filter, ...limits, q, limit: MAX_HITS },
        { signal },
      );
      const rows = logs.map(hostRow).reverse();
      const hits = both === undefined ? rows : rows.filter((row) => holds(row, both));
      return { hits: hits.map(({ seq }) => seq), total: next_cursor === null ? hits.length : null };
    },
    async around(seq, signal) {
      // The host's log is read backwards only: from somewhat after the line.
      cursor = String(seq + AROUND);
      const { rows, more } = await page(signal);
      return { rows, more, behind: true };
    },
    follow: (last, on, signal) => {
      if (range !== null && range.to <= Date.now()) return on.end();
      const since = Math.max(last, newest);
      client.stream('logs_follow', filter, {
        ...(since === 0 ? {} : { since }),
        signal,
        onItem: (item) => {
          if (!('message' in item)) on.gap(item.dropped, item.next_since);
          else if (inRange(item.timestamp)) on.rows([hostRow(item)]);
        },
        onEnd: on.end,
        onError: on.error,
      });
    },
  };
}
