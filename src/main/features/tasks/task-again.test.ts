import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { MIGRATIONS } from '../../../../tests/support/core.ts';
import { openTaskHost, type TaskHost, thrownBy } from '../../../../tests/support/tasks.ts';
import type { JsonObject } from '../../../contract/kernel/scalars.ts';
import { MASK } from '../../../contract/kernel/text/mask.ts';
import { OPERATOR } from '../../core/operation/operator.ts';

let host: TaskHost;
beforeEach(async () => {
  host = openTaskHost();
  await host.tasks.start();
});
afterEach(() => host.dispose());

const again = (id: string, as_then = false) => host.tasks.service.retry(id, OPERATOR, { as_then });

// Would catch: a task that was given an hour and is cut off after the default of its command when somebody repeats it.
test('limits that the request set itself hold again, also when that task is repeated in its turn', async () => {
  const command = await host.command({ timeout_seconds: 60, retry: { max: 2, backoff_seconds: 0, factor: 1 } });
  const limits = { timeout_seconds: 3600, max_attempts: 1 };
  const first = await host.run(command, [['succeed', 1]], limits);
  await host.ends(first.id);
  const second = await again(first.id);
  expect(second).toMatchObject(limits);
  await host.ends(second.id);
  const same = await again(second.id, true);
  await host.ends(same.id);
  expect(await again(same.id)).toMatchObject(limits);
});

// Would catch: the back-off of today with the number of attempts of then.
test('limits that the request left to the command are those of the command as it is now', async () => {
  const command = await host.command({ timeout_seconds: 60, retry: { max: 0, backoff_seconds: 0, factor: 1 } });
  const first = await host.run(command, [['succeed', 1]]);
  await host.ends(first.id);
  const retry = { max: 4, backoff_seconds: 1, factor: 2 };
  await host.commandService.update(command.id, { timeout_seconds: 90, retry }, 'test', {});
  expect(await again(first.id, true)).toMatchObject({ timeout_seconds: 60, max_attempts: 1 });
  expect(await again(first.id)).toMatchObject({ timeout_seconds: 90, max_attempts: 5 });
});

// Would catch: a script that waits for a browser it was never given.
test('a command that needs a profile by now does not run again without one', async () => {
  const command = await host.command();
  const first = await host.run(command, [['succeed', 1]]);
  await host.ends(first.id);
  await host.commandService.update(command.id, { uses: { profile: true, services: [] } }, 'test', {});
  expect((await thrownBy(() => again(first.id))).errors).toEqual({ profile_id: 'profile_id is required' });
  await host.ends((await again(first.id, true)).id);
});

// Would catch: a caller that may only run commands, and sends a secret of somebody else's run to an address of its own.
test('secrets of the earlier run stay in a new input only for those who may change commands', async () => {
  const properties = { token: { type: 'string', format: 'password' }, url: { type: 'string' } };
  const command = await host.command({ input_schema: { type: 'object', properties } });
  const { id } = await host.run(command, [['succeed', 1]], {
    input: { do: [['succeed', 1]], token: 'of the operator', url: 'http://a/' },
  });
  await host.ends(id);
  const retry = (scope: 'run' | 'manage', input?: JsonObject) =>
    host.tasks.service.retry(id, { scope }, { as_then: false, input });
  for (const input of [{ url: 'http://b/' }, { url: 'http://b/', token: MASK }, {}]) {
    expect(await thrownBy(() => retry('run', input))).toMatchObject({ slug: 'forbidden' });
    await host.ends((await retry('manage', input)).id);
  }
  await host.ends((await retry('run')).id);
  await host.ends((await retry('run', { url: 'http://b/', token: 'my own' })).id);
});

// Would catch: an optional value that nobody can take away again, and a null taken away that the schema knows.
test('a null takes away what the earlier run had, unless the schema knows null', async () => {
  const properties = { note: { type: 'string' }, limit: { type: ['integer', 'null'] }, any: {} };
  const command = await host.command({ input_schema: { type: 'object', properties } });
  const { id } = await host.run(command, [['succeed', 1]], {
    input: { do: [['succeed', 1]], note: 'for Monday', limit: 3, any: 1 },
  });
  await host.ends(id);
  const next = await host.tasks.service.retry(id, OPERATOR, {
    as_then: false,
    input: { note: null, limit: null, any: null },
  });
  expect(next.input).toEqual({ do: [['succeed', 1]], limit: null, any: null });
  await host.ends(next.id);
});

// Would catch: tasks of before the upgrade that lose their limits when they are repeated.
test('of tasks from before it the migration keeps the limits that differ from those of their command', async () => {
  const command = await host.command({ timeout_seconds: 60, retry: { max: 2, backoff_seconds: 0, factor: 1 } });
  const made = [
    await host.run(command, [['succeed', 1]]),
    await host.run(command, [['succeed', 1]], { timeout_seconds: 3600 }),
    await host.run(command, [['succeed', 1]], { max_attempts: 1 }),
  ];
  for (const { id } of made) await host.ends(id);
  host.db.raw.exec('ALTER TABLE task DROP COLUMN overrides');
  host.db.raw.exec(fs.readFileSync(path.join(MIGRATIONS, '0008-task-overrides.sql'), 'utf8'));
  expect(made.map(({ id }) => host.store.get(id)?.overrides)).toEqual([
    '{}',
    '{"timeout_seconds":3600}',
    '{"max_attempts":1}',
  ]);
});
