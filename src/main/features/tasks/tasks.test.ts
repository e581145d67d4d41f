import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { limitNow } from '../../../../tests/support/pace.ts';
import { callOf, openTaskHost, type TaskHost, thrownBy } from '../../../../tests/support/tasks.ts';
import { Queue } from '../../../contract/automation/queue.ts';
import { Task, TaskCreate } from '../../../contract/automation/tasks.ts';
import { AppError } from '../../../contract/kernel/errors.ts';
import type { Json } from '../../../contract/kernel/scalars.ts';
import { OPERATOR } from '../../core/operation/operator.ts';

let host: TaskHost;
beforeEach(async () => {
  host = openTaskHost();
  await host.tasks.start();
});
afterEach(() => host.dispose());

const create = (input: Record<string, Json>, signal = new AbortController().signal) =>
  host.tasks.handlers.tasks_create(TaskCreate.parse(input), callOf(signal));

describe('create', () => {
  test('checks the input at its path, merges defaults, and keeps the version that ran', async () => {
    const command = await host.command({
      input_schema: {
        type: 'object',
        properties: { n: { type: 'integer', minimum: 1 }, who: { type: 'string' } },
        required: ['n'],
      },
      defaults: { who: 'Anna' },
    });
    const wrong = await thrownBy(() => create({ command_id: command.id, input: { n: 0 } }));
    expect(wrong).toMatchObject({
      slug: 'validation-error',
      errors: { 'input.n': expect.any(String) },
      extra: { field: 'input.n' },
    });
    const missing = await thrownBy(() => create({ command_id: command.id }));
    expect(missing.errors).toEqual({ 'input.n': 'n is required' });
    const task = Task.parse(await create({ command_id: command.id, input: { n: 2 }, labels: ['a'] }));
    expect(task).toMatchObject({
      input: { n: 2, who: 'Anna' },
      command_version: 1,
      labels: ['a'],
      kind: 'process',
      max_attempts: 1,
    });
  });

  test('refuses both or neither of command and spec, unknown commands, switched-off ones, missing profiles', async () => {
    const command = await host.command({ uses: { profile: true, services: [] } });
    const off = await host.command({ enabled: false });
    expect((await thrownBy(() => create({}))).slug).toBe('validation-error');
    expect(
      (await thrownBy(() => create({ command_id: command.id, spec: { kind: 'process', argv: ['x'] } }))).slug,
    ).toBe('validation-error');
    expect((await thrownBy(() => create({ command_id: command.id }))).errors).toEqual({
      profile_id: 'profile_id is required',
    });
    expect((await thrownBy(() => create({ command_id: 'cmd_00000000000000000000000000' }))).slug).toBe('not-found');
    expect((await thrownBy(() => create({ command_id: off.id }))).slug).toBe('invalid-state');
    expect(
      (await thrownBy(() => create({ command_id: command.id, profile_id: 'prf_00000000000000000000000000' }))).slug,
    ).toBe('not-found');
    expect(host.db.raw.prepare('SELECT count(*) AS n FROM task').get()).toEqual({ n: 0 });
  });

  test('an inline spec has to be valid, and so has the schema of its input', async () => {
    const spec = { kind: 'process', argv: ['true'] };
    const schema = await thrownBy(() => create({ spec, input_schema: { type: 'nonsense' } }));
    expect(schema).toMatchObject({ slug: 'validation-error', errors: { input_schema: expect.any(String) } });
    const bad = await thrownBy(() => create({ spec: { kind: 'process', argv: [] } }));
    expect(Object.keys(bad.errors ?? {})).toEqual(['spec.argv']);
    expect((await thrownBy(() => create({ spec: { argv: ['x'] } }))).errors).toHaveProperty(['spec.kind']);
    expect(Task.parse(await create({ spec, name: 'Once' }))).toMatchObject({ command_id: null, command_name: 'Once' });
  });

  test('a caller cannot refer to a secret of another owner', async () => {
    const command = await host.command();
    const id = await host.secrets.put('another-owner', 'not yours');
    const task = Task.parse(
      await create({ command_id: command.id, input: { do: [['echo', null]], stolen: { $secret: id } } }),
    );
    await host.ends(task.id);
    expect(task.input.stolen).toBeNull();
  });

  test('many profiles make a batch; its tasks run one a profile', async () => {
    const command = await host.command();
    const profiles = ['a', 'b', 'c'].map((name) => host.profile(name).id);
    const made = await create({ command_id: command.id, profile_ids: profiles, wait: true });
    if (!('items' in made)) throw new Error('no batch');
    expect(made.items.map((task) => [task.profile_id, task.profile_name, task.status])).toEqual(
      profiles.map((id, i) => [id, ['a', 'b', 'c'][i], 'succeeded']),
    );
    expect(new Set(made.items.map((task) => task.batch_id))).toEqual(new Set([made.batch_id]));
    expect(host.tasks.service.list({ limit: 50, count: true, batch_id: [made.batch_id] }).total).toBe(3);
  });

  test('wait answers with the end; a caller that leaves stops only the waiting', async () => {
    const command = await host.command();
    const task = Task.parse(await create({ command_id: command.id, input: { do: [['succeed', 42]] }, wait: true }));
    expect(task).toMatchObject({ status: 'succeeded', output: 42 });
    const controller = new AbortController();
    const waiting = create({ command_id: command.id, input: { do: [['wait', 300]] }, wait: true }, controller.signal);
    await host.until(() => host.store.counts().running === 1);
    controller.abort();
    expect((await thrownBy(() => waiting)).slug).toBe('cancelled');
    await host.until(() => host.store.counts().succeeded === 2);
  });

  test('a time in the future is scheduled, in the past runs now', async () => {
    const command = await host.command();
    const later = await host.run(command, [], { run_at: new Date(Date.now() + 400).toISOString() });
    expect(later).toMatchObject({ status: 'scheduled', wait_reason: 'scheduled', queue_position: null });
    const past = await host.run(command, [], { run_at: '2020-01-01T00:00:00.000Z' });
    expect((await host.ends(past.id)).status).toBe('succeeded');
    const done = await host.ends(later.id);
    expect(Date.parse(done.started_at ?? '')).toBeGreaterThanOrEqual(Date.parse(later.run_at ?? ''));
  });
});

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

