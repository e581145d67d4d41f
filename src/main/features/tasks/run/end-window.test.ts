import { expect, test } from 'vitest';
import { endWith, openStore } from '../../../../../tests/support/task-store.ts';
import type { TaskStore } from '../store/store.ts';
import { createEndWindow } from './end-window.ts';

test('ends of one turn and the next claims are one transaction, and listeners get their changes at once', async () => {
  using harness = openStore();
  const { store, core } = harness;
  for (let n = 0; n < 3; n++) harness.add();
  const [first, second] = [harness.claim(), harness.claim()];
  const deliveries: string[][] = [];
  await Promise.resolve();
  core.events.subscribe((changes) => deliveries.push(changes.map((change) => change.type)));
  const ends = createEndWindow(store, () => undefined);
  const states = [first, second].map((task) => ends.finish(task?.attempt_token ?? '', endWith()));
  const late = ends.finish('token of another attempt', endWith());
  const third = ends.commit(() => harness.claim({ maxRunning: 1 }));
  expect(third?.attempt).toBe(1);
  expect(await Promise.all([...states, late])).toEqual(['succeeded', 'succeeded', null]);
  expect(deliveries).toEqual([['task.updated', 'task.ended', 'task.updated', 'task.ended', 'task.updated']]);
});

test('an end that cannot be written is rejected alone: the others and the claims are written', async () => {
  using harness = openStore();
  const { store, core } = harness;
  core.db.raw.exec(
    `CREATE TRIGGER full BEFORE UPDATE ON task WHEN new.output = '"bad"' BEGIN SELECT raise(ABORT, 'disk full'); END`,
  );
  for (let n = 0; n < 3; n++) harness.add();
  const [good, bad] = [harness.claim(), harness.claim()];
  const ends = createEndWindow(store, () => undefined);
  const settled = Promise.allSettled([
    ends.finish(good?.attempt_token ?? '', endWith()),
    ends.finish(bad?.attempt_token ?? '', endWith({ output: 'bad' })),
  ]);
  expect(ends.commit(() => harness.claim())).not.toBeNull();
  expect(await settled).toMatchObject([
    { status: 'fulfilled', value: 'succeeded' },
    { status: 'rejected', reason: { message: 'disk full' } },
  ]);
  expect(store.counts()).toMatchObject({ succeeded: 1, running: 2, queued: 0 });
});

// Would catch: the outcome of a task that is lost because the disk was full when its process ended.
test('an end that a full disk refuses waits for the next commit', async () => {
  using harness = openStore();
  const { store, core } = harness;
  harness.add();
  const task = harness.claim();
  let full = true;
  const refusing: Pick<TaskStore, 'batch' | 'finish'> = {
    batch: store.batch,
    finish: (token, end) => {
      if (full) throw Object.assign(new Error('full'), { code: 'SQLITE_FULL' });
      return store.finish(token, end);
    },
  };
  const ends = createEndWindow(refusing, () => undefined, core.storage.report);
  const ended = ends.finish(task?.attempt_token ?? '', endWith());
  ends.flush();
  expect(store.counts()).toMatchObject({ running: 1 });
  full = false;
  ends.flush();
  expect(await ended).toBe('succeeded');
});
