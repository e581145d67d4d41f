import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { manualClock } from '../../../../../tests/support/core.ts';
import { LOG_MARK } from '../../../../contract/automation/executor.ts';
import { MAX_LOG_CHARS } from '../../../../contract/automation/report/report-limits.ts';
import type { LogLine } from '../../../../contract/automation/tasks.ts';
import { createRedactor } from '../../../../contract/kernel/redact/redact.ts';
import { systemClock } from '../../../core/clock.ts';
import { createTimeSlicer } from '../../../core/scheduling/time-slicer.ts';
import { openLogFile } from './log-file.ts';
import { createLogWriter } from './log-writer.ts';
import { createTaskLog, type TaskLog } from './task-log.ts';

const MIB = 1_048_576;
const NOW = '2026-01-01T00:00:00.000Z';
const timeSlicer = createTimeSlicer();
let dir: string;
let log: TaskLog;
beforeEach(async () => {
  dir = mkdtempSync(path.join(os.tmpdir(), 'tabagent-writer-'));
  log = createTaskLog(await openLogFile(dir, { write: true }), timeSlicer, () => true);
});
afterEach(async () => {
  await log.close();
  rmSync(dir, { recursive: true, force: true });
});

function writerOf(limitBytes = 64 * MIB, clock = { ...systemClock, now: manualClock().now }) {
  const redactor = createRedactor(['hunter2-secret']);
  const onDiskError = (error: unknown) => {
    throw error;
  };
  return createLogWriter({ log, attempt: 3, limitBytes, redactor, clock, timeSlicer, onDiskError });
}

/** Everything in the log, in order. */
async function written(): Promise<LogLine[]> {
  const lines: LogLine[] = [];
  for (let at = 1; at <= log.lastSeq(); at = (lines.at(-1)?.seq ?? at) + 1) {
    lines.push(...(await log.block(at)).filter((line) => line.seq >= at));
  }
  return lines;
}

/** What a process prints on both streams, in chunks. */
async function print(chunks: readonly (readonly ['stdout' | 'stderr', Buffer | string])[], limit?: number) {
  const writer = writerOf(limit);
  const streams = { stdout: new PassThrough(), stderr: new PassThrough() };
  for (const name of ['stdout', 'stderr'] as const) writer.read(streams[name], name);
  for (const [name, chunk] of chunks) streams[name].write(chunk);
  for (const stream of Object.values(streams)) stream.end();
  return writer.close(5000);
}

const structured = (more: Record<string, unknown>) =>
  `${LOG_MARK}${JSON.stringify({ level: 'debug', source: 'script', message: 'm', step: 2, at: 0, ...more })}\n`;

describe('what a process prints', () => {
  // Would catch: characters that are broken at the border of two chunks, and lines of two streams that are mixed into one.
  test('comes out whole from each stream however the chunks are cut and interleaved', async () => {
    const text = fc.array(
      fc.string({ unit: 'grapheme' }).map((line) => line.replace(/[\n\r\x1e]/g, ' ')),
      { maxLength: 8 },
    );
    await fc.assert(
      fc.asyncProperty(
        text,
        text,
        fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 1, max: 9 }))),
        async (out, err, cuts) => {
          const before = log.lastSeq();
          const bytes = [out, err].map((lines) => Buffer.from(lines.map((line) => `${line}\n`).join('')));
          const places = [0, 0];
          const chunks: ['stdout' | 'stderr', Buffer][] = [];
          for (const [first, length] of [...cuts, [true, 1e6] as const, [false, 1e6] as const]) {
            const which = first ? 0 : 1;
            const from = places[which] ?? 0;
            chunks.push([first ? 'stdout' : 'stderr', bytes[which]?.subarray(from, from + length) ?? Buffer.alloc(0)]);
            places[which] = from + length;
          }
          const figures = await print(chunks);
          const lines = (await written()).filter((line) => line.seq > before);
          const of = (source: string) => lines.filter((line) => line.source === source).map((line) => line.message);
          const wellFormed = (all: string[]) => all.map((line) => line.toWellFormed());
          expect([of('stdout'), of('stderr')]).toEqual([wellFormed(out), wellFormed(err)]);
          expect(lines.every((line) => line.level === (line.source === 'stdout' ? 'info' : 'warn'))).toBe(true);
          expect(figures).toMatchObject({ lines: out.length + err.length, dropped: 0 });
        },
      ),
      { numRuns: 60 },
    );
  });

  test('as a structured line keeps its level, source, step and data, without secrets and no longer than a line may be', async () => {
    const secretive = structured({ at: 1000, data: { a: ['hunter2-secret'] } });
    const long = structured({
      message: `hunter2-secret ${'y'.repeat(MAX_LOG_CHARS)}`,
      data: 'z'.repeat(MAX_LOG_CHARS),
    });
    await print([['stdout', secretive + long]]);
    const [first, second, ...more] = await written();
    const shared = { level: 'debug', source: 'script', attempt: 3, step: 2 };
    expect(first).toMatchObject({ ...shared, at: '1970-01-01T00:00:01.000Z', data: { a: ['[redacted]'] } });
    expect(second).toMatchObject({ ...shared, data: { omitted: expect.any(String) } });
    expect(second?.message).toMatch(/^\[redacted\] y+… \(\d+ more characters\)$/);
    expect(second?.message.length).toBeLessThanOrEqual(MAX_LOG_CHARS);
    expect(second?.message.length).toBeGreaterThan(MAX_LOG_CHARS - 50);
    expect(more).toEqual([]);
  });

  // Would catch: a time that no date can hold, which throws in the middle of a chunk and loses the rest of the output.
  test.each([
    [8.64e15, '+275760-09-13T00:00:00.000Z'],
    [-8.64e15, '-271821-04-20T00:00:00.000Z'],
    [8.64e15 + 1, NOW],
    [Number.MAX_SAFE_INTEGER, NOW],
  ])('at %d is dated %s', async (at, dated) => {
    await print([['stdout', `${structured({ at })}after\n`]]);
    expect((await written()).map((line) => [line.at, line.message])).toEqual([
      [dated, 'm'],
      [NOW, 'after'],
    ]);
  });

  test.each([
    ['no level', { level: 'loud' }],
    ['no whole number as its time', { at: 1.5 }],
    ['no text as its message', { message: 7 }],
  ])('with %s is kept as text', async (_, more) => {
    await print([['stdout', structured(more)]]);
    expect((await written())[0]).toMatchObject({
      source: 'stdout',
      level: 'info',
      message: structured(more).trimEnd(),
    });
  });
});