// Catches a promise for the first of two equal ids that nothing waits for: its rejection was nobody's.
test('a bulk cancel that names an unknown task twice reports both', async () => {
  const id = `tsk_${'0'.repeat(26)}` as never;
  const { results } = await host.tasks.handlers.tasks_bulk({ ids: [id, id], action: 'cancel' }, callOf());
  expect(results).toMatchObject([
    { id, ok: false, error: { code: 'not_found' } },
    { id, ok: false, error: { code: 'not_found' } },
  ]);
});

test('a bulk cancel ends all of them together and reports each', async () => {
  host.settings.update({ 'executor.max_running': 6 });
  const command = await host.command();
  const tasks = await Promise.all(
    Array.from({ length: 6 }, () =>
      host.run(command, [
        ['ignoreCancel', null],
        ['progress', 1],
        ['hang', null],
      ]),
    ),
  );
  for (const task of tasks) await host.until(() => host.store.get(task.id)?.progress ?? false);
  const begin = performance.now();
  const gone = 'tsk_00000000000000000000000000' as (typeof tasks)[number]['id'];
  const ids = [...tasks.map((task) => task.id), gone];
  const { results } = await host.tasks.handlers.tasks_bulk({ ids, action: 'cancel' }, callOf());
  expect(results.map((row) => row.ok)).toEqual([true, true, true, true, true, true, false]);
  expect(results.at(-1)?.error?.code).toBe('not_found');
  // One after the other they would take six grace times of 0.5 s.
  const lasted = performance.now() - begin;
  expect(lasted).toBeLessThan(await limitNow(2500));
  expect(tasks.map((task) => host.store.status(task.id))).toEqual(tasks.map(() => 'cancelled'));
});

describe('run again', () => {
  test('exactly as then, after command and profile have changed; secrets are copied', async () => {
    const schema = { type: 'object', properties: { pin: { type: 'string', format: 'password' } } };
    const command = await host.command({ input_schema: schema });
    const profile = host.profile('Anna');
    const first = Task.parse(
      await create({
        command_id: command.id,
        profile_id: profile.id,
        input: { pin: 'pin-123456', do: [['succeed', 1]] },
        wait: true,
      }),
    );
    await host.commandService.update(command.id, { name: 'Renamed', timeout_seconds: 7 }, 'test', {});
    host.profileService.update(profile.id, { name: 'Bea' }, {});
    const same = await host.tasks.service.retry(first.id, OPERATOR, { as_then: true });
    expect(same).toMatchObject({
      command_name: 'Test',
      command_version: 1,
      profile_name: 'Anna',
      timeout_seconds: 600,
      retry_of: first.id,
    });
    const fresh = await host.tasks.service.retry(first.id, OPERATOR, {
      as_then: false,
      input: { do: [['succeed', 2]] },
    });
    expect(fresh).toMatchObject({
      command_name: 'Renamed',
      command_version: 2,
      profile_name: 'Bea',
      timeout_seconds: 7,
    });
    expect(fresh.input).toMatchObject({ pin: '••••••' });
    expect((await host.ends(fresh.id)).output).toBe(2);
    await host.ends(same.id);
    await host.tasks.service.remove(first.id);
    expect(host.db.raw.prepare('SELECT count(*) AS n FROM secret').get()).toEqual({ n: 2 });
    const sealed = JSON.parse(host.store.get(fresh.id)?.input ?? '{}').pin.$secret;
    expect(await host.secrets.get(sealed)).toBe('pin-123456');
    const both = await thrownBy(() => host.tasks.service.retry(same.id, OPERATOR, { as_then: true, input: {} }));
    expect(both.slug).toBe('validation-error');
  });

  test('not while the task has not ended; neither can it be deleted', async () => {
    const command = await host.command();
    const task = await host.run(command, [['hang', null]]);
    expect((await thrownBy(() => host.tasks.service.retry(task.id, OPERATOR, { as_then: true }))).slug).toBe(
      'invalid-state',
    );
    expect((await thrownBy(() => host.tasks.service.remove(task.id))).slug).toBe('invalid-state');
    await host.tasks.service.cancel(task.id, true);
  });
});
