import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { AppendReport } from '../../../../../tests/fixtures/workers/log-appender.ts';
import { ROOT } from '../../../../../tests/support/core.ts';
import type { LogLine } from '../../../../contract/automation/tasks.ts';
import { BLOCK_BYTES, decodeIndex, encodeIndex } from './block-index.ts';
import { type LogFile, openLogFile, type Piece } from './log-file.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(path.join(os.tmpdir(), 'tabagent-log-file-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const logPath = () => path.join(dir, 'log.jsonl');
const indexPath = () => path.join(dir, 'log.idx');
const upTo = (n: number, from = 1) => Array.from({ length: n - from + 1 }, (_, i) => i + from);

function textOf(seq: number, message: string): string {
  const at = '2026-01-01T00:00:00.000Z';
  const line: LogLine = { seq, at, level: 'info', source: 'stdout', attempt: 1, step: null, message, data: null };
  return `${JSON.stringify(line)}\n`;
}

const piece = (seq: number, messages: readonly string[]): Piece => ({
  seq,
  lines: messages.length,
  text: messages.map((message, i) => textOf(seq + i, message)).join(''),
});

async function open(write = true): Promise<LogFile> {
  const file = await openLogFile(dir, { write });
  if (file === null) throw new Error('no log');
  return file;
}

/** Every line, found one number after the other as a reader does it. */
async function allLines(file: LogFile): Promise<LogLine[]> {
  const lines: LogLine[] = [];
  for (let next = 1; next <= file.lastSeq(); ) {
    const block = await file.block(next);
    const wanted = block.filter((line) => line.seq >= next);
    lines.push(...wanted);
    next = Math.max(next, wanted.at(-1)?.seq ?? next) + 1;
  }
  return lines;
}

/** A log of some blocks; `width` characters a line. */
async function filled(lines: number, width: number, text = (seq: number) => `${seq} `.padEnd(width, 'x')) {
  const file = await open();
  for (let seq = 1; seq <= lines; seq += 100) {
    await file.append([piece(seq, upTo(Math.min(lines, seq + 99), seq).map(text))]);
  }
  await file.close();
}

describe('after a crash', () => {
  // Would catch: a torn line that stays in the file and hides what is appended after it; a number that is given twice or left out.
  test('at whatever byte the file ends: whole lines stay, the torn one goes, and the next number follows', async () => {
    const messages = ['plain', 'ünï→', '😀'.repeat(20), '', 'x'.repeat(3000), 'last'];
    const full = messages.map((message, i) => textOf(i + 1, message));
    const bytes = Buffer.from(full.join(''));
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: bytes.length }), async (length) => {
        rmSync(indexPath(), { force: true });
        writeFileSync(logPath(), bytes.subarray(0, length));
        const whole = bytes.subarray(0, length).toString('latin1').split('\n').length - 1;
        const file = await open();
        expect(file.lastSeq()).toBe(whole);
        await file.append([piece(whole + 1, ['after the crash'])]);
        const lines = await allLines(file);
        expect(lines.map((line) => line.message)).toEqual([...messages.slice(0, whole), 'after the crash']);
        expect(lines.map((line) => line.seq)).toEqual(upTo(whole + 1));
        expect(file.size()).toBe(statSync(logPath()).size);
        await file.close();
      }),
      { numRuns: 60, examples: [[0], [1], [bytes.length - 1], [bytes.length]] },
    );
  });

  // Would catch: a tail that the file system had allocated but never written (zeros, or what was there before) read as lines.
  test.each([
    ['zeros', Buffer.alloc(5000)],
    ['zeros and a newline', Buffer.concat([Buffer.alloc(40), Buffer.from('\n')])],
    ['half a character', Buffer.from([0x7b, 0xf0, 0x9f])],
    ['bytes that are no UTF-8', Buffer.from([0xff, 0xfe, 0x0a, 0xc3, 0x0a])],
    ['a line without its head', Buffer.from('"message":"x"}\n{"seq":9}\n')],
    ['a blank line', Buffer.from('\n')],
  ])('%s at the end are cut off', async (_, garbage) => {
    await filled(3, 20);
    const good = readFileSync(logPath());
    writeFileSync(logPath(), Buffer.concat([good, garbage]));
    const file = await open();
    expect(file.lastSeq()).toBe(3);
    expect(readFileSync(logPath())).toEqual(good);
    await file.close();
  });

  test('a torn line longer than many blocks is cut off, and one that is whole is kept', async () => {
    const long = textOf(2, 'y'.repeat(5 * BLOCK_BYTES));
    writeFileSync(logPath(), textOf(1, 'a') + long + textOf(3, 'z'.repeat(4 * BLOCK_BYTES)).slice(0, -9));
    const file = await open();
    expect(file.lastSeq()).toBe(2);
    expect((await allLines(file)).map((line) => line.message.length)).toEqual([1, 5 * BLOCK_BYTES]);
    await file.close();
  });

  test('a log that is only read is not repaired, but read as far as it is whole', async () => {
    await filled(3, 20);
    truncateSync(logPath(), statSync(logPath()).size - 5);
    const before = readFileSync(logPath());
    const file = await open(false);
    expect(file.lastSeq()).toBe(2);
    expect((await allLines(file)).map((line) => line.seq)).toEqual([1, 2]);
    await file.close();
    expect(readFileSync(logPath())).toEqual(before);
  });

  test('a folder without a log has nothing to read', async () => {
    expect(await openLogFile(path.join(dir, 'gone'), { write: false })).toBeNull();
  });
});

