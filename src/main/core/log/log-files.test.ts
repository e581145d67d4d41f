import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createFaults } from '../faults.ts';
import { openLogFiles } from './log-files.ts';
import { createLogger } from './logger.ts';

let dir: string;
beforeEach(() => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'tabagent-log-'));
});
afterEach(() => fs.rmSync(dir, { recursive: true, force: true }));

const MIB = 1024 * 1024;
const all = () => true;

test('ids go on across restarts, without a gap and without a double', async () => {
  const first = openLogFiles(dir, () => 100 * MIB, createFaults());
  createLogger({ files: first, level: 'info', redact: (line) => line }).info('test', 'one');
  await first.close();
  const second = openLogFiles(dir, () => 100 * MIB, createFaults());
  createLogger({ files: second, level: 'info', redact: (line) => line }).info('test', 'two');
  const entries = await second.query(Number.MAX_SAFE_INTEGER, 10, all);
  expect(entries.map(({ id, message }) => [id, message])).toEqual([
    [2, 'two'],
    [1, 'one'],
  ]);
  await second.close();
});

test('a torn last line (power cut) is skipped and never glued to the next one', async () => {
  fs.writeFileSync(
    path.join(dir, 'host-1.jsonl'),
    '{"id":1,"timestamp":5,"level":"info","source":"host","context":"a","message":"whole"}\n{"id":2,"times',
  );
  const files = openLogFiles(dir, () => 100 * MIB, createFaults());
  createLogger({ files, level: 'info', redact: (line) => line }).info('test', 'after');
  const entries = await files.query(Number.MAX_SAFE_INTEGER, 10, all);
  expect(entries.map(({ message }) => message)).toEqual(['after', 'whole']);
  await files.close();
});

// Would catch: a number that a reader has seen going to another line after a kill or a clean-up; that reader never gets the second one.
test('a number is given once: neither a kill nor cleared entries bring it back', async () => {
  const first = openLogFiles(dir, () => 100 * MIB, createFaults());
  const log = createLogger({ files: first, level: 'info', redact: (line) => line });
  for (let n = 1; n <= 3; n++) log.info('test', `${n}`);
  expect(first.tail(0)).toEqual({ entries: [], dropped: 0 }); // a host that is killed here has shown nothing
  await first.flush();
  expect(first.tail(0).entries.map(({ id }) => id)).toEqual([1, 2, 3]);
  expect(await first.clear(Number.MAX_SAFE_INTEGER)).toBe(3);
  expect(first.tail(1)).toEqual({ entries: [], dropped: 2 });
  await first.close();
  const second = openLogFiles(dir, () => 100 * MIB, createFaults());
  createLogger({ files: second, level: 'info', redact: (line) => line }).info('test', 'four');
  expect((await second.query(Number.MAX_SAFE_INTEGER, 10, all)).map(({ id }) => id)).toEqual([4]);
  await second.close();
});

test('the folder stays within its budget and the newest entries survive', async () => {
  const files = openLogFiles(dir, () => 8 * MIB, createFaults());
  const log = createLogger({ files, level: 'info', redact: (line) => line });
  for (let n = 0; n < 400; n++) {
    log.info('test', `${n} ${'x'.repeat(64 * 1024)}`);
    if (n % 20 === 0) await files.flush();
  }
  await files.close();
  const bytes = fs.readdirSync(dir).reduce((sum, name) => sum + fs.statSync(path.join(dir, name)).size, 0);
  expect(bytes).toBeLessThan(14 * MIB);
  const again = openLogFiles(dir, () => 8 * MIB, createFaults());
  expect((await again.query(Number.MAX_SAFE_INTEGER, 1, all))[0]?.message.startsWith('399 ')).toBe(true);
  await again.close();
});

test('secret values never reach the disk, whatever member they hide in', async () => {
  const files = openLogFiles(dir, () => MIB, createFaults());
  const log = createLogger({ files, level: 'debug', redact: (line) => line.replaceAll('hunter22', '[redacted]') });
  log.warn('test', 'password hunter22', {
    headers: { authorization: 'Bearer hunter22' },
    error: new Error('bad hunter22'),
  });
  await files.close();
  const text = fs
    .readdirSync(dir)
    .map((name) => fs.readFileSync(path.join(dir, name), 'utf8'))
    .join('');
  expect(text).toContain('[redacted]');
  expect(text).not.toContain('hunter22');
});

test('a follower that fell behind learns how many entries it lost', async () => {
  const files = openLogFiles(dir, () => 100 * MIB, createFaults());
  const log = createLogger({ files, level: 'info', redact: (line) => line });
  for (let n = 0; n < 10_001; n++) log.info('test', `${n}`);
  await files.flush();
  const { entries, dropped } = files.tail(0);
  expect(dropped + entries.length).toBe(10_001);
  expect(dropped).toBeGreaterThan(0);
  expect(entries.at(-1)?.id).toBe(10_001);
  await files.close();
});

test('a disk that refuses the log does not take the host down; what was lost is counted', async () => {
  const gone = path.join(dir, 'gone');
  const files = openLogFiles(gone, () => MIB, createFaults());
  fs.rmSync(gone, { recursive: true }); // before the file is opened, which happens in the background
  const log = createLogger({ files, level: 'info', redact: (line) => line });
  await vi.waitFor(() => {
    log.info('test', 'into the void');
    expect(files.dropped()).toBeGreaterThan(0);
  });
});

