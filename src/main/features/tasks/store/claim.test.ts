import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { claimFrom, endWith, newTask, openStore, type StoreHarness } from '../../../../../tests/support/task-store.ts';
import { slowestLane } from '../model/lanes.ts';

let harness: StoreHarness;
beforeEach(() => {
  harness = openStore();
});
afterEach(() => harness[Symbol.dispose]());

describe('the claim', () => {
  test('takes the more urgent lane first, within a lane the older task', () => {
    const batch = harness.add({ priority: 3 });
    const normal = harness.add({ priority: 1 });
    const second = harness.add({ priority: 1 });
    const urgent = harness.add({ priority: 0 });
    expect([1, 2, 3, 4].map(() => harness.claim()?.id)).toEqual([urgent, normal, second, batch]);
    expect(harness.claim()).toBeNull();
  });

  test('lets an old task of the slowest lane go before newer ones of every other lane (no starvation)', () => {
    const old = harness.add({ priority: 3 });
    harness.core.clock.advance(25 * 3_600_000);
    harness.add({ priority: 0 });
    expect(harness.claim()?.id).toBe(old);
  });

  test('starts by activity: high urgent only, low all but batch, sleep all', () => {
    for (const [activity, lanes] of [
      ['high', [0]],
      ['low', [0, 1, 2]],
      ['sleep', [0, 1, 2, 3]],
    ] as const) {
      harness.core.db.raw.exec('DELETE FROM task');
      for (const priority of [0, 1, 2, 3]) harness.add({ priority });
      const started: number[] = [];
      for (
        let task = harness.claim({ slowestLane: slowestLane(activity) });
        task;
        task = harness.claim({ slowestLane: slowestLane(activity) })
      )
        started.push(task.priority);
      expect(started, activity).toEqual(lanes);
    }
  });

  test('never exceeds the width, counts waiting tasks, and 0 is a pause', () => {
    for (let n = 0; n < 5; n++) harness.add();
    expect(harness.claim({ maxRunning: 0 })).toBeNull();
    expect(harness.claim({ maxRunning: 2 })).not.toBeNull();
    expect(harness.claim({ maxRunning: 2 })).not.toBeNull();
    expect(harness.claim({ maxRunning: 2 })).toBeNull();
    harness.core.db.raw.exec("UPDATE task SET status = 'waiting' WHERE status = 'running'");
    expect(harness.claim({ maxRunning: 2 })).toBeNull();
  });

  test('skips a profile that a task or a person holds, and goes on with the next task', () => {
    const first = harness.add({ profile_id: 'prf_a' });
    harness.add({ profile_id: 'prf_a' });
    harness.add({ profile_id: 'prf_b' });
    const free = harness.add({ profile_id: 'prf_c' });
    expect(harness.claim()?.id).toBe(first);
    expect(harness.claim({ busyProfiles: ['prf_b'] })?.id).toBe(free);
    expect(harness.claim({ busyProfiles: ['prf_b'] })).toBeNull();
  });

  test('runs one task of a concurrency key at a time', () => {
    harness.add({ concurrency_key: 'shop' });
    const other = harness.add({ concurrency_key: 'bank' });
    const again = harness.add({ concurrency_key: 'shop' });
    const first = harness.claim();
    expect(harness.claim()?.id).toBe(other);
    expect(harness.claim()).toBeNull();
    harness.store.finish(first?.attempt_token ?? '', endWith());
    expect(harness.claim()?.id).toBe(again);
  });

  test('never starts a scheduled task before its time; a released one spends no attempt', () => {
    const id = harness.add({ status: 'scheduled', due_at: harness.core.clock.now() + 60_000 });
    expect(harness.store.promote()).toBe(0);
    expect(harness.claim()).toBeNull();
    expect(harness.store.nextDue()).toBe(harness.core.clock.now() + 60_000);
    harness.core.clock.advance(60_000);
    expect(harness.store.promote()).toBe(1);
    const claimed = harness.claim();
    expect(harness.store.release(claimed?.attempt_token ?? '')).toBe(true);
    expect(harness.store.get(id)).toMatchObject({ status: 'queued', attempt: 0, started_at: null });
    expect(harness.store.attempts(id)).toEqual([]);
  });

  test('two claimers on two connections never share a task, a profile or a key, and never exceed the width', () => {
    const total = process.env.TABAGENT_FAULTS === 'long' ? 100_000 : 1500;
    const width = 7;
    const now = harness.core.clock.now();
    const rows = Array.from({ length: total }, (_, i) =>
      newTask(now, {
        priority: i % 4,
        profile_id: i % 3 === 0 ? `prf_${i % 11}` : null,
        concurrency_key: i % 5 === 0 ? `key_${i % 7}` : null,
      }),
    );
    harness.store.insert(rows);
    const other = harness.second();
    const started = new Map<string, number>();
    const live: { id: string; token: string; profile: string | null; key: string | null }[] = [];
    // A pseudo-random but repeatable mix of claims and ends by both writers.
    let seed = 42;
    const random = (n: number) => {
      seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
      return seed % n;
    };
    for (let ended = 0; ended < total; ) {
      const store = random(2) === 0 ? harness.store : other.store;
      const claimed =
        random(3) > 0 ? claimFrom(store, now, { maxRunning: width, owner: store === other.store ? 'b' : 'a' }) : null;
      if (claimed) {
        started.set(claimed.id, (started.get(claimed.id) ?? 0) + 1);
        live.push({
          id: claimed.id,
          token: claimed.attempt_token,
          profile: claimed.profile_id,
          key: claimed.concurrency_key,
        });
        expect(live.length).toBeLessThanOrEqual(width);
        for (const member of ['profile', 'key'] as const) {
          const held = live.map((task) => task[member]).filter((value) => value !== null);
          expect(new Set(held).size).toBe(held.length);
        }
      } else if (live.length > 0) {
        const [task] = live.splice(random(live.length), 1);
        expect(store.finish(task?.token ?? '', endWith())).toBe('succeeded');
        ended += 1;
      }
    }
    other.close();
    expect(started.size).toBe(total);
    expect([...started.values()].every((n) => n === 1)).toBe(true);
    expect(harness.store.counts()).toMatchObject({ succeeded: total, queued: 0, running: 0 });
  }, 600_000);

  test('the unique index refuses a second running task of a profile whatever the code does', () => {
    harness.add({ profile_id: 'prf_a' });
    const second = harness.add({ profile_id: 'prf_a' });
    harness.claim();
    expect(() => harness.core.db.raw.prepare("UPDATE task SET status = 'running' WHERE id = ?").run(second)).toThrow(
      /UNIQUE/,
    );
  });
});
