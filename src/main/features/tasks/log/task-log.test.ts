import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { LogLine } from '../../../../contract/automation/tasks.ts';
import { createTimeSlicer } from '../../../core/scheduling/time-slicer.ts';
import { type LogFile, openLogFile } from './log-file.ts';
import { createTaskLog, type LogItem } from './task-log.ts';

let dir: string;
const never = new AbortController().signal;

beforeEach(() => {
  dir = mkdtempSync(path.join(os.tmpdir(), 'tabagent-task-log-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const seqs = (items: readonly LogItem[]) => items.map((item) => ('seq' in item ? item.seq : -item.next_since));
const upTo = (n: number, from = 1) => Array.from({ length: n - from + 1 }, (_, i) => i + from);

function line(message: string): Omit<LogLine, 'seq'> {
  const at = '2026-01-01T00:00:00.000Z';
  return { at, level: 'info', source: 'stdout', attempt: 1, step: null, message, data: null };
}

async function collect(items: AsyncIterable<LogItem>): Promise<LogItem[]> {
  const all: LogItem[] = [];
  for await (const item of items) all.push(item);
  return all;
}

// Would catch: a line that a reader has seen and a killed host has not kept; its number goes to another line, which that reader never gets.
test('followers see a line only when it is in the file', async () => {
  const file = await openLogFile(dir, { write: true });
  if (file === null) throw new Error('no file');
  let open = () => {};
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  let reachedDisk = () => {};
  const atDisk = new Promise<void>((resolve) => {
    reachedDisk = resolve;
  });
  const slowDisk: LogFile = {
    ...file,
    async append(pieces) {
      reachedDisk();
      await gate;
      await file.append(pieces);
    },
  };
  const timeSlicer = createTimeSlicer();
  const log = createTaskLog(slowDisk, timeSlicer, () => false);
  const follower = log.follow(0, never);
  let seen: IteratorResult<LogItem, void> | null = null;
  const first = follower.next().then((result) => {
    seen = result;
    return result;
  });
  log.append(line('seen too early'));
  await atDisk;
  await timeSlicer.next();
  await timeSlicer.next();
  expect(seen).toBeNull();
  open();
  expect((await first).value).toMatchObject({ seq: 1, message: 'seen too early' });
  expect((await file.block(1)).map(({ seq }) => seq)).toEqual([1]);
  await follower.return();
  await log.close();
});

test('followers that stall get one gap and go on; no other reader is held up, and memory stays within the ring', async () => {
  const timeSlicer = createTimeSlicer();
  const file = await openLogFile(dir, { write: true });
  let over = false;
  const log = createTaskLog(file, timeSlicer, () => over, 64 * 1024);
  log.append(line('first'));
  const slow = log.follow(0, never);
  expect((await slow.next()).value).toMatchObject({ seq: 1 });
  const fast = collect(log.follow(0, never));
  for (let n = 0; n < 100; n++) {
    for (let i = 0; i < 100; i++) log.append(line('x'.repeat(100)));
    await log.flush();
    // The fast follower is awake in between.
    await timeSlicer.next();
    await timeSlicer.next();
    await timeSlicer.next();
  }
  over = true;
  log.end();
  expect(seqs(await fast)).toEqual(upTo(10_001));
  const rest = await collect(slow);
  const [gap, ...after] = rest;
  if (!gap || !('type' in gap)) throw new Error('no gap');
  expect(gap.dropped).toBeGreaterThan(9000);
  expect(gap.next_since).toBe(1 + gap.dropped);
  expect(seqs(after)).toEqual(upTo(10_001, gap.next_since + 1));
  await log.close();
});