// Would catch: numbers that readers have seen and that another line gets after a restart, since the file that kept them was emptied.
test('lines that come while the log is cleared stay, and their numbers are not given again', async () => {
  const files = openLogFiles(dir, () => 100 * MIB, createFaults());
  const log = createLogger({ files, level: 'info', redact: (line) => line });
  for (let n = 1; n <= 3; n++) log.info('test', `${n}`);
  const clearing = files.clear(Number.MAX_SAFE_INTEGER);
  log.info('test', 'meanwhile');
  expect(await clearing).toBe(3);
  await files.flush();
  expect((await files.query(Number.MAX_SAFE_INTEGER, 10, all)).map(({ id }) => id)).toEqual([4]);
  await files.close();
  const second = openLogFiles(dir, () => 100 * MIB, createFaults());
  expect(second.nextId()).toBe(5);
  await second.close();
});

// Would catch: one that fails because another has deleted the file that it was about to read.
test('clearing many times at once is clearing one after the other', async () => {
  const files = openLogFiles(dir, () => 100 * MIB, createFaults());
  const log = createLogger({ files, level: 'info', redact: (line) => line });
  const clearings = Array.from({ length: 20 }, (_, n) => {
    log.info('test', `${n}`);
    return files.clear(Number.MAX_SAFE_INTEGER);
  });
  const cleared = await Promise.all(clearings);
  expect(cleared.reduce((sum, one) => sum + one, 0)).toBe(20);
  await files.close();
});

// Would catch: a log call that throws into its caller after the folder was deleted.
test('a folder that vanishes while the log is open ends nothing, not even when the log rotates', async () => {
  const files = openLogFiles(dir, () => 8 * MIB, createFaults());
  const log = createLogger({ files, level: 'info', redact: (line) => line });
  log.info('test', 'before');
  await files.flush();
  fs.rmSync(dir, { recursive: true });
  for (let n = 0; n < 70; n++) log.info('test', 'x'.repeat(64 * 1024));
  await files.flush();
  expect(files.tail(0).entries.at(-1)?.id).toBe(files.keptId());
});

test('only entries before the time are cleared, also in the middle of a file', async () => {
  const line = (id: number, timestamp: number) =>
    `${JSON.stringify({ id, timestamp, level: 'info', source: 'host', context: 'a', message: `${id}` })}\n`;
  fs.writeFileSync(path.join(dir, 'host-1.jsonl'), [1, 2, 3, 4].map((id) => line(id, id * 10)).join(''));
  fs.writeFileSync(path.join(dir, 'host-5.jsonl'), line(5, 50));
  const files = openLogFiles(dir, () => MIB, createFaults());
  expect(await files.clear(30)).toBe(2);
  expect((await files.query(Number.MAX_SAFE_INTEGER, 10, all)).map(({ id }) => id)).toEqual([5, 4, 3]);
  expect(files.nextId()).toBe(6);
  await files.close();
});

// Would catch: a page that repeats or leaves out a line at the border of two files, or reads files of other programs.
test('pages walk every line once across files, and skip what is not a log', async () => {
  const line = (id: number) =>
    `${JSON.stringify({ id, timestamp: id, level: 'info', source: 'host', context: 'ü', message: `№ ${id}` })}\n`;
  const file = (first: number, last: number) =>
    fs.writeFileSync(
      path.join(dir, `host-${first}.jsonl`),
      Array.from({ length: last - first + 1 }, (_, n) => line(first + n)).join(''),
    );
  file(1, 9);
  file(10, 10);
  file(11, 100);
  fs.writeFileSync(path.join(dir, 'host-7.jsonl.bak'), line(7));
  fs.writeFileSync(path.join(dir, 'notes.txt'), 'host-1');
  const files = openLogFiles(dir, () => MIB, createFaults());
  for (const size of [1, 7, 100, 1000]) {
    const seen: number[] = [];
    for (let before = Number.MAX_SAFE_INTEGER; ; ) {
      const page = await files.query(before, size, all);
      seen.push(...page.map(({ id }) => id));
      const last = page.at(-1);
      if (last === undefined) break;
      before = last.id;
    }
    expect(seen, `pages of ${size}`).toEqual(Array.from({ length: 100 }, (_, n) => 100 - n));
  }
  expect(await files.query(11, 10, ({ id }) => id === 10)).toHaveLength(1);
  await files.close();
});

test('a last line that is torn inside a character does not take its number with it', async () => {
  const whole = '{"id":1,"timestamp":5,"level":"info","source":"host","context":"a","message":"ok"}\n';
  const torn = Buffer.from('{"id":2,"timestamp":5,"level":"info","source":"host","context":"a","message":"grü');
  fs.writeFileSync(path.join(dir, 'host-1.jsonl'), Buffer.concat([Buffer.from(whole), torn.subarray(0, -1)]));
  const files = openLogFiles(dir, () => MIB, createFaults());
  expect(files.nextId()).toBe(2);
  await files.close();
});

test('a line that is no entry is not written and takes no number; a listener that throws loses no line', async () => {
  const faults = createFaults();
  const files = openLogFiles(dir, () => MIB, faults);
  files.subscribe(() => {
    throw new Error('listener');
  });
  files.write('not json\n');
  files.write('{"id":1}\n');
  expect(files.nextId()).toBe(1);
  const log = createLogger({ files, level: 'info', redact: (line) => line });
  log.info('test', 'one');
  log.info('test', 'two');
  await files.flush();
  expect(files.tail(0).entries.map(({ message }) => message)).toEqual(['one', 'two']);
  expect(faults.count()).toBeGreaterThan(0);
  await files.close();
});
