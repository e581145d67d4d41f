import { afterEach, beforeEach, expect, test } from 'vitest';
import { callOf, openTaskHost, type TaskHost, thrownBy } from '../../../../tests/support/tasks.ts';
import { Task, TaskCreate } from '../../../contract/automation/tasks.ts';
import type { Json } from '../../../contract/kernel/scalars.ts';
import { OPERATOR } from '../../core/operation/operator.ts';
import { createIdempotency, createIdempotencyStore } from '../../doors/dispatch/idempotency/index.ts';

let host: TaskHost;
beforeEach(() => {
  host = openTaskHost();
});
afterEach(() => host.dispose());

const PIN = { type: 'object', properties: { pin: { type: 'string', format: 'password', minLength: 4 } } };
const request = (input: Record<string, Json>) => TaskCreate.parse(input);
const rows = (table: 'task' | 'secret' | 'event' | 'idempotency') =>
  host.db.raw.prepare<[], { n: number }>(`SELECT count(*) AS n FROM ${table}`).get()?.n;

/** Profiles by statement: making a thousand of them through the service takes longer than what is tested. */
function profileIds(n: number): string[] {
  const first = host.profile('first').id;
  const columns = host.db.raw
    .prepare<[], { name: string }>("SELECT name FROM pragma_table_info('profile') WHERE name NOT IN ('id', 'number')")
    .all()
    .map((column) => `"${column.name}"`);
  const copy = host.db.raw.prepare(
    `INSERT INTO profile (id, number, ${columns}) SELECT ?, ?, ${columns} FROM profile WHERE id = ?`,
  );
  const ids = Array.from({ length: n }, (_, i) => `prf_${String(i).padStart(26, '0')}`);
  host.db.transaction(() => {
    for (const [i, id] of ids.entries()) copy.run(id, i + 1000, first);
  });
  return ids;
}

const once = (idempotency = guard()) => ({
  create: (input: Record<string, Json>, key = 'k1') =>
    idempotency.once({ principal: 'p', key, op: 'tasks_create', input }, async (claim) =>
      host.tasks.handlers.tasks_create(request(input), { ...callOf(), claim }),
    ),
});
const guard = () => createIdempotency(createIdempotencyStore(host.db), host.clock);

/** Makes SQLite fail in the middle of whatever writes `table`. */
const failOn = (table: string, when: string, event = 'INSERT') =>
  host.db.raw.exec(
    `CREATE TRIGGER planted BEFORE ${event} ON ${table} WHEN ${when} BEGIN SELECT RAISE(ABORT, 'planted'); END`,
  );

test('a batch of a thousand under one key is made once, and the second answer is the first', async () => {
  const command = await host.command({ input_schema: PIN });
  const input = { command_id: command.id, profile_ids: profileIds(1000), input: { pin: '123456' } };
  const doors = once();
  const first = await doors.create(input);
  const second = await doors.create(input);
  expect(second).toEqual({ value: JSON.parse(JSON.stringify(first.value)), replayed: true });
  expect([rows('task'), rows('secret')]).toEqual([1000, 1000]);
});

test('a failure in the middle of a batch leaves no task, no secret, no event and no key', async () => {
  const command = await host.command({ input_schema: PIN });
  const input = { command_id: command.id, profile_ids: profileIds(300), input: { pin: '123456' } };
  const events = rows('event');
  failOn('task', "NEW.profile_id = 'prf_00000000000000000000000250'");
  await expect(once().create(input)).rejects.toThrow('planted');
  expect([rows('task'), rows('secret'), rows('idempotency')]).toEqual([0, 0, 0]);
  expect(rows('event')).toBe(events);
});

test('a host that ends after the commit and before the answer does not run the request a second time', async () => {
  const command = await host.command();
  const input = { command_id: command.id, input: {} };
  // The answer cannot be recorded: all that is left is what the transaction of the tasks wrote.
  failOn('idempotency', "NEW.status = 'done'", 'UPDATE');
  await expect(once().create(input)).rejects.toThrow('planted');
  const made = host.db.raw.prepare<[], { id: string }>('SELECT id FROM task').all();
  host.db.raw.exec('DROP TRIGGER planted');
  const again = await once().create(input);
  expect(again.replayed).toBe(true);
  expect(made).toEqual([{ id: Task.parse(again.value).id }]);
  expect(rows('task')).toBe(1);
});

test('a key whose transaction was rolled back is free', async () => {
  const command = await host.command();
  failOn('idempotency', 'NEW.receipt IS NOT NULL', 'UPDATE');
  await expect(once().create({ command_id: command.id, input: {} })).rejects.toThrow('planted');
  expect([rows('task'), rows('idempotency')]).toEqual([0, 0]);
});

