import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createTimeSlicer } from '../../../core/scheduling/time-slicer.ts';
import { BLOCK_BYTES } from './block-index.ts';
import { createDiskQueue } from './disk-queue.ts';
import { createLineRing } from './line-ring.ts';
import type { LogFile, Piece } from './log-file.ts';
import { createTaskLog } from './task-log.ts';

const MIB = 1024 * 1024;
const at = '2026-01-01T00:00:00.000Z';
const never = new AbortController().signal;

/** A disk whose every write waits to be told how it went. */
function slowDisk() {
  const writes: { pieces: readonly Piece[]; done: () => void; fail: (error: Error) => void }[] = [];
  let arrived = () => {};
  const file: LogFile = {
    lastSeq: () => 0,
    size: () => 0,
    append: (pieces) =>
      new Promise<void>((done, fail) => {
        writes.push({ pieces, done, fail });
        arrived();
      }),
    block: async () => [],
    close: async () => undefined,
  };
  return {
    file,
    async next() {
      if (writes.length === 0) await new Promise<void>((resolve) => (arrived = resolve));
      const write = writes.shift();
      if (!write) throw new Error('no write');
      return write;
    },
    waiting: () => writes.length,
  };
}

const pushLines = (queue: ReturnType<typeof createDiskQueue>, from: number, lengths: readonly number[]) =>
  lengths.forEach((length, i) => void queue.push(from + i, `${'x'.repeat(length - 1)}\n`, length));

describe('lines on their way to the disk', () => {
  // Would catch: a write a line, which makes a chatty task a thousand times slower; a piece so long that a block cannot be found with one read.
  test('of one turn of the event loop are one write, in pieces of a block at most, in order and without loss', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: BLOCK_BYTES + 10 }), { minLength: 1 }), async (lengths) => {
        const disk = slowDisk();
        const queue = createDiskQueue(disk.file, () => undefined);
        pushLines(queue, 1, lengths);
        const { pieces, done } = await disk.next();
        let next = 1;
        for (const { seq, lines, text } of pieces) {
          expect(seq).toBe(next);
          expect(
            text
              .split('\n')
              .slice(0, -1)
              .map((line) => line.length + 1),
          ).toEqual(lengths.slice(seq - 1, seq - 1 + lines));
          if (lines > 1) expect(text.length).toBeLessThanOrEqual(BLOCK_BYTES);
          next += lines;
        }
        expect(next).toBe(lengths.length + 1);
        done();
        await queue.flush();
        expect([queue.flushedSeq(), disk.waiting()]).toEqual([lengths.length, 0]);
      }),
      { numRuns: 50 },
    );
  });

  test('stop their writers while more than a MiB waits, and let them go on when the write is through', async () => {
    const disk = slowDisk();
    const queue = createDiskQueue(disk.file, () => undefined);
    pushLines(queue, 1, [MIB]);
    await queue.drained();
    pushLines(queue, 2, [10]);
    let drained = false;
    const draining = queue.drained().then(() => {
      drained = true;
    });
    const write = await disk.next();
    await Promise.resolve();
    expect(drained).toBe(false);
    write.done();
    await draining;
  });

  test('that come during a write are the next one; flush waits for both', async () => {
    const disk = slowDisk();
    const written: number[] = [];
    const queue = createDiskQueue(disk.file, () => written.push(queue.flushedSeq()));
    pushLines(queue, 1, [5, 5]);
    const first = await disk.next();
    pushLines(queue, 3, [5]);
    const flushed = queue.flush();
    first.done();
    const second = await disk.next();
    expect(queue.flushedSeq()).toBe(2);
    expect(second.pieces.map((piece) => [piece.seq, piece.lines])).toEqual([[3, 1]]);
    second.done();
    await flushed;
    expect(written).toEqual([2, 3]);
  });

  // Would catch: a task that stands still because its disk is full; an error that is told again and again, or never.
  test('that the disk refuses are given up: writers go on, and the next flush alone hears of it', async () => {
    const disk = slowDisk();
    const queue = createDiskQueue(disk.file, () => undefined);
    pushLines(queue, 1, [2 * MIB]);
    const stopped = queue.drained();
    (await disk.next()).fail(new Error('ENOSPC'));
    await stopped;
    expect(queue.flushedSeq()).toBe(1);
    await expect(queue.flush()).rejects.toThrow('ENOSPC');
    pushLines(queue, 2, [5]);
    (await disk.next()).done();
    await queue.flush();
    expect(queue.flushedSeq()).toBe(2);
  });

  test('of a log without a file are dropped at once and block no writer', async () => {
    const log = createTaskLog(null, createTimeSlicer(), () => true);
    log.append({ at, level: 'info', source: 'host', attempt: 1, step: null, message: 'into the void', data: null });
    await Promise.all([log.flush(), log.drained(), log.close()]);
    expect([log.lastSeq(), log.bytes(), await log.block(1)]).toEqual([0, 0, []]);
    const items: unknown[] = [];
    for await (const item of log.follow(1, never)) items.push(item);
    expect(items).toEqual([]);
  });
});

// Would catch: a line that is let go before it is in the file, or memory that grows with the log although nobody follows it.
test('the lines in memory are always the last ones, reach back to the disk, and take no more than the limit beyond it', () => {
  const actions = fc.array(
    fc.oneof(
      fc.record({ act: fc.constant('push' as const), bytes: fc.integer({ min: 1, max: 50 }) }),
      fc.record({ act: fc.constant('flush' as const), share: fc.double({ min: 0, max: 1, noNaN: true }) }),
      fc.record({ act: fc.constant('trim' as const), limit: fc.integer({ min: 0, max: 500 }) }),
    ),
    { maxLength: 4000, size: 'max' },
  );
  fc.assert(
    fc.property(actions, fc.nat(1000), (steps, before) => {
      const ring = createLineRing(before);
      const bytes: number[] = [];
      let flushed = before;
      for (const step of steps) {
        const last = before + bytes.length;
        if (step.act === 'push') {
          bytes.push(step.bytes);
          const line = { at, level: 'info', source: 's', attempt: 1, step: null, message: '', data: null } as const;
          ring.push({ seq: last + 1, ...line }, step.bytes);
        } else if (step.act === 'flush') flushed += Math.floor((last - flushed) * step.share);
        else {
          ring.trim(step.limit, flushed);
          const kept = bytes.slice(ring.first() - 1 - before).reduce((sum, n) => sum + n, 0);
          if (kept > step.limit) expect(ring.first()).toBe(flushed + 1);
        }
        expect(ring.first()).toBeLessThanOrEqual(flushed + 1);
        for (const seq of [ring.first(), before + bytes.length]) {
          if (seq <= before + bytes.length && seq >= ring.first()) expect(ring.line(seq).seq).toBe(seq);
        }
      }
      expect(() => ring.line(before + bytes.length + 1)).toThrow();
    }),
    { numRuns: 60 },
  );
});
