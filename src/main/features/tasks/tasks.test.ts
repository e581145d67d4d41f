import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { limitNow } from '../../../../tests/support/pace.ts';
import { callOf, openTaskHost, type TaskHost, thrownBy } from '../../../../tests/support/tasks.ts';
import { Task, TaskCreate } from '../../../contract/automation/tasks.ts';
import type { Json } from '../../../contract/kernel/scalars.ts';
import { runBulk } from '../../core/operation/bulk.ts';
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

const CANCEL = { action: 'cancel', input: null, by: { name: 'test', scope: 'run' } } as const;

// Catches a promise for the first of two equal ids that nothing waits for: its rejection was nobody's.
test('a bulk cancel that names an unknown task twice reports both', async () => {
  const id = `tsk_${'0'.repeat(26)}` as never;
  const { results } = await runBulk(host.tasks.bulk, [id, id], CANCEL);
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
  const { results } = await runBulk(host.tasks.bulk, ids, CANCEL);
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