describe('the index', () => {
  // Would catch: whole lines that are cut off, or a place that is not found, because the index was believed.
  test.each([
    ['is gone', () => rmSync(indexPath())],
    ['is empty', () => writeFileSync(indexPath(), '')],
    ['is torn within an entry', () => truncateSync(indexPath(), statSync(indexPath()).size - 7)],
    ['lacks its last entries', () => truncateSync(indexPath(), 32)],
    ['was allocated but not written', () => writeFileSync(indexPath(), Buffer.alloc(160))],
    ['is noise', () => writeFileSync(indexPath(), Buffer.from('not an index at all, but some text'.repeat(9)))],
    ['does not begin at the start', () => writeFileSync(indexPath(), readFileSync(indexPath()).subarray(16))],
    ['points into the middle of a line', () => writeFileSync(indexPath(), shifted(7))],
    ['is one line off', () => writeFileSync(indexPath(), shifted(0, 1))],
  ])('that %s costs no line', async (_, damage) => {
    await filled(3000, 300);
    expect(statSync(indexPath()).size).toBeGreaterThan(10 * 16);
    damage();
    const file = await open();
    expect(file.lastSeq()).toBe(3000);
    expect((await file.block(3000)).at(-1)?.seq).toBe(3000);
    await file.append([piece(3001, ['more'])]);
    await file.close();
    const again = await open();
    expect(again.lastSeq()).toBe(3001);
    await again.close();
  });

  /** The index with its last entry moved. */
  function shifted(bytes: number, lines = 0): Buffer {
    const blocks = decodeIndex(readFileSync(indexPath()), Number.MAX_SAFE_INTEGER);
    const last = blocks.at(-1);
    if (!last) throw new Error('no index');
    return encodeIndex([...blocks.slice(0, -1), { seq: last.seq + lines, offset: last.offset + bytes }]);
  }

  test('survives being written and read, whatever it holds, and what does not rise ends it', () => {
    const steps = fc.array(fc.tuple(fc.integer({ min: 1, max: 2 ** 20 }), fc.integer({ min: 1, max: 2 ** 40 })));
    fc.assert(
      fc.property(steps, fc.nat(), fc.nat(15), (rises, cut, torn) => {
        let at = { seq: 1, offset: 0 };
        const blocks = [at, ...rises.map(([seq, offset]) => (at = { seq: at.seq + seq, offset: at.offset + offset }))];
        const bytes = encodeIndex(blocks);
        expect(decodeIndex(bytes, Number.MAX_SAFE_INTEGER)).toEqual(blocks);
        // What lies behind the end of the log is not believed.
        const size = blocks[cut % blocks.length]?.offset ?? 0;
        expect(decodeIndex(bytes, size).every((block) => block.offset < size || block.offset === 0)).toBe(true);
        const fewer = decodeIndex(bytes.subarray(0, bytes.length - torn), Number.MAX_SAFE_INTEGER);
        expect(fewer).toEqual(torn === 0 || blocks.length === 1 ? blocks : blocks.slice(0, -1));
        expect(decodeIndex(Buffer.concat([bytes, bytes]), Number.MAX_SAFE_INTEGER)).toEqual(blocks);
      }),
    );
  });
});