describe('the limit', () => {
  // Would catch: lines over the limit that are counted wrongly, so that the last line tells the wrong number.
  test('counts every line that is left out, whole or torn, raw or structured, on both streams', async () => {
    const line = `${'x'.repeat(200)}\n`;
    const chunks = fc.array(
      fc.tuple(fc.constantFrom('stdout' as const, 'stderr' as const), fc.integer({ min: 1, max: 60 })),
    );
    await fc.assert(
      fc.asyncProperty(chunks, fc.boolean(), fc.boolean(), async (plan, torn, asStructured) => {
        const before = log.lastSeq();
        const one = asStructured ? structured({ message: line.trimEnd() }) : line;
        const all = plan.map(([name, n]) => [name, one.repeat(n)] as const);
        const figures = await print([...all, ...(torn ? [['stdout', 'torn'] as const] : [])], 8000);
        const total = plan.reduce((sum, [, n]) => sum + n, 0) + (torn ? 1 : 0);
        const lines = (await written()).filter((found) => found.seq > before);
        const notice = figures.dropped > 0 ? 1 : 0;
        expect(lines).toHaveLength(figures.lines);
        expect(figures.lines - notice + figures.dropped).toBe(total);
        expect(figures.bytes).toBeLessThan(8000 + 1000);
        if (notice) expect(lines.at(-1)?.message).toContain(`${figures.dropped} more lines were not kept`);
      }),
      {
        numRuns: 60,
        examples: [
          [
            [
              ['stdout', 1],
              ['stderr', 1],
              ['stderr', 23],
            ],
            true,
            false,
          ],
        ],
      },
    );
  });

  test('does not keep the host from saying why the attempt ended, in parts and without secrets', async () => {
    const writer = writerOf(10);
    writer.say('info', 'begins');
    writer.say('error', `hunter2-secret ${'z'.repeat(MAX_LOG_CHARS)}`);
    expect(await writer.close(5000)).toMatchObject({ lines: 3, dropped: 0 });
    const [, first, second] = await written();
    expect([first?.source, first?.level, second?.level]).toEqual(['host', 'error', 'error']);
    expect(`${first?.message}${second?.message}`).toBe(`[redacted] ${'z'.repeat(MAX_LOG_CHARS)}`);
  });
});

describe('the end of the streams', () => {
  test('that break is an end like any other: what came before is kept', async () => {
    const writer = writerOf();
    const stream = new PassThrough();
    writer.read(stream, 'stdout');
    stream.write('one\ntwo');
    await timeSlicer.next();
    stream.destroy(new Error('EPIPE'));
    expect(await writer.close(5000)).toMatchObject({ lines: 2 });
    expect((await written()).map((line) => line.message)).toEqual(['one', 'two']);
  });

  // Would catch: an attempt that never ends because a descendant that got away keeps writing for ever.
  test('is given up when more comes than pipes can hold, although it is never silent', async () => {
    const writer = writerOf();
    const stream = new PassThrough();
    writer.read(stream, 'stdout');
    const chunk = Buffer.from(`${'w'.repeat(1023)}\n`.repeat(64));
    stream.on('drain', () => stream.write(chunk));
    stream.on('resume', () => stream.write(chunk));
    stream.write(chunk);
    const figures = await writer.close(20);
    expect(stream.destroyed).toBe(true);
    expect(figures.lines * 1024).toBeGreaterThan(4 * MIB);
  }, 60_000);

  test('of a process that prints nothing is an empty log', async () => {
    expect(await print([])).toEqual({ lines: 0, bytes: 0, dropped: 0 });
    expect(await written()).toEqual([]);
  });
});
