import { expect, test } from 'vitest';
import { commandsOn, httpCommand } from '../../../../tests/support/commands.ts';
import { openTestCore } from '../../../../tests/support/core.ts';
import type { JsonObject } from '../../../contract/kernel/scalars.ts';
import { MASK } from '../../../contract/kernel/text/mask.ts';

test('a secret of more than 64 KiB is refused where it is given, with its field', async () => {
  using core = openTestCore();
  const service = commandsOn(core);
  const long = 'ü'.repeat(32_769);
  await expect(service.create(httpCommand({ defaults: { nested: { pin: long } } }), 'anna')).rejects.toMatchObject({
    slug: 'validation-error',
    extra: { field: 'defaults.nested.pin', reason: expect.stringContaining('65536 bytes') },
  });
  const { id } = await service.create(httpCommand(), 'anna');
  const seal = async (password: string) =>
    (await service.prepareRun({ t: 'command', id }, { given: { user: 'anna', password } })).seal('task:1');
  await expect(seal(long)).rejects.toMatchObject({ slug: 'validation-error', extra: { field: 'input.password' } });
  await expect(seal(long.slice(1))).resolves.toMatchObject({ secrets: [{}] });
});

test('secrets in a list are sealed in defaults and inputs, masked in a dry run, and kept by their mask', async () => {
  using core = openTestCore();
  const service = commandsOn(core);
  const input_schema: JsonObject = {
    properties: { pins: { items: { $ref: '#/$defs/pin' } } },
    $defs: { pin: { writeOnly: true } },
  };
  const created = await service.create(httpCommand({ input_schema, defaults: { pins: ['48213', '99120'] } }), 'anna');
  expect(created.defaults).toEqual({ pins: [MASK, MASK] });
  const run = await service.prepareRun({ t: 'command', id: created.id }, { given: { pins: [MASK, 'tiger-lily'] } });
  const { input, secrets } = await run.seal('task:1');
  core.secrets.store(secrets);
  expect(await Promise.all(secrets.map(({ id }) => core.secrets.get(id)))).toEqual(['48213', 'tiger-lily']);
  const dry = await service.dryRun({ id: created.id, input: { user: 'anna', pins: ['tiger-lily'] } });
  for (const shown of [input, dry]) expect(JSON.stringify(shown)).not.toMatch(/48213|99120|tiger-lily/);
});

// Would catch: a caller that writes the id of a secret into defaults, so that a run of its own opens it.
test('what a caller writes in the form of a reference refers to nothing', async () => {
  using core = openTestCore();
  const service = commandsOn(core);
  const reference = { $secret: await core.secrets.put('task:1', 'of somebody else') };
  const defaults = { user: 'anna', password: reference, nested: { pin: reference, note: [reference] } };
  const made = await service.create(httpCommand({ defaults }), 'ben');
  const other = await service.create(httpCommand(), 'ben');
  const changed = await service.update(other.id, { defaults }, 'ben', {});
  for (const command of [made, changed])
    expect(JSON.stringify(command.defaults)).not.toMatch(new RegExp(`\\$secret|${MASK}`));
});

test('each update is a version; the history names what changed, from and to', async () => {
  using core = openTestCore();
  const service = commandsOn(core);
  const { id } = await service.create(httpCommand(), 'anna');
  await service.update(id, { timeout_seconds: 5, name: 'pong' }, 'ben', {});
  const [second, first] = service.versions(id);
  expect(second).toMatchObject({ version: 2, by: 'ben' });
  expect(second?.diff).toEqual([
    { path: 'name', from: 'ping', to: 'pong' },
    { path: 'timeout_seconds', from: 600, to: 5 },
  ]);
  expect(first).toMatchObject({ version: 1, by: 'anna', diff: [] });
  expect(service.atVersion(id, 1).name).toBe('ping');
});

