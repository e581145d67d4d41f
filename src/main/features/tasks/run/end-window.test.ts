import { expect, test } from 'vitest';
import { endWith, openStore } from '../../../../../tests/support/task-store.ts';
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
