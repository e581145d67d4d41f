import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { LogLine } from '../../../../contract/automation/tasks.ts';
import { createTimeSlicer } from '../../../core/scheduling/time-slicer.ts';
import { type LogFile, openLogFile } from './log-file.ts';
import { type LogQuery, readPage } from './read-page.ts';
import { createTaskLog, type TaskLog } from './task-log.ts';

const LEVELS = ['debug', 'info', 'warn', 'error'] as const;
const LINES = 1500;
const dir = mkdtempSync(path.join(os.tmpdir(), 'tabagent-read-page-'));
const timeSlicer = createTimeSlicer();
const at = '2026-01-01T00:00:00.000Z';
const words = ['Straße', 'ÉCLAIR', '100%', 'a_b', '日本語', ''];

/** Every line of the log, as the pages should have them. */
const all: LogLine[] = [];
let log: TaskLog;

function contentOf(n: number): Omit<LogLine, 'seq'> {
  const level = LEVELS[n % 10 === 0 ? 3 : n % 5 === 0 ? 2 : n % 2] ?? 'info';
  const message = `${words[n % words.length]} ${n} ${'x'.repeat(n % 300 === 280 ? 70_000 : n % 90)}`;
  const data = n % 7 === 0 ? { page: `ÉCLAIR/${n}` } : null;
  return { at, level, source: 'stdout', attempt: 1, step: null, message, data };
}

/** A log with holes, also at the ends of blocks and at its own, as a disk leaves them that is full for a while. */
beforeAll(async () => {
  const file = await openLogFile(dir, { write: true });
  if (file === null) throw new Error('no log');
  let full = false;
  const flaky: LogFile = {
    ...file,
    append: (pieces) => (full ? Promise.reject(new Error('ENOSPC')) : file.append(pieces)),
  };
  log = createTaskLog(flaky, timeSlicer, () => false);
  for (let n = 1; n <= LINES; ) {
    full = n % 300 > 280;
    const lines = full ? 7 : 40;
    for (let i = 0; i < lines && n <= LINES; i++, n++) {
      if (!full) all.push({ seq: n, ...contentOf(n) });
      log.append(contentOf(n));
    }
    await log.flush().catch(() => undefined);
  }
  expect(all.length).toBeLessThan(LINES);
});
afterAll(async () => {
  await log.close();
  rmSync(dir, { recursive: true, force: true });
});

function wanted(query: Omit<LogQuery, 'limit'>): LogLine[] {
  const least = query.level === undefined ? 0 : LEVELS.indexOf(query.level);
  return all.filter(
    (line) =>
      line.seq > (query.after_seq ?? 0) &&
      line.seq < (query.before_seq ?? Number.POSITIVE_INFINITY) &&
      LEVELS.indexOf(line.level) >= least &&
      [line.message, line.data === null ? '' : JSON.stringify(line.data)].some((text) =>
        text.toLowerCase().includes((query.q ?? '').toLowerCase()),
      ),
  );
}

const filter = {
  level: fc.option(fc.constantFrom(...LEVELS), { nil: undefined }),
  q: fc.option(fc.constantFrom('STRASSE', 'straße', 'éclair', '%', '_', '日', ' 77', 'nowhere', ''), {
    nil: undefined,
  }),
};
const place = fc.option(fc.integer({ min: 0, max: LINES + 10 }), { nil: undefined });

// Would catch: a line left out or shown twice where two pages or two blocks meet; a read that never ends in a hole of the log.
test('the pages of any filter, forwards or backwards, are together exactly the lines that match', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.record({ ...filter, backwards: fc.boolean(), from: place, limit: fc.integer({ min: 1, max: 200 }) }),
      async ({ backwards, from, limit, ...filters }) => {
        const start = backwards ? { before_seq: from ?? LINES + 1 } : { after_seq: from };
        const expected = wanted({ ...filters, ...start });
        const found: LogLine[] = [];
        for (let query: LogQuery = { ...filters, ...start, limit }; ; ) {
          const page = await readPage(log, query, timeSlicer);
          expect(page.items.length).toBeLessThanOrEqual(limit);
          if (backwards) found.unshift(...page.items);
          else found.push(...page.items);
          if (page.next_cursor === null) break;
          const chars = page.items.reduce((sum, { message }) => sum + message.length, 0);
          if (chars < 2_000_000) expect(page.items).toHaveLength(limit);
          query = { ...query, [backwards ? 'before_seq' : 'after_seq']: Number(page.next_cursor) };
        }
        expect(found.map((line) => line.seq)).toEqual(expected.map((line) => line.seq));
      },
    ),
    { numRuns: 120 },
  );
}, 60_000);

// Would catch: a thousand lines as long as they may be in one answer, which holds up whoever reads it.
test('a page has two million characters at most, and one line at least', async () => {
  const long = mkdtempSync(path.join(os.tmpdir(), 'tabagent-read-page-'));
  const file = await openLogFile(long, { write: true });
  if (file === null) throw new Error('no log');
  const lines = createTaskLog(file, timeSlicer, () => false);
  const message = 'x'.repeat(65_536);
  for (let n = 1; n <= 100; n++) lines.append({ ...contentOf(n), message, data: null });
  await lines.flush();
  const forwards = await readPage(lines, { limit: 1000 }, timeSlicer);
  expect(forwards.items.map(({ seq }) => seq)).toEqual(Array.from({ length: 32 }, (_, n) => n + 1));
  expect(forwards.next_cursor).toBe('32');
  const backwards = await readPage(lines, { before_seq: 101, limit: 1000 }, timeSlicer);
  expect([backwards.items.at(0)?.seq, backwards.items.at(-1)?.seq, backwards.next_cursor]).toEqual([69, 100, '69']);
  await lines.close();
  rmSync(long, { recursive: true, force: true });
});

// Would catch: a count of the hits on one page that is shown as that of the whole log.
test('between two numbers the page begins at the first; how many lines match in the whole log is said when it is asked', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.record({ ...filter, after_seq: place, before_seq: place, count: fc.boolean() }),
      async (query) => {
        if (query.after_seq === undefined && query.before_seq !== undefined) return;
        const page = await readPage(log, { ...query, limit: 50 }, timeSlicer);
        expect(page.items).toEqual(wanted(query).slice(0, 50));
        const { level, q, count } = query;
        const total = count ? wanted({ level, q }).length : null;
        expect(page.total).toBe(level === undefined && q === undefined ? all.at(-1)?.seq : total);
      },
    ),
    { numRuns: 120 },
  );
}, 60_000);

// Would catch: a follower that waits for ever for a line that the disk has lost, or ends there.
test('a follower from any place passes over what the disk has lost', async () => {
  for (const since of [0, 281, 285, 300, (all.at(-1)?.seq ?? 0) - 1]) {
    const controller = new AbortController();
    const expected = all.filter((line) => line.seq > since).map((line) => line.seq);
    const got: number[] = [];
    for await (const item of log.follow(since, controller.signal)) {
      if ('seq' in item) got.push(item.seq);
      if (got.length === expected.length) controller.abort();
    }
    expect(got).toEqual(expected);
  }
});
