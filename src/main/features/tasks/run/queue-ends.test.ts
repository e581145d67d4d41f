/** A queue whose database refuses writes, and one that stops. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openQueue, type QueueHarness, settled } from '../../../../../tests/support/task-queue.ts';

let harness: QueueHarness;
let core: QueueHarness['core'];
let store: QueueHarness['store'];
let queue: QueueHarness['queue'];
let started: QueueHarness['started'];
let recovered: QueueHarness['recovered'];
let add: QueueHarness['add'];
let attemptOf: QueueHarness['attemptOf'];
let ids: QueueHarness['ids'];
beforeEach(() => {
  harness = openQueue();
  ({ core, store, queue, started, recovered, add, attemptOf, ids } = harness);
});
afterEach(() => harness[Symbol.asyncDispose]());

describe('trouble', () => {
  const fillDisk = () =>
    core.db.raw.exec("CREATE TRIGGER full BEFORE INSERT ON attempt BEGIN SELECT RAISE(ABORT, 'disk full'); END");

  // Would catch: a queue that stands still for ever after one failed write.
  test('a database that cannot be written is tried again after a second; nothing is lost', async () => {
    fillDisk();
    const task = add();
    queue.start();
    await settled();
    expect([ids(), store.status(task)]).toEqual([[], 'queued']);
    expect(core.log.lines).toContain('error tasks the queue could not be read');
    core.db.raw.exec('DROP TRIGGER full');
    core.clock.advance(1_000);
    await settled();
    expect(ids()).toEqual([task]);
    expect(queue.healthy()).toBe(true);
  });

  test('an end that could not be written leaves the task to recovery when its lease is over', async () => {
    const task = add();
    queue.start();
    await settled();
    attemptOf(task).settle(new Error('disk full'));
    await settled();
    expect([queue.running(), store.status(task), recovered]).toEqual([0, 'running', []]);
    core.clock.advance(16_000);
    core.clock.advance(30_000);
    await settled();
    expect([recovered, store.status(task)]).toEqual([[task], 'interrupted']);
  });

  test('a loop that cannot look any more is not healthy', async () => {
    queue.start();
    await settled();
    fillDisk();
    add();
    await settled();
    core.clock.advance(89_000);
    expect(queue.healthy()).toBe(true);
    core.clock.advance(2_000);
    await settled();
    expect(queue.healthy()).toBe(false);
  });
});

describe('the stop of the host', () => {
  test('waits for what ends by itself, then asks the rest to stop with the grace time, and claims nothing more', async () => {
    const [quick, slow] = [add(), add()];
    queue.start();
    await settled();
    const stopping = queue.stop();
    const late = add();
    const quickEnd = attemptOf(quick).end();
    await settled();
    await quickEnd;
    core.clock.advance(1_999);
    expect(attemptOf(slow).stops).toEqual([]);
    core.clock.advance(1);
    expect(attemptOf(slow).stops).toEqual([['shutdown', 1000]]);
    await attemptOf(slow).end({ name: 'interrupt', attemptStatus: 'interrupted' });
    await stopping;
    expect([quick, slow, late].map((id) => store.status(id))).toEqual(['succeeded', 'interrupted', 'queued']);
    expect(ids()).toEqual([quick, slow]);
  });

  test('before the start has nothing to do', async () => {
    add();
    await queue.stop();
    await settled();
    expect(started).toEqual([]);
  });
});
