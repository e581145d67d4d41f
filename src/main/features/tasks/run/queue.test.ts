import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openTestCore, type TestCore } from '../../../../../tests/support/core.ts';
import { claimFrom, endWith, newTask } from '../../../../../tests/support/task-store.ts';
import type { ProfileId } from '../../../../contract/kernel/scalars.ts';
import type { TaskDeps } from '../deps.ts';
import type { Claimed } from '../store/claim-store.ts';
import type { Orphan } from '../store/orphan-store.ts';
import type { NewTask } from '../store/queue-store.ts';
import { createTaskStore, type TaskStore } from '../store/store.ts';
import type { EndWindow } from './end-window.ts';
import { createQueue, type Queue } from './queue.ts';
import type { Run, RunEnd } from './runner.ts';
import type { StopReason } from './stop-switch.ts';

/** The real queue on a real database; only the attempts are the test's, which decides when and how each of them ends. */
let core: TestCore;
let store: TaskStore;
let queue: Queue;
let busy: Set<ProfileId>;
let started: Attempt[];
let recovered: string[];
let profileFree: () => void;
let power: (event: 'on-battery' | 'on-ac' | 'suspend' | 'resume') => void;

interface Attempt {
  task: Claimed;
  stops: [StopReason, number][];
  /** Writes its end through the queue, as the runner does. */
  end(more?: Parameters<typeof endWith>[0]): Promise<void>;
  /** Settles its run without an end. */
  settle(end: RunEnd | Error): void;
}

beforeEach(() => {
  core = openTestCore();
  core.settings.update({ 'executor.max_running': 4, 'executor.grace_seconds': 1 });
  store = createTaskStore(core.db, core.events, core.clock);
  busy = new Set();
  started = [];
  recovered = [];
  const deps = {
    ...{ ...core, instanceId: 'me' },
    profiles: {
      busy: () => busy,
      onFree: (listener: () => void) => {
        profileFree = listener;
        return () => undefined;
      },
    },
    platform: {
      onPowerEvent: (listener: typeof power) => {
        power = listener;
        return () => undefined;
      },
    },
  } as unknown as TaskDeps;
  queue = createQueue(deps, store, begin, async (orphans: readonly Orphan[]) => {
    for (const orphan of orphans) {
      recovered.push(orphan.id);
      store.finish(orphan.attempt_token, endWith({ name: 'interrupt', attemptStatus: 'interrupted' }));
    }
  });
});
afterEach(async () => {
  for (const attempt of started) attempt.settle('fenced');
  await queue.stop();
  core[Symbol.dispose]();
});

function begin(task: Claimed, finish: EndWindow['finish']): Run {
  const { promise: done, resolve, reject } = Promise.withResolvers<RunEnd>();
  const stops: Attempt['stops'] = [];
  started.push({
    task,
    stops,
    async end(more) {
      const status = await finish(task.attempt_token, endWith(more));
      resolve(status ?? 'fenced');
    },
    settle: (end) => (end instanceof Error ? reject(end) : resolve(end)),
  });
  const stop = (reason: StopReason, graceMs: number) => void stops.push([reason, graceMs]);
  return { taskId: task.id, token: task.attempt_token, profileId: task.profile_id, stop, done };
}

function add(more: Partial<NewTask> = {}): string {
  const row = newTask(core.clock.now(), more);
  store.insert([row]);
  return row.id;
}

/** Lets the queue look as often as it wants to. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 12; turn++) await new Promise((resolve) => setImmediate(resolve));
}

const attemptOf = (id: string): Attempt => {
  const found = started.findLast(({ task }) => task.id === id);
  if (!found) throw new Error('not started');
  return found;
};
const ids = () => started.map(({ task }) => task.id);

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
          started = [];
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
