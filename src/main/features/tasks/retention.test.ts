import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { manualClock } from '../../../../tests/support/core.ts';
import { claimFrom, endWith, newTask } from '../../../../tests/support/task-store.ts';
import { openTaskHost, type TaskHost } from '../../../../tests/support/tasks.ts';
import { newId } from '../../core/ids.ts';

const DAY = 86_400_000;
const MIB = 1_048_576;
let host: TaskHost;
let clock: ReturnType<typeof manualClock>;
beforeEach(() => {
  clock = manualClock();
  host = openTaskHost({ clock });
  host.settings.update({ 'retention.tasks_days': 30, 'retention.artifacts_mb': 50 });
});
afterEach(() => host.dispose());

/** A task that has ended with a log of so many bytes, and its folder. */
function ended(bytes = 0, more: Parameters<typeof endWith>[0] = {}): string {
  host.store.insert([newTask(clock.now())]);
  const claimed = claimFrom(host.store, clock.now());
  const id = claimed?.id ?? '';
  host.store.finish(claimed?.attempt_token ?? '', endWith({ log: { lines: 1, bytes, dropped: 0 }, ...more }));
  folderOf(id);
  return id;
}

function folderOf(id: string): string {
  const dir = path.join(host.paths.tasks, id);
  mkdirSync(path.join(dir, '1', 'artifacts'), { recursive: true });
  writeFileSync(path.join(dir, 'log.jsonl'), 'x');
  return dir;
}

const left = (ids: readonly string[]) => ids.filter((id) => host.store.exists(id));

describe('by age', () => {
  test('goes what ended longer ago than the days that are set, to the millisecond', async () => {
    const old = ended();
    clock.advance(1);
    const young = ended();
    clock.advance(30 * DAY - 1);
    expect(await host.tasks.prune()).toBe(0);
    clock.advance(1);
    expect(await host.tasks.prune()).toBe(1);
    expect(left([old, young])).toEqual([young]);
    expect([old, young].map((id) => existsSync(path.join(host.paths.tasks, id)))).toEqual([false, true]);
  });

  test('nothing goes that has not ended, however old it is', async () => {
    const due_at = clock.now() + 1e9;
    host.store.insert([
      newTask(clock.now()),
      newTask(clock.now()),
      newTask(clock.now(), { status: 'scheduled', due_at }),
    ]);
    claimFrom(host.store, clock.now());
    clock.advance(400 * DAY);
    expect(await host.tasks.prune()).toBe(0);
    expect(host.store.counts()).toMatchObject({ queued: 1, running: 1, scheduled: 1 });
  });
});

// Would catch: a pass that ends at a page of tasks that have not ended, so that nothing behind them ever goes.
test('what has not ended does not stand before what has', async () => {
  const due_at = clock.now() + 1e12;
  host.store.insert(Array.from({ length: 450 }, () => newTask(clock.now(), { status: 'scheduled', due_at })));
  clock.advance(1);
  const [old, large] = [ended(MIB), ended(60 * MIB)];
  expect(await host.tasks.prune()).toBe(2);
  clock.advance(1);
  const aged = ended();
  clock.advance(31 * DAY);
  expect(await host.tasks.prune()).toBe(1);
  expect(left([old, large, aged])).toEqual([]);
  expect(host.store.counts()).toMatchObject({ scheduled: 450, succeeded: 0 });
});

