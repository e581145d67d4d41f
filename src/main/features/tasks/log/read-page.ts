/** Pages of a log: by line number, forwards or backwards, filtered by level and text. */
import type { LogLine } from '../../../../contract/automation/tasks.ts';
import type { TimeSlicer } from '../../../core/scheduling/time-slicer.ts';
import type { TaskLog } from './task-log.ts';

/** What to read of a log. */
export interface LogQuery {
  after_seq?: number | undefined;
  before_seq?: number | undefined;
  /** This level and more severe ones. */
  level?: LogLine['level'] | undefined;
  /** Text of the message or of the data, case-insensitive. */
  q?: string | undefined;
  /** Count what matches in the whole log, which reads all of it. */
  count?: boolean | undefined;
  limit: number;
}

/** Some lines, oldest first. */
export interface LogPage {
  items: LogLine[];
  /** Number to go on from: as `after_seq`, or as `before_seq` when the read went backwards; null at the end. */
  next_cursor: string | null;
  /** Lines of the whole log that match; null when they are filtered and were not to be counted. */
  total: number | null;
}

const LEVELS: LogLine['level'][] = ['debug', 'info', 'warn', 'error'];

/** Whether a line has at least a level and holds a text. */
function matcherOf({ level, q }: LogQuery): (line: LogLine) => boolean {
  const least = level === undefined ? 0 : LEVELS.indexOf(level);
  const needle = q?.toLowerCase();
  const holds = (text: string, wanted: string) => text.toLowerCase().includes(wanted);
  return (line) =>
    LEVELS.indexOf(line.level) >= least &&
    (needle === undefined ||
      holds(line.message, needle) ||
      (line.data !== null && holds(JSON.stringify(line.data), needle)));
}

async function countAll(log: TaskLog, wanted: (line: LogLine) => boolean, timeSlicer: TimeSlicer): Promise<number> {
  let total = 0;
  for (let at = 1; at <= log.lastSeq(); ) {
    const block = await log.block(at);
    const end = block.at(-1)?.seq;
    if (end === undefined) break;
    for (const line of block) if (line.seq >= at && wanted(line)) total += 1;
    at = Math.max(end, at) + 1;
    await timeSlicer.next();
  }
  return total;
}

/** Characters of a page: what a reader gets at once has to be bounded, however long the lines are. */
const MAX_PAGE_CHARS = 2 * 1024 * 1024;

const lengthOf = ({ message, data }: LogLine): number =>
  message.length + (data === null ? 0 : JSON.stringify(data).length);

/** The first lines, as many as a page may have: `limit`, or fewer long ones. */
function firstOf(lines: readonly LogLine[], limit: number): LogLine[] {
  let length = 0;
  const end = lines.findIndex((line, index) => {
    length += lengthOf(line);
    return index > 0 && (index === limit || length > MAX_PAGE_CHARS);
  });
  const count = end < 0 ? limit : end;
  return lines.slice(0, count);
}

/** One page. With `before_seq` alone the lines just before it, else those after `after_seq`. */
export async function readPage(log: TaskLog, query: LogQuery, timeSlicer: TimeSlicer): Promise<LogPage> {
  const { level, q, limit } = query;
  const wanted = matcherOf(query);
  const last = Math.min(log.lastSeq(), (query.before_seq ?? Number.MAX_SAFE_INTEGER) - 1);
  const first = (query.after_seq ?? 0) + 1;
  const backwards = query.before_seq !== undefined && query.after_seq === undefined;
  const isWhole = level === undefined && q === undefined;
  const items: LogLine[] = [];
  let length = 0;

  const isFull = () => items.length > limit || length > MAX_PAGE_CHARS;
  for (let at = backwards ? last : first; at >= first && at <= last && !isFull(); ) {
    const block = await log.block(at);
    const begin = block[0]?.seq;
    const end = block.at(-1)?.seq;
    if (begin === undefined || end === undefined) break;
    const found = block.filter((line) => line.seq >= first && line.seq <= last && wanted(line));
    const taken = backwards ? found.reverse() : found.filter((line) => line.seq >= at);
    items.push(...taken);
    length = taken.reduce((sum, line) => sum + lengthOf(line), length);
    // A full disk may have lost lines between this block and the next one.
    at = backwards ? begin - 1 : Math.max(end, at) + 1;
    await timeSlicer.next();
  }
  const page = firstOf(items, limit);
  const more = items.length > page.length;
  const edge = page.at(-1)?.seq;
  return {
    items: backwards ? page.reverse() : page,
    next_cursor: more && edge !== undefined ? String(edge) : null,
    total: isWhole ? log.lastSeq() : query.count ? await countAll(log, wanted, timeSlicer) : null,
  };
}
