import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createFaults } from '../../core/faults.ts';
import { type LogFiles, openLogFiles } from '../../core/log/log-files.ts';
import { createLogger, type Logger } from '../../core/log/logger.ts';
import { createLogService } from './logs.ts';

// Would catch: entries that are counted as stored and are nowhere, and a client's time that is accepted and lost.
test('entries of a client keep its time and data; what the level leaves out is not counted as stored', async () => {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'tabagent-log-'));
  const files = openLogFiles(dir, () => 1e8, createFaults());
  const logs = createLogService(files, createLogger({ files, level: 'info', redact: (line) => line }));
  const entry = { source: 'extension', context: 'tab', data: null } as const;
  const stored = logs.write([
    { ...entry, level: 'log', message: 'one', data: { tab: 7 }, timestamp: 1_700_000_000_000 },
    { ...entry, level: 'debug', message: 'too fine' },
    { ...entry, level: 'error', message: 'two' },
  ]);
  expect(stored).toBe(2);
  const { logs: found } = await logs.query({ limit: 10 });
  expect(found.map(({ level, message, data }) => ({ level, message, data }))).toEqual([
    { level: 'error', message: 'two', data: null },
    { level: 'info', message: 'one', data: { client: { tab: 7 }, timestamp: 1_700_000_000_000 } },
  ]);
  await files.close();
  fs.rmSync(dir, { recursive: true });
});

describe('with some entries', () => {
  let dir: string;
  let files: LogFiles;
  let log: Logger;
  let logs: ReturnType<typeof createLogService>;
  beforeEach(() => {
    dir = fs.mkdtempSync(path.join(os.tmpdir(), 'tabagent-log-'));
    files = openLogFiles(dir, () => 1e8, createFaults());
    log = createLogger({ files, level: 'debug', redact: (line) => line });
    logs = createLogService(files, log);
    log.info('start', 'Ready at port 8080');
    log.for('tasks').warn('queue', 'slow', { task_id: 'tsk_1' });
    log.for('tasks').error('queue', 'GRÖSSE exceeded', { task_id: 'tsk_2', bytes: 7 });
    log.for('http').debug('request', 'GET /v1/health');
  });
  afterEach(async () => {
    await files.close();
    fs.rmSync(dir, { recursive: true });
  });

  const messages = async (filter: Partial<Parameters<typeof logs.query>[0]>) =>
    (await logs.query({ limit: 10, ...filter })).logs.map(({ message }) => message);

  test.each<[string, Partial<Parameters<typeof logs.query>[0]>, string[]]>([
    ['no filter: newest first', {}, ['GET /v1/health', 'GRÖSSE exceeded', 'slow', 'Ready at port 8080']],
    ['a level', { level: 'warn' }, ['slow']],
    ['levels', { level: ['warn', 'error'] }, ['GRÖSSE exceeded', 'slow']],
    ['a source', { source: 'tasks' }, ['GRÖSSE exceeded', 'slow']],
    ['a context', { context: 'request' }, ['GET /v1/health']],
    ['part of a context is not the context', { context: 'req' }, []],
    ['a text that is spelt differently', { q: 'größe' }, []],
    ['a text in another case', { q: 'Grösse EX' }, ['GRÖSSE exceeded']],
    ['a text in the data', { q: '"bytes":7' }, ['GRÖSSE exceeded']],
    ['a text with signs of a pattern', { q: '.*' }, []],
    ['a task', { task_id: 'tsk_1' }, ['slow']],
    ['a task and a text of another one', { task_id: 'tsk_1', q: 'exceeded' }, []],
    ['a time to come', { since: Date.now() + 60_000 }, []],
    ['a time that is over', { until: 1 }, []],
  ])('%s', async (_name, filter, expected) => {
    expect(await messages(filter)).toEqual(expected);
  });

  // Would catch: a last page that says there is another one, or a cursor that repeats its line.
  test('pages end where the log begins', async () => {
    const first = await logs.query({ limit: 3 });
    expect(first).toMatchObject({ count: 3, next_cursor: '2' });
    const second = await logs.query({ limit: 3, cursor: first.next_cursor ?? '' });
    expect(second).toMatchObject({ count: 1, next_cursor: null });
    expect((await logs.query({ limit: 4 })).next_cursor).toBeNull();
  });

  test.each(['', '0', '-1', '1.5', 'abc', 'NaN', '9'.repeat(30)])('the cursor "%s" is refused', async (cursor) => {
    await expect(logs.query({ limit: 1, cursor })).rejects.toMatchObject({
      slug: 'validation-error',
      extra: { field: 'cursor' },
    });
  });

  test('statistics count every name, also one that objects have by themselves', async () => {
    logs.write([{ level: 'error', source: '__proto__', context: 'constructor', message: 'x', data: null }]);
    const stats = await logs.stats();
    expect(stats).toMatchObject({ total_logs: 5, by_level: { debug: 1, info: 1, warn: 1, error: 2 }, dropped: 0 });
    expect(Object.entries(stats.by_source)).toContainEqual(['__proto__', 1]);
    expect(Object.entries(stats.by_context)).toContainEqual(['constructor', 1]);
    expect(stats.newest_timestamp).toBeGreaterThanOrEqual(stats.oldest_timestamp ?? Number.POSITIVE_INFINITY);
  });

  test('a follower gets what is there after its place, then each new line that matches, until it leaves', async () => {
    const leave = new AbortController();
    const lines = logs.follow({ since: 1, source: 'tasks' }, leave.signal);
    const next = async () => (await lines.next()).value;
    expect(await next()).toMatchObject({ seq: 2, message: 'slow' });
    expect(await next()).toMatchObject({ seq: 3 });
    const waiting = next();
    log.for('http').info('request', 'not for this one');
    log.for('tasks').info('queue', 'new');
    expect(await waiting).toMatchObject({ seq: 6, message: 'new' });
    const last = lines.next();
    leave.abort();
    expect(await last).toEqual({ done: true, value: undefined });
  });

  test('without a place a follower starts now; with one beyond the end it waits for what comes', async () => {
    const leave = new AbortController();
    const now = logs.follow({}, leave.signal);
    const later = logs.follow({ since: 1_000_000 }, leave.signal);
    const both = Promise.all([now.next(), later.next()]);
    await new Promise(setImmediate);
    log.info('start', 'next');
    expect((await both).map(({ value }) => value)).toEqual([
      expect.objectContaining({ seq: 5, message: 'next' }),
      expect.objectContaining({ seq: 5, message: 'next' }),
    ]);
    leave.abort();
    expect(await now.next()).toMatchObject({ done: true });
  });

  // Would catch: lines that a slow reader loses without being told.
  test('a follower whose place has left the memory is told how many lines it lost', async () => {
    for (let n = 0; n < 10_000; n++) log.info('flood', `${n}`);
    await files.flush();
    const lines = logs.follow({ since: 0 }, new AbortController().signal);
    const { value: gap } = await lines.next();
    expect(gap).toEqual({ type: 'gap', dropped: expect.any(Number), next_since: expect.any(Number) });
    const { value: first } = await lines.next();
    expect(gap && 'type' in gap && first && 'seq' in first && first.seq === gap.next_since + 1).toBe(true);
    await lines.return(undefined);
  });
});