describe('reading', () => {
  // Would catch: a character that is cut in two where one read ends and the next begins.
  test('text of many bytes a character comes back whole, wherever a block ends', async () => {
    const messages = upTo(400).map((n) =>
      ['ä', '→', '😀', 'e\u0301', '\u2028', '\u0000', '"\\'].join('').repeat((n % 37) + 1),
    );
    await filled(400, 0, (seq) => messages[seq - 1] ?? '');
    rmSync(indexPath());
    for (const write of [true, false]) {
      const file = await open(write);
      expect((await allLines(file)).map((line) => line.message)).toEqual(messages);
      await file.close();
    }
  });

  test('any line is found by one read of about a block', async () => {
    await filled(5000, 100);
    const file = await open(false);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 5000 }), async (seq) => {
        const block = await file.block(seq);
        expect(block.map((line) => line.seq)).toContain(seq);
        expect(Buffer.byteLength(block.map((line) => JSON.stringify(line)).join('\n'))).toBeLessThan(3 * BLOCK_BYTES);
      }),
    );
    for (const outside of [-1, 0, 5001, Number.MAX_SAFE_INTEGER]) expect(await file.block(outside)).toEqual([]);
    await file.close();
  });

  // Would catch: a cached block that is shown for one that has grown since.
  test('while the file grows every reader sees a run of whole lines up to the end of its moment', async () => {
    const file = await open();
    let over = false;
    const readers = upTo(20).map(async () => {
      let next = 1;
      while (!over || next <= file.lastSeq()) {
        const end = file.lastSeq();
        const block = (await file.block(Math.min(next, Math.max(1, end)))).filter((line) => line.seq >= next);
        expect(block.map((line) => line.seq)).toEqual(upTo(next + block.length - 1, next));
        if (end >= next) expect(block.length).toBeGreaterThan(0);
        next += block.length;
        await new Promise((resolve) => setImmediate(resolve));
      }
      return next - 1;
    });
    for (let seq = 1; seq <= 3000; seq += 10) {
      await file.append([
        piece(
          seq,
          upTo(seq + 9, seq).map((n) => `${n}`.padEnd(n % 200, '.')),
        ),
      ]);
    }
    over = true;
    expect(new Set(await Promise.all(readers))).toEqual(new Set([3000]));
    await file.close();
  });
});

// Would catch: the part of a line that a full disk still took stays in the file, and no line after it can be read any more.
test('a disk that is full in the middle of a write leaves no torn line: what fits later is readable', async () => {
  const child = spawn(
    'bash',
    [
      '-c',
      'ulimit -S -f 96; exec "$0" "$@"',
      process.execPath,
      path.join(ROOT, 'tests/fixtures/workers/log-appender.ts'),
      dir,
    ],
    { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] },
  );
  const answer = async () => (await once(child, 'message'))[0] as AppendReport;
  const append = (lines: number) => {
    const report = answer();
    child.send(lines);
    return report;
  };
  try {
    await answer();
    const reports: AppendReport[] = [];
    while (reports.at(-1)?.ok !== false) reports.push(await append(100));
    expect(reports.length).toBeGreaterThan(5);
    expect(statSync(logPath()).size).toBe(reports.at(-1)?.size);
    execFileSync('prlimit', ['--pid', String(child.pid), '--fsize=unlimited:unlimited']);
    expect((await append(100)).ok).toBe(true);
    const kept = (reports.length - 1) * 100;
    const file = await open();
    // The numbers of what was lost are not given again: a live reader has seen them.
    expect((await allLines(file)).map((line) => line.seq)).toEqual([...upTo(kept), ...upTo(kept + 200, kept + 101)]);
    await file.close();
  } finally {
    child.kill('SIGKILL');
  }
});
