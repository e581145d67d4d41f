import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openTaskHost, type TaskHost } from '../../../../tests/support/tasks.ts';
import { Queue } from '../../../contract/automation/queue.ts';
import { AppError } from '../../../contract/kernel/errors.ts';
import { OPERATOR } from '../../core/operation/operator.ts';

let host: TaskHost;
beforeEach(async () => {
  host = openTaskHost();
  await host.tasks.start();
});
afterEach(() => host.dispose());

describe('the queue', () => {
  test('says why each task waits and in which place', async () => {
    host.settings.update({ 'executor.paused': true });
    const command = await host.command({ concurrency_key: 'shop' });
    const plain = await host.command();
    const profile = host.profile('Anna');
    const first = await host.run(command, [['hang', null]], { profile_id: profile.id });
    const sameProfile = await host.run(plain, [], { profile_id: profile.id });
    const sameKey = await host.run(command, []);
    const batch = await host.run(plain, [], { priority: 'batch' });
    const view = (id: string) => host.tasks.service.get(id);
    expect(view(first.id)).toMatchObject({ queue_position: 1, wait_reason: 'queue_paused' });
    expect(view(batch.id)).toMatchObject({ queue_position: 4, wait_reason: 'queue_paused' });
    expect(host.tasks.service.queue()).toMatchObject({
      normal: 3,
      batch: 1,
      paused: true,
      blocked_reason: 'queue_paused',
    });

    host.tasks.service.updateQueue({ paused: false, activity: 'low' });
    await host.becomes(first.id, 'running');
    expect(view(sameProfile.id)).toMatchObject({ queue_position: 1, wait_reason: 'profile_busy' });
    expect(view(sameKey.id)).toMatchObject({ queue_position: 2, wait_reason: 'concurrency_key' });
    expect(view(batch.id).wait_reason).toBe('queue_activity');
    host.tasks.service.updateQueue({ max_running: 1, activity: 'sleep' });
    expect(view(batch.id).wait_reason).toBe('concurrency_limit');
    const state = Queue.parse(host.tasks.service.queue());
    expect(state).toMatchObject({ running: 1, capacity: 1, activity: 'sleep', blocked_reason: 'concurrency_limit' });
    expect(state.counts).toMatchObject({ running: 1, queued: 3 });
    await host.tasks.service.cancel(first.id, true);
    for (const task of [sameProfile, sameKey, batch]) await host.ends(task.id);
  });

  test('a profile that a person holds is skipped, and its task starts when it is free', async () => {
    const command = await host.command();
    const profile = host.profile('Anna');
    const lease = host.profileService.hold(profile.id, { kind: 'manual', id: 'manual' });
    const waiting = await host.run(command, [], { profile_id: profile.id });
    const other = await host.run(command, []);
    await host.ends(other.id);
    expect(host.tasks.service.get(waiting.id)).toMatchObject({
      status: 'queued',
      wait_reason: 'profile_busy',
      attempt: 0,
    });
    await lease.release();
    expect((await host.ends(waiting.id)).status).toBe('succeeded');
  });

  test('a profile that another program holds fails with the reason', async () => {
    const command = await host.command();
    const profile = host.profile('Anna');
    host.profiles.hold = () => {
      throw new AppError('profile-locked', 'Another browser has the folder open.');
    };
    const done = await host.ends((await host.run(command, [], { profile_id: profile.id })).id);
    expect(done).toMatchObject({ status: 'failed', error: { code: 'profile_locked' } });
  });

  test('twenty tasks of one profile never run two at a time', async () => {
    const command = await host.command();
    const profile = host.profile('Anna');
    let most = 0;
    const stop = host.events.subscribe(() => {
      most = Math.max(most, host.store.counts().running);
    });
    const tasks = await Promise.all(
      Array.from({ length: 20 }, () => host.run(command, [], { profile_id: profile.id })),
    );
    for (const task of tasks) expect((await host.ends(task.id, 60)).status).toBe('succeeded');
    stop();
    expect(most).toBe(1);
  }, 60_000);

  test('a task that always crashes (poison message) does not hold up the tasks behind it', async () => {
    const poison = await host.command({ retry: { max: 2, backoff_seconds: 0, factor: 1 } });
    const healthy = await host.command();
    const bad = await host.run(poison, [['kill', 'SIGSEGV']]);
    const good = await Promise.all(Array.from({ length: 10 }, () => host.run(healthy, [])));
    for (const task of good) expect((await host.ends(task.id)).status).toBe('succeeded');
    const dead = await host.ends(bad.id);
    expect(dead).toMatchObject({ status: 'dead', attempt: 3 });
    expect(dead.attempts.map((attempt) => attempt.error?.code)).toEqual([
      'worker_crashed',
      'worker_crashed',
      'worker_crashed',
    ]);
    const again = await host.tasks.service.retry(bad.id, OPERATOR, { as_then: true });
    expect(again).toMatchObject({ attempt: 0, max_attempts: 3, retry_of: bad.id });
  });

  test('changes are announced, but not for every single one', async () => {
    const command = await host.command();
    await Promise.all(Array.from({ length: 20 }, () => host.run(command, []).then((task) => host.ends(task.id))));
    const changes = host.events.list(0, 10_000);
    const announced = changes.filter((change) => change.type === 'queue.updated').length;
    const first = Date.parse(changes[0]?.at ?? '');
    const seconds = (Date.parse(changes.at(-1)?.at ?? '') - first) / 1000;
    expect(announced).toBeGreaterThanOrEqual(1);
    expect(announced).toBeLessThanOrEqual(2 * seconds + 2);
  });
});