test('a stale edit is refused with the current version: two operators do not overwrite each other', async () => {
  using core = openTestCore();
  const service = commandsOn(core);
  const { id } = await service.create(httpCommand(), 'anna');
  await service.update(id, { name: 'one' }, 'anna', { body: 1 });
  await expect(service.update(id, { name: 'two' }, 'ben', { body: 1 })).rejects.toMatchObject({
    slug: 'version-conflict',
    status: 409,
    extra: { current_version: 2 },
  });
  await expect(service.update(id, { name: 'two' }, 'ben', { ifMatch: 1 })).rejects.toMatchObject({ status: 412 });
});

test('secret defaults are never readable: not in answers, not in the database, not in the history', async () => {
  using core = openTestCore();
  const service = commandsOn(core);
  const created = await service.create(
    httpCommand({ defaults: { user: 'demo', password: 'tiger-lily', nested: { pin: '48213' } } }),
    'anna',
  );
  expect(created.defaults).toEqual({ user: 'demo', password: MASK, nested: { pin: MASK } });
  await service.update(created.id, { defaults: { user: 'other', password: MASK, nested: { pin: MASK } } }, 'anna', {});
  const dump = JSON.stringify([
    core.db.raw.prepare('SELECT * FROM command').all(),
    core.db.raw.prepare('SELECT * FROM command_version').all(),
    core.events.list(0, 100),
    service.versions(created.id),
  ]);
  expect(dump).not.toContain('tiger-lily');
  expect(dump).not.toContain('48213');
  // The mask sent back kept the stored value: it is there when a task is made.
  expect((await service.snapshot(created.id)).defaults).toEqual({
    user: 'other',
    password: 'tiger-lily',
    nested: { pin: '48213' },
  });
});

test('a wrong spec or schema is refused at its path', async () => {
  using core = openTestCore();
  const service = commandsOn(core);
  await expect(service.create(httpCommand({ spec: { url: 7 } }), 'anna')).rejects.toMatchObject({
    slug: 'validation-error',
    errors: { 'spec.url': expect.any(String) },
  });
  await expect(service.create(httpCommand({ input_schema: { type: 'nonsense' } }), 'anna')).rejects.toMatchObject({
    errors: { input_schema: expect.any(String) },
  });
  await expect(service.create(httpCommand({ spec: { kind: 'process', argv: ['x'] } }), 'anna')).rejects.toMatchObject({
    errors: { 'spec.kind': expect.any(String) },
  });
});

test('deleted commands leave the list, come back with restore, and go for good after the purge', async () => {
  using core = openTestCore();
  const service = commandsOn(core);
  const { id } = await service.create(httpCommand({ defaults: { user: 'demo', password: 'tiger-lily' } }), 'anna');
  service.remove(id, 'anna');
  expect(service.list({ limit: 10, count: true }).total).toBe(0);
  await expect(service.snapshot(id)).rejects.toMatchObject({ slug: 'not-found' });
  expect(service.restore(id, 'anna').name).toBe('ping');
  service.remove(id, 'anna');
  core.clock.advance(1000);
  service.purge(core.clock.now());
  expect(() => service.restore(id, 'anna')).toThrow(/no deleted command/);
  expect(core.db.raw.prepare('SELECT count(*) AS n FROM secret').get()).toEqual({ n: 0 });
});

test('paging walks every row once, in every sort order, and refuses a cursor of another list', async () => {
  using core = openTestCore();
  const service = commandsOn(core);
  for (let n = 0; n < 25; n++) await service.create(httpCommand({ name: `c${n % 5}` }), 'anna');
  for (const sort of ['-created_at', 'name', '-name,created_at']) {
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = service.list({ limit: 4, cursor, sort, count: false });
      seen.push(...page.items.map((item) => item.id));
      cursor = page.next_cursor ?? undefined;
    } while (cursor);
    expect(new Set(seen).size).toBe(25);
    expect(seen).toHaveLength(25);
  }
  const { next_cursor } = service.list({ limit: 4, sort: 'name', count: false });
  expect(() => service.list({ limit: 4, sort: '-name', cursor: next_cursor ?? '', count: false })).toThrow(/cursor/);
  expect(() => service.list({ limit: 4, sort: 'spec', count: false })).toThrow(/sort/);
});