test('tasks made without a principal in the transaction of another feature vanish when it rolls back', async () => {
  const command = await host.command({ input_schema: PIN });
  const batch = await host.tasks.factory.prepare(request({ command_id: command.id, input: { pin: '123456' } }));
  expect(rows('secret')).toBe(0);
  expect(() =>
    host.db.transaction(() => {
      host.tasks.factory.commit(batch);
      throw new Error('the schedule could not be advanced');
    }),
  ).toThrow('advanced');
  expect([rows('task'), rows('secret')]).toEqual([0, 0]);
  host.db.transaction(() => host.tasks.factory.commit(batch));
  expect([rows('task'), rows('secret')]).toEqual([1, 1]);
});

test('a commit that fails in a transaction that goes on leaves nothing of its batch', async () => {
  const command = await host.command({ input_schema: PIN });
  const batch = await host.tasks.factory.prepare(
    request({ command_id: command.id, profile_ids: profileIds(3), input: { pin: '123456' } }),
  );
  const announced: string[] = [];
  host.events.subscribe((changes) => announced.push(...changes.map((change) => change.type)));
  failOn('task', "NEW.profile_id = 'prf_00000000000000000000000002'");
  host.db.transaction(() => {
    expect(() => host.tasks.factory.commit(batch)).toThrow('planted');
    host.events.append({ type: 'host.warning', entity: 'host', id: 'x' });
  });
  await Promise.resolve();
  expect([rows('task'), rows('secret')]).toEqual([0, 0]);
  expect(announced).not.toContain('task.created');
});

test('a repeated inline task checks its input against the schema it kept, and seals a new secret', async () => {
  await host.tasks.start();
  const spec = { kind: 'process', argv: ['true'] };
  const first = Task.parse(
    await host.tasks.handlers.tasks_create(
      request({ spec, input_schema: PIN, input: { do: [['succeed', 1]] }, wait: true }),
      callOf(),
    ),
  );
  const wrong = await thrownBy(() =>
    host.tasks.service.retry(first.id, OPERATOR, { as_then: false, input: { pin: 'abc' } }),
  );
  expect(wrong).toMatchObject({ slug: 'validation-error', errors: { 'input.pin': expect.any(String) } });
  const again = await host.tasks.service.retry(first.id, OPERATOR, { as_then: false, input: { pin: 'tiger-lily' } });
  expect(again.input.pin).toBe('••••••');
  expect(JSON.stringify(host.db.raw.prepare('SELECT * FROM task').all())).not.toContain('tiger-lily');
  expect(host.store.get(again.id)?.input_schema).toBe(JSON.stringify(PIN));
  await host.ends(again.id);
});

// Would catch: a key that may only run commands, and has a file read again that somebody else let a command read, for something else.
test('repeating a task that reads a file needs the scope that its input needs, whatever else of it is changed', async () => {
  await host.tasks.start();
  const input = { url: 'file:///home/ann/plan.html', do: [['succeed', 1]] };
  const command = await host.command();
  const asked = request({ command_id: command.id, input, wait: true });
  const { id } = Task.parse(await host.tasks.handlers.tasks_create(asked, callOf()));
  const retry = (options: Parameters<typeof host.tasks.service.retry>[2], scope: 'run' | 'manage' = 'run') =>
    host.tasks.service.retry(id, { scope }, options);
  for (const options of [
    { as_then: true },
    { as_then: false },
    { as_then: false, input: { do: [['succeed', 2]] } },
    { as_then: false, input: { url: 'view-source: file:///etc/passwd' } },
  ])
    expect(await thrownBy(() => retry(options))).toMatchObject({
      slug: 'forbidden',
      extra: { required_scope: 'manage' },
    });
  const web = await retry({ as_then: false, input: { url: 'https://shop.test/' } });
  await host.ends(web.id);
  await host.ends((await retry({ as_then: true }, 'manage')).id);
});

// Would catch: a key that may only run commands and repeats a program of somebody else's with an input of its own.
test('repeating a spec that is no command needs the scope that making it needs, a command does not', async () => {
  await host.tasks.start();
  const { id } = Task.parse(
    await host.tasks.handlers.tasks_create(
      request({ spec: { kind: 'process', argv: ['true'] }, input: { do: [['succeed', 1]] }, wait: true }),
      callOf(),
    ),
  );
  for (const options of [{ as_then: true }, { as_then: false, input: {} }]) {
    const refused = await thrownBy(() => host.tasks.service.retry(id, { scope: 'run' }, options));
    expect(refused).toMatchObject({ slug: 'forbidden', extra: { required_scope: 'manage' } });
  }
  const again = await host.tasks.service.retry(id, { scope: 'manage' }, { as_then: true });
  expect(again.retry_of).toBe(id);
  await host.ends(again.id);
});
