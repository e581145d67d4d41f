import { afterEach, beforeEach, expect, test } from 'vitest';
import { createTimeSlicer } from '../../../core/scheduling/time-slicer.ts';
import type { LogFile } from './log-file.ts';
import { createOpenLogs, type OpenLogs } from './open-logs.ts';
import { createTaskLog } from './task-log.ts';

let opened: string[];
let closed: string[];
let writersOf: Map<string, () => number>;
let failure: Error | null;
let logs: OpenLogs;
beforeEach(() => {
  opened = [];
  closed = [];
  writersOf = new Map();
  failure = null;
  logs = createOpenLogs(async (taskId, writers) => {
    opened.push(taskId);
    writersOf.set(taskId, writers);
    if (failure) throw failure;
    const file: LogFile = {
      ...{ lastSeq: () => 0, size: () => 0, append: async () => undefined, block: async () => [] },
      close: async () => void closed.push(taskId),
    };
    return createTaskLog(file, createTimeSlicer(), () => false);
  });
});
afterEach(() => expect(closed.length).toBeLessThanOrEqual(opened.length));

// Would catch: a file handle that is leaked, or closed under a reader; two writers of one file that number the same lines.
test('a log is opened once for all who use it at a time, and closed with the last of them', async () => {
  const leases = await Promise.all([
    logs.take('a', { write: true }),
    logs.take('a', { write: false }),
    logs.take('b', { write: false }),
  ]);
  expect(opened).toEqual(['a', 'b']);
  expect(leases[0]?.log).toBe(leases[1]?.log);
  expect(writersOf.get('a')?.()).toBe(1);
  await leases[0]?.giveBack();
  expect([writersOf.get('a')?.(), closed]).toEqual([0, []]);
  await Promise.all([leases[1]?.giveBack(), leases[2]?.giveBack()]);
  expect(closed.sort()).toEqual(['a', 'b']);
  const again = await logs.take('a', { write: false });
  expect(opened).toEqual(['a', 'b', 'a']);
  await again.giveBack();
});

test('a log that cannot be opened fails all who wait for it, and is tried again by the next', async () => {
  failure = new Error('EACCES');
  const tries = await Promise.allSettled([logs.take('a', { write: true }), logs.use('a', async () => 1)]);
  expect(tries.map((one) => one.status)).toEqual(['rejected', 'rejected']);
  expect(opened).toEqual(['a']);
  failure = null;
  expect(await logs.use('a', async (log) => log.lastSeq())).toBe(0);
  expect([opened, closed]).toEqual([['a', 'a'], ['a']]);
});

test('a use that fails gives the log back, and the end of a log that is not open or cannot be opened is ignored', async () => {
  await expect(logs.use('a', () => Promise.reject(new Error('reader left')))).rejects.toThrow('reader left');
  expect(closed).toEqual(['a']);
  logs.ended('never opened');
  failure = new Error('EACCES');
  const opening = logs.take('a', { write: false });
  logs.ended('a');
  await expect(opening).rejects.toThrow('EACCES');
});
