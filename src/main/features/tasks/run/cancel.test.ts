import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { limitNow } from '../../../../../tests/support/pace.ts';
import { openTaskHost, type TaskHost } from '../../../../../tests/support/tasks.ts';
import { AppError } from '../../../../contract/kernel/errors.ts';
import { findProcesses } from '../../../core/process/process-tree.ts';

let host: TaskHost;
beforeEach(async () => {
  host = openTaskHost();
  await host.tasks.start();
});
afterEach(() => host.dispose());

/** How often a task was announced to have ended. */
const endsOf = (id: string) =>
  host.events
    .listOf(id, 0, 10_000)
    .filter((change) => change.type === 'task.ended')
    .map((change) => change.data);

async function slug(work: Promise<unknown>): Promise<string | null> {
  try {
    await work;
    return null;
  } catch (error) {
    return error instanceof AppError ? error.slug : String(error);
  }
}

describe('cancel', () => {
  test('of a scheduled, a queued and a retrying task: cancelled exactly once, a second cancel is refused', async () => {
    const command = await host.command({ retry: { max: 3, backoff_seconds: 3600, factor: 1 } });
    const scheduled = await host.run(command, [], { run_at: new Date(Date.now() + 3_600_000).toISOString() });
    const retrying = await host.run(command, [['fail', {}]]);
    await host.becomes(retrying.id, 'retrying');
    host.settings.update({ 'executor.paused': true });
    const queued = await host.run(command, []);
    expect([scheduled.status, queued.status]).toEqual(['scheduled', 'queued']);
    for (const task of [scheduled, queued, retrying]) {
      expect((await host.tasks.service.cancel(task.id, false)).status).toBe('cancelled');
      expect(await slug(host.tasks.service.cancel(task.id, false))).toBe('invalid-state');
      expect(endsOf(task.id)).toMatchObject([{ status: 'cancelled' }]);
    }
    expect(await slug(host.tasks.service.cancel('tsk_00000000000000000000000000', false))).toBe('not-found');
  });

  test('of a running task that obeys: the answer comes when it is over', async () => {
    const command = await host.command();
    const task = await host.run(command, [
      ['log', 'up'],
      ['hang', null],
    ]);
    await host.becomes(task.id, 'running');
    const cancelled = await host.tasks.service.cancel(task.id, false);
    expect(cancelled).toMatchObject({ status: 'cancelled', error: { code: 'cancelled' } });
    expect(endsOf(task.id)).toHaveLength(1);
  });

  test('of a task that spins, ignores signals and has started a daemon: nothing is left within a second', async () => {
    const command = await host.command();
    const profile = host.profile('Anna');
    const task = await host.run(
      command,
      [
        ['daemon', null],
        ['ignoreCancel', null],
        ['progress', 1],
        ['wait', 50],
        ['spin', null],
      ],
      {
        profile_id: profile.id,
      },
    );
    await host.until(() => host.store.get(task.id)?.progress ?? false);
    const token = host.runIdOf(task.id);
    expect((await findProcesses(token)).length).toBeGreaterThanOrEqual(2);
    const begin = performance.now();
    const cancelled = await host.tasks.service.cancel(task.id, false);
    const took = performance.now() - begin;
    expect(cancelled.status).toBe('cancelled');
    expect(await findProcesses(token)).toEqual([]);
    expect(took).toBeLessThan(await limitNow(1000));
    expect(host.profileService.busy().size).toBe(0);
  });

  test('with force does not wait for the grace time', async () => {
    host.settings.update({ 'executor.grace_seconds': 30 });
    const command = await host.command();
    const task = await host.run(command, [
      ['ignoreCancel', null],
      ['progress', 1],
      ['hang', null],
    ]);
    await host.until(() => host.store.get(task.id)?.progress ?? false);
    const begin = performance.now();
    expect((await host.tasks.service.cancel(task.id, true)).status).toBe('cancelled');
    const took = performance.now() - begin;
    expect(took).toBeLessThan(await limitNow(1000));
  });

  test('against completion: one winner, one end, whatever the moment', async () => {
    const command = await host.command();
    for (let moment = 0; moment < 12; moment++) {
      const task = await host.run(command, [
        ['wait', 30],
        ['succeed', null],
      ]);
      await host.becomes(task.id, 'running', 'succeeded');
      // Spread over the life of the attempt; every moment has to be right, so no moment is waited for.
      await delay(moment * 12);
      const refused = await slug(host.tasks.service.cancel(task.id, false));
      const done = await host.ends(task.id);
      expect(['cancelled', 'succeeded']).toContain(done.status);
      if (refused !== null) expect([refused, done.status]).toEqual(['invalid-state', 'succeeded']);
      expect(endsOf(task.id)).toMatchObject([{ status: done.status }]);
    }
  });

  test('of a task whose failure would be retried wins over the retry', async () => {
    const command = await host.command({ retry: { max: 5, backoff_seconds: 0, factor: 1 } });
    const task = await host.run(command, [
      ['progress', 1],
      ['hang', null],
    ]);
    await host.until(() => host.store.get(task.id)?.progress ?? false);
    expect((await host.tasks.service.cancel(task.id, false)).status).toBe('cancelled');
    expect(host.store.attempts(task.id)).toHaveLength(1);
  });
});

test('a graceful stop claims nothing more, ends every tree and leaves what the policy says', async () => {
  const once = await host.command();
  const again = await host.command({ retry: { max: 2, backoff_seconds: 3600, factor: 1 } });
  const first = await host.run(once, [
    ['daemon', null],
    ['ignoreCancel', null],
    ['progress', 1],
    ['hang', null],
  ]);
  const second = await host.run(again, [
    ['progress', 1],
    ['hang', null],
  ]);
  await host.until(() => host.store.get(first.id)?.progress && host.store.get(second.id)?.progress);
  const tokens = [first, second].map((task) => host.runIdOf(task.id));
  const stopping = host.tasks.stop();
  const late = await host.run(once, []);
  await stopping;
  for (const token of tokens) expect(await findProcesses(token)).toEqual([]);
  expect(host.store.get(first.id)).toMatchObject({ status: 'interrupted', error_code: 'task_interrupted' });
  expect(host.store.get(second.id)?.status).toBe('retrying');
  expect(host.store.get(late.id)?.status).toBe('queued');
});
