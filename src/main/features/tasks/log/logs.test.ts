import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { LOG_MARK } from '../../../../contract/automation/executor.ts';
import { createRedactor } from '../../../../contract/kernel/redact/redact.ts';
import { systemClock } from '../../../core/clock.ts';
import { createTimeSlicer } from '../../../core/scheduling/time-slicer.ts';
import { createLogs, type Logs } from './logs.ts';
import type { LogItem } from './task-log.ts';

const MIB = 1_048_576;
let dir: string;
let ended: boolean;
let logs: Logs;
const redactor = createRedactor(['hunter2-secret']);
const never = new AbortController().signal;

beforeEach(() => {
  dir = mkdtempSync(path.join(os.tmpdir(), 'tabagent-logs-'));
  ended = false;
  logs = open();
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

function open(): Logs {
  return createLogs({
    dirOf: () => dir,
    isEnded: () => ended,
    redactor,
    clock: systemClock,
    timeSlicer: createTimeSlicer(),
    onDiskError: (_id, error) => {
      throw error;
    },
  });
}

/** One attempt that prints some text. */
async function attempt(number: number, text: string, limit = 64 * MIB) {
  const writer = await logs.write('tsk', number, limit);
  const stream = new PassThrough();
  writer.read(stream, 'stdout');
  stream.end(text);
  return writer.close(5000);
}

function finish(): void {
  ended = true;
  logs.ended('tsk');
}

async function collect(items: AsyncIterable<LogItem>): Promise<LogItem[]> {
  const all: LogItem[] = [];
  for await (const item of items) all.push(item);
  return all;
}

const seqs = (items: readonly LogItem[]) => items.map((item) => ('seq' in item ? item.seq : -item.next_since));
const upTo = (n: number, from = 1) => Array.from({ length: n - from + 1 }, (_, i) => i + from);

describe('the log file', () => {
  test('numbers lines from 1 without holes through all attempts, also of a later host', async () => {
    expect(await attempt(1, 'a\nb\n')).toMatchObject({ lines: 2, dropped: 0 });
    logs = open();
    expect(await attempt(2, 'c\nd')).toMatchObject({ lines: 2 });
    finish();
    const page = await logs.read('tsk', { limit: 100 });
    expect(page.items.map((line) => [line.seq, line.attempt, line.message])).toEqual([
      [1, 1, 'a'],
      [2, 1, 'b'],
      [3, 2, 'c'],
      [4, 2, 'd'],
    ]);
    expect(page).toMatchObject({ total: 4, next_cursor: null });
  });

  test('a line that a crash tore, and an index from the future, are repaired; numbers go on', async () => {
    await attempt(1, `${'x'.repeat(500)}\n`.repeat(1000));
    const file = path.join(dir, 'log.jsonl');
    truncateSync(file, statSync(file).size - 37);
    const bogus = Buffer.alloc(16);
    bogus.writeDoubleLE(5000, 0);
    bogus.writeDoubleLE(99_999_999, 8);
    appendFileSync(path.join(dir, 'log.idx'), bogus);
    logs = open();
    await attempt(2, 'after\n');
    finish();
    const last = await logs.read('tsk', { after_seq: 998, limit: 10 });
    expect(last.items.map((line) => [line.seq, line.attempt])).toEqual([
      [999, 1],
      [1000, 2],
    ]);
    expect(readFileSync(file, 'utf8').trimEnd().split('\n')).toHaveLength(1000);
  });

  test('without its index it is read all the same', async () => {
    await attempt(1, `${'y'.repeat(300)}\n`.repeat(2000));
    writeFileSync(path.join(dir, 'log.idx'), '');
    logs = open();
    finish();
    expect((await logs.read('tsk', { after_seq: 1990, limit: 100 })).items.map((line) => line.seq)).toEqual(
      upTo(2000, 1991),
    );
  });

  test('reads any place with one block, forwards and backwards, filtered by level and text', async () => {
    const lines = upTo(5000).map((n) => {
      const level = n % 100 === 0 ? 'error' : n % 10 === 0 ? 'warn' : 'info';
      return `${LOG_MARK}${JSON.stringify({ level, source: 'script', message: `Line ${n} of many`, step: null, at: 0 })}\n`;
    });
    await attempt(1, lines.join(''));
    finish();
    const read = async (query: Parameters<Logs['read']>[1]) => {
      const page = await logs.read('tsk', query);
      return { seqs: page.items.map((line) => line.seq), next: page.next_cursor, total: page.total };
    };
    expect(await read({ after_seq: 4990, limit: 5 })).toEqual({ seqs: upTo(4995, 4991), next: '4995', total: 5000 });
    expect(await read({ before_seq: 3, limit: 5 })).toEqual({ seqs: [1, 2], next: null, total: 5000 });
    expect(await read({ before_seq: 1_000_000, limit: 3 })).toEqual({
      seqs: [4998, 4999, 5000],
      next: '4998',
      total: 5000,
    });
    expect(await read({ level: 'error', limit: 3 })).toEqual({ seqs: [100, 200, 300], next: '300', total: null });
    expect(await read({ level: 'warn', before_seq: 200, limit: 2 })).toEqual({
      seqs: [180, 190],
      next: '180',
      total: null,
    });
    expect(await read({ q: 'LINE 4999 ', limit: 10 })).toEqual({ seqs: [4999], next: null, total: null });
    expect(await read({ after_seq: 5000, limit: 10 })).toEqual({ seqs: [], next: null, total: 5000 });
  });

  test('stops at its limit, counts what is over, and says so in one last line', async () => {
    const figures = await attempt(1, `${'z'.repeat(1000)}\n`.repeat(5000), MIB);
    expect(figures.bytes).toBeLessThan(MIB + 4096);
    expect(figures.dropped).toBeGreaterThan(3500);
    expect(figures.lines - 1 + figures.dropped).toBe(5000);
    finish();
    const { items } = await logs.read('tsk', { before_seq: 1_000_000, limit: 1 });
    expect(items[0]).toMatchObject({ source: 'host', level: 'warn' });
    expect(items[0]?.message).toContain(`${figures.dropped} more lines were not kept`);
  });
});

describe('the end of an attempt', () => {
  const pump = `let n = 0; const more = () => { while (n < 3000) if (!process.stdout.write('line ' + ++n + ' ' + 'x'.repeat(80) + '\\n')) return process.stdout.once('drain', more); }; more();`;

  test('does not wait for ever for a pipe that a daemonised descendant holds open', async () => {
    const writer = await logs.write('tsk', 1, MIB);
    const stream = new PassThrough();
    writer.read(stream, 'stdout');
    stream.write('last words\n');
    expect(await writer.close(50)).toMatchObject({ lines: 1 });
    expect(stream.destroyed).toBe(true);
  });

  test('loses nothing that is still in the pipe while the host is busy for longer than the deadline', async () => {
    const writer = await logs.write('tsk', 1, 64 * MIB);
    const child = spawn(process.execPath, ['-e', pump], { stdio: ['ignore', 'pipe', 'inherit'] });
    // All of the rest is in the pipe or comes as fast as it is read; the host is busy most of the time.
    const first = once(child.stdout, 'readable');
    await first;
    const busy = setInterval(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 120), 1);
    writer.read(child.stdout, 'stdout');
    const figures = await writer.close(30);
    clearInterval(busy);
    expect(figures.lines).toBe(3000);
    child.kill('SIGKILL');
  });
});

describe('followers', () => {
  test('get everything from the start and end with the task', async () => {
    const following = collect(logs.follow('tsk', 0, never));
    await attempt(1, 'a\nb\n');
    await attempt(2, 'c\n');
    finish();
    expect(seqs(await following)).toEqual([1, 2, 3]);
    expect(seqs(await collect(logs.follow('tsk', 2, never)))).toEqual([3]);
    expect(seqs(await collect(logs.follow('tsk', 3, never)))).toEqual([]);
  });

  test('end when they are told to, and leave nothing open', async () => {
    const controller = new AbortController();
    const following = collect(logs.follow('tsk', 0, controller.signal));
    await attempt(1, 'a\n');
    controller.abort();
    await following;
    finish();
    expect(seqs(await collect(logs.follow('tsk', 0, never)))).toEqual([1]);
  });

  test('1 000 readers that join early and late on one log: none loses a line', async () => {
    const lines = 2000;
    const early = upTo(500).map(() => collect(logs.follow('tsk', 0, never)));
    const writer = await logs.write('tsk', 1, 64 * MIB);
    const stream = new PassThrough();
    writer.read(stream, 'stdout');
    stream.write(
      upTo(lines / 2)
        .map((n) => `first half ${n}\n`)
        .join(''),
    );
    const first = logs.follow('tsk', 0, never);
    for (let n = 0; n < lines / 2; n++) await first.next();
    const late = upTo(500).map(() => collect(logs.follow('tsk', 0, never)));
    stream.end(
      upTo(lines / 2)
        .map((n) => `second half ${n}\n`)
        .join(''),
    );
    await writer.close(30_000);
    finish();
    const expected = upTo(lines).join();
    for (const items of await Promise.all([...early, ...late])) expect(seqs(items).join()).toBe(expected);
    await first.return();
  }, 60_000);
});

test('a flood of 200 MB is taken in: it yields to the event loop after every few chunks, and memory stays bounded', async () => {
  const total = process.env.TABAGENT_FAULTS === 'long' ? 2000 : 200;
  const writer = await logs.write('tsk', 1, 64 * MIB);
  const block = Buffer.from(`${'flood '.repeat(20)}\n`.repeat(512));
  // Bytes that are taken in between two turns of the event loop: unlike a delay, they do not depend on what else the machine does.
  let inTurn = 0;
  let mostInTurn = 0;
  let watching = true;
  const turn = () => {
    mostInTurn = Math.max(mostInTurn, inTurn);
    inTurn = 0;
    if (watching) setImmediate(turn);
  };
  setImmediate(turn);
  async function* bytes() {
    for (let sent = 0; sent < total * 1e6; sent += block.length) {
      inTurn += block.length;
      yield block;
    }
  }
  const { Readable } = await import('node:stream');
  const before = process.memoryUsage().rss;
  let peak = before;
  const watch = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage().rss);
  }, 50);
  writer.read(Readable.from(bytes(), { objectMode: false, highWaterMark: 65_536 }), 'stdout');
  const figures = await writer.close(120_000);
  clearInterval(watch);
  watching = false;
  const lines = Math.ceil((total * 1e6) / block.length) * 512;
  expect(figures.lines - 1 + figures.dropped).toBe(lines);
  expect(figures.bytes).toBeLessThan(64 * MIB + 4096);
  process.stdout.write(`most in one turn of the event loop: ${(mostInTurn / MIB).toFixed(2)} MiB\n`);
  expect(mostInTurn).toBeLessThan(2 * MIB);
  expect((peak - before) / MIB).toBeLessThan(200);
}, 120_000);
