/** What starts when: width, pauses, due times, profiles and keys in use. */
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openQueue, type QueueHarness, settled } from '../../../../../tests/support/task-queue.ts';
import { claimFrom, endWith } from '../../../../../tests/support/task-store.ts';
import type { ProfileId } from '../../../../contract/kernel/scalars.ts';

let harness: QueueHarness;
let core: QueueHarness['core'];
let store: QueueHarness['store'];
let queue: QueueHarness['queue'];
let busy: QueueHarness['busy'];
let started: QueueHarness['started'];
let recovered: QueueHarness['recovered'];
let profileFree: QueueHarness['profileFree'];
let power: QueueHarness['power'];
let add: QueueHarness['add'];
let attemptOf: QueueHarness['attemptOf'];
let ids: QueueHarness['ids'];
beforeEach(() => {
  harness = openQueue();
  ({ core, store, queue, busy, started, recovered, profileFree, power, add, attemptOf, ids } = harness);
});
afterEach(() => harness[Symbol.asyncDispose]());

describe('the width', () => {
  // Would catch: more tasks at once than the operator allows, or places that stay empty after an end.
  test('is filled and never exceeded, also when it is made smaller and larger while tasks run', async () => {
    const all = Array.from({ length: 30 }, () => add());
    queue.start();
    await settled();
    expect(started).toHaveLength(4);
    core.settings.update({ 'executor.max_running': 2 });
    await attemptOf(all[0] ?? '').end();
    await settled();
    expect([started.length, store.counts().running]).toEqual([4, 3]);
    core.settings.update({ 'executor.max_running': 9 });
    await settled();
    expect(store.counts().running).toBe(9);
    for (let n = 0; n < all.length; n++) {
      await started[n]?.end();
      await settled();
      expect(store.counts().running).toBeLessThanOrEqual(9);
    }
    expect(ids()).toEqual(all);
    expect(queue.running()).toBe(0);
  });

  test('counts the tasks of a host that died until they are recovered', async () => {
    for (let n = 0; n < 4; n++) add();
    for (let n = 0; n < 4; n++)
      claimFrom(store, core.clock.now(), { owner: 'dead', leaseUntil: core.clock.now() + 20_000 });
    const waiting = add();
    queue.start();
    await settled();
    expect(started).toEqual([]);
    core.clock.advance(30_000);
    await settled();
    expect(recovered).toHaveLength(4);
    expect(ids()).toEqual([waiting]);
  });
});

describe('a pause', () => {
  test('starts nothing, leaves alone what runs, and afterwards everything goes on in order', async () => {
    const running = add();
    queue.start();
    await settled();
    core.settings.update({ 'executor.paused': true });
    const later = [add(), add({ priority: 0 }), add({ status: 'scheduled', due_at: core.clock.now() + 1000 })];
    core.clock.advance(60_000);
    await settled();
    expect(ids()).toEqual([running]);
    expect(attemptOf(running).stops).toEqual([]);
    expect(store.status(later[2] ?? '')).toBe('queued');
    await attemptOf(running).end();
    core.settings.update({ 'executor.paused': false });
    await settled();
    expect(ids()).toEqual([running, later[1], later[0], later[2]]);
  });

  test('on battery holds back the batch lane only, until the computer is on mains again', async () => {
    queue.start();
    power('on-battery');
    const batch = add({ priority: 3 });
    const low = add({ priority: 2 });
    await settled();
    expect([ids(), queue.activity()]).toEqual([[low], 'low']);
    power('suspend');
    await settled();
    expect(ids()).toEqual([low]);
    power('on-ac');
    await settled();
    expect([ids(), queue.activity()]).toEqual([[low, batch], 'sleep']);
  });
});

describe('what is held', () => {
  // Would catch: a task that spins because the profile it needs is in use, or that is not woken when the profile is free.
  test('a task whose profile was taken meanwhile goes back, and starts when the profile is free', async () => {
    const profile_id = 'prf_a' as ProfileId;
    const task = add({ profile_id });
    queue.start();
    await settled();
    busy.add(profile_id);
    store.release(attemptOf(task).task.attempt_token);
    attemptOf(task).settle('released');
    await settled();
    expect([started.length, store.get(task)?.attempt]).toEqual([1, 0]);
    busy.delete(profile_id);
    profileFree();
    await settled();
    expect(ids()).toEqual([task, task]);
    expect(attemptOf(task).task.attempt).toBe(1);
  });

  // Would catch: two tasks at once on one profile or key; a free task that waits behind one that cannot start.
  test('any mix of profiles and keys: none is held twice, and a task waits only for what is held', async () => {
    const names = fc.option(fc.constantFrom('a', 'b', 'c'), { nil: null });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ profile_id: names, concurrency_key: names }), { minLength: 1, maxLength: 15 }),
        fc.infiniteStream(fc.nat()),
        async (tasks, which) => {
          core.db.raw.exec('DELETE FROM task');
          started.length = 0;
          queue.start();
          for (const task of tasks) add(task);
          for (let ended = 0; ended < tasks.length; ended++) {
            await settled();
            const live = started.filter(({ task }) => store.status(task.id) === 'running');
            for (const held of ['profile_id', 'concurrency_key'] as const) {
              const values = live.map(({ task }) => task[held]).filter((value) => value !== null);
              expect(new Set(values).size).toBe(values.length);
            }
            const free = (row: { profile_id: string | null; concurrency_key: string | null }) =>
              live.every(
                ({ task }) =>
                  (row.profile_id === null || task.profile_id !== row.profile_id) &&
                  (row.concurrency_key === null || task.concurrency_key !== row.concurrency_key),
              );
            const waiting = store.list({ limit: 50, count: false, status: 'queued' }).items;
            if (live.length < 4) expect(waiting.filter(free)).toEqual([]);
            await live[which.next().value % live.length]?.end();
          }
          expect(store.counts()).toMatchObject({ succeeded: tasks.length, queued: 0, running: 0 });
        },
      ),
      { numRuns: 15 },
    );
  });
});

describe('time', () => {
  test('a scheduled task starts at its moment, not before and not at the next look', async () => {
    queue.start();
    const late = add({ status: 'scheduled', due_at: core.clock.now() + 2_000 });
    const soon = add({ status: 'scheduled', due_at: core.clock.now() + 1_500 });
    await settled();
    core.clock.advance(1_499);
    await settled();
    expect(ids()).toEqual([]);
    core.clock.advance(1);
    await settled();
    expect(ids()).toEqual([soon]);
    core.clock.advance(500);
    await settled();
    expect(ids()).toEqual([soon, late]);
  });

  test('leases of its runs are extended until they end; one that was taken over is stopped at once', async () => {
    const [kept, lost] = [add(), add()];
    queue.start();
    await settled();
    store.finish(attemptOf(lost).task.attempt_token, endWith({ name: 'interrupt', attemptStatus: 'interrupted' }));
    for (let n = 0; n < 10; n++) core.clock.advance(5_000);
    await settled();
    expect(attemptOf(kept).stops).toEqual([]);
    expect(attemptOf(lost).stops[0]).toEqual(['shutdown', 0]);
    expect([store.expired(), recovered]).toEqual([[], []]);
  });
});