describe('by size', () => {
  // Would catch: a counter of bytes that drifts from what is there, so that too much is deleted, or nothing ever.
  test('goes the oldest first, and no more than is needed', async () => {
    const all: string[] = [];
    for (let n = 0; n < 8; n++) {
      all.push(ended(10 * MIB));
      clock.advance(1000);
    }
    expect(host.store.usedBytes()).toBe(80 * MIB);
    expect(await host.tasks.prune()).toBe(3);
    expect(left(all)).toEqual(all.slice(3));
    expect(host.store.usedBytes()).toBe(50 * MIB);
    expect(await host.tasks.prune()).toBe(0);
    host.store.insert([newTask(clock.now())]);
    const running = claimFrom(host.store, clock.now());
    const row = {
      kind: 'output',
      name: 'a',
      mime: 'text/plain',
      sha256: '',
      has_secret: 0,
      file: 'a',
      created_at: clock.now(),
    };
    host.store.addArtifact(running?.attempt_token ?? '', {
      ...{ ...row, id: newId('artifact'), task_id: running?.id ?? '', attempt: 1, bytes: 25 * MIB },
    });
    // Artifacts count from the end of their attempt on.
    expect(host.store.usedBytes()).toBe(50 * MIB);
    host.store.finish(running?.attempt_token ?? '', endWith());
    expect(host.store.usedBytes()).toBe(75 * MIB);
    ended();
    expect(host.store.usedBytes()).toBe(75 * MIB);
    expect(await host.tasks.prune()).toBe(3);
    expect(left(all)).toEqual(all.slice(6));
  });

  test('more than everything is not waited for: what is live keeps its place', async () => {
    const attempt = { name: 'retry', attemptStatus: 'failed' } as const;
    const live = ended(60 * MIB, { ...attempt, next: { dueAt: clock.now() + DAY, rank: 0 } });
    const done = ended(MIB);
    expect(await host.tasks.prune()).toBe(1);
    expect(left([live, done])).toEqual([live]);
    expect(host.store.usedBytes()).toBe(60 * MIB);
  });
});

test('with a task go its attempts, steps, artifacts and secrets; those of others stay', async () => {
  const count = (table: string) =>
    host.db.raw.prepare<[], { n: number }>(`SELECT count(*) AS n FROM ${table}`).get()?.n;
  const [goes, stays] = [ended(), ended()];
  for (const id of [goes, stays]) {
    await host.secrets.put(`task:${id}`, 'tiger-lily');
    host.db.raw
      .prepare(
        "INSERT INTO step (task_id, attempt, seq, name, status, started_at) VALUES (?, 1, 1, 's', 'succeeded', 1)",
      )
      .run(id);
  }
  host.db.raw.prepare('UPDATE task SET created_at = 1, finished_at = 1 WHERE id = ?').run(goes);
  expect(await host.tasks.prune()).toBe(1);
  expect(['task', 'attempt', 'step', 'secret'].map(count)).toEqual([1, 1, 1, 1]);
  expect(host.events.listOf(goes, 0, 100).at(-1)?.type).toBe('task.deleted');
});

// Would catch: a folder that is removed under a task that lives, or one that stays for ever because the host died between row and files.
test('folders without a row are swept; other folders and those of live tasks are not touched', async () => {
  const live = newTask(clock.now());
  host.store.insert([live]);
  const kept = [folderOf(live.id), folderOf(ended()), folderOf('not-a-task')];
  const orphaned = [folderOf(newId('task')), folderOf(newId('task'))];
  await host.tasks.prune();
  expect(kept.map((dir) => existsSync(dir))).toEqual([true, true, true]);
  expect(orphaned.map((dir) => existsSync(dir))).toEqual([false, false]);
});

test('a pass that is aborted stops after the task it is at, and the next one goes on', async () => {
  const all = Array.from({ length: 20 }, () => ended());
  clock.advance(31 * DAY);
  const stopped = new AbortController();
  const unsubscribe = host.events.subscribe((changes) => {
    if (changes.some((change) => change.type === 'task.deleted')) stopped.abort();
  });
  const [chore] = host.tasks.chores;
  await chore?.run(stopped.signal);
  unsubscribe();
  expect(left(all).length).toBeGreaterThan(15);
  expect(left(all).length).toBeLessThan(20);
  await chore?.run(new AbortController().signal);
  expect(left(all)).toEqual([]);
});

test('statistics outlive their tasks, for twice the time that the dashboard can ask for', async () => {
  ended();
  clock.advance(31 * DAY - 336 * 3_600_000);
  ended();
  clock.advance(336 * 3_600_000);
  await host.tasks.prune();
  expect(host.store.counts().succeeded).toBe(1);
  expect(host.store.hours(0).filter((count) => count.key === 'succeeded')).toHaveLength(1);
});
