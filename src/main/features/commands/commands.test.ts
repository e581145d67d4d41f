import { describe, expect, test } from 'vitest';
import { openTestCore, type TestCore } from '../../../../tests/support/core.ts';
import { CommandCreate } from '../../../contract/automation/commands.ts';
import type { JsonObject } from '../../../contract/kernel/scalars.ts';
import { MASK } from '../../core/secrets/secret-refs.ts';
import { createCommands } from './index.ts';

const LOGIN_SCHEMA: JsonObject = {
  type: 'object',
  required: ['user', 'password'],
  properties: {
    user: { type: 'string', minLength: 2 },
    password: { type: 'string', format: 'password' },
    nested: { type: 'object', properties: { pin: { type: 'string', writeOnly: true } } },
  },
};

function commandsOn(core: TestCore) {
  return createCommands({ ...core, profileName: (id) => (id === 'prf_1' ? 'Anna' : null), nodePath: '/usr/bin/node' })
    .service;
}

const http = (over: Record<string, unknown> = {}) =>
  CommandCreate.parse({
    name: 'ping',
    kind: 'http',
    spec: { url: 'http://127.0.0.1/{{user}}', headers: { authorization: 'Bearer {{password}}' } },
    input_schema: LOGIN_SCHEMA,
    ...over,
  });

test('a secret of more than 64 KiB is refused where it is given, with its field', async () => {
  using core = openTestCore();
  const service = commandsOn(core);
  const long = 'ü'.repeat(32_769);
  await expect(service.create(http({ defaults: { nested: { pin: long } } }), 'anna')).rejects.toMatchObject({
    slug: 'validation-error',
    extra: { field: 'defaults.nested.pin', reason: expect.stringContaining('65536 bytes') },
  });
  const { id } = await service.create(http(), 'anna');
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
  const created = await service.create(http({ input_schema, defaults: { pins: ['48213', '99120'] } }), 'anna');
  expect(created.defaults).toEqual({ pins: [MASK, MASK] });
  const run = await service.prepareRun({ t: 'command', id: created.id }, { given: { pins: [MASK, 'tiger-lily'] } });
  const { input, secrets } = await run.seal('task:1');
  core.secrets.store(secrets);
  expect(await Promise.all(secrets.map(({ id }) => core.secrets.get(id)))).toEqual(['48213', 'tiger-lily']);
  const dry = service.dryRun({ id: created.id, input: { user: 'anna', pins: ['tiger-lily'] } });
  for (const shown of [input, dry]) expect(JSON.stringify(shown)).not.toMatch(/48213|99120|tiger-lily/);
});

test('each update is a version; the history names what changed, from and to', async () => {
  using core = openTestCore();
  const service = commandsOn(core);
  const { id } = await service.create(http(), 'anna');
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
  const { id } = await service.create(http(), 'anna');
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
    http({ defaults: { user: 'demo', password: 'tiger-lily', nested: { pin: '48213' } } }),
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
  await expect(service.create(http({ spec: { url: 7 } }), 'anna')).rejects.toMatchObject({
    slug: 'validation-error',
    errors: { 'spec.url': expect.any(String) },
  });
  await expect(service.create(http({ input_schema: { type: 'nonsense' } }), 'anna')).rejects.toMatchObject({
    errors: { input_schema: expect.any(String) },
  });
  await expect(service.create(http({ spec: { kind: 'process', argv: ['x'] } }), 'anna')).rejects.toMatchObject({
    errors: { 'spec.kind': expect.any(String) },
  });
});

test('a dry run shows the request with secrets masked, and names what is missing', async () => {
  using core = openTestCore();
  const service = commandsOn(core);
  const { id } = await service.create(http(), 'anna');
  const run = service.dryRun({ id, input: { user: 'anna', password: 'tiger-lily' } });
  expect(run).toMatchObject({
    valid: true,
    resolved: { url: 'http://127.0.0.1/anna', headers: { authorization: `Bearer ${MASK}` } },
  });
  expect(JSON.stringify(run)).not.toContain('tiger-lily');
  const incomplete = service.dryRun({ id, input: { user: 'a' } });
  expect(incomplete.valid).toBe(false);
  expect(incomplete.errors.map((error) => error.path).sort()).toEqual(['input.password', 'input.user']);
  expect(incomplete.missing).toEqual(['password']);
});

test('a dry run of a script finds a syntax error and a missing default export without running it', () => {
  using core = openTestCore();
  const service = commandsOn(core);
  const check = (script: string) => service.dryRun({ kind: 'browser', spec: { script }, input: {} });
  expect(check('export default async ({ page }) => { await page.goto("about:blank") }').valid).toBe(true);
  expect(check('export default async ({ page }: { page: Page }) => { const n: number = 1; return n }').valid).toBe(
    true,
  );
  expect(check('export default async ( => {').errors[0]?.path).toBe('spec.script');
  expect(check('const a = 1').errors[0]?.message).toMatch(/default export/);
});

test('deleted commands leave the list, come back with restore, and go for good after the purge', async () => {
  using core = openTestCore();
  const service = commandsOn(core);
  const { id } = await service.create(http({ defaults: { user: 'demo', password: 'tiger-lily' } }), 'anna');
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
  for (let n = 0; n < 25; n++) await service.create(http({ name: `c${n % 5}` }), 'anna');
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

describe('versions', () => {
  // Would catch: two operators of whom the second overwrites the first, because sealing let the first one in between.
  test('of two edits at the same time one wins and the other is told', async () => {
    using core = openTestCore();
    const service = commandsOn(core);
    const { id } = await service.create(http({ defaults: { user: 'demo', password: 'one' } }), 'anna');
    const edits = await Promise.allSettled([
      service.update(id, { defaults: { user: 'anna', password: 'two' } }, 'anna', {}),
      service.update(id, { defaults: { user: 'ben', password: 'three' } }, 'ben', {}),
    ]);
    expect(edits.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(edits.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { slug: 'version-conflict' } });
    expect(service.versions(id).map(({ version }) => version)).toEqual([2, 1]);
    expect((await service.snapshot(id)).defaults.password).toBe('two');
  });

  test('that are deleted while they are sealed are not brought back by the edit', async () => {
    using core = openTestCore();
    const service = commandsOn(core);
    const { id } = await service.create(http(), 'anna');
    const editing = service.update(id, { defaults: { user: 'demo', password: 'one' } }, 'anna', {});
    service.remove(id, 'ben');
    await expect(editing).rejects.toMatchObject({ slug: 'not-found' });
    expect(service.list({ limit: 10, count: true }).total).toBe(0);
  });

  test('count on through deleting and restoring, and name who did it', async () => {
    using core = openTestCore();
    const service = commandsOn(core);
    const { id } = await service.create(http(), 'anna');
    service.remove(id, 'ben');
    expect(service.restore(id, 'cleo')).toMatchObject({ id, version: 3 });
    expect(() => service.restore(id, 'cleo')).toThrow(expect.objectContaining({ slug: 'not-found' }));
    expect(service.versions(id).map(({ version, by }) => [version, by])).toEqual([
      [3, 'cleo'],
      [2, 'ben'],
      [1, 'anna'],
    ]);
    expect(core.events.list(0, 10).map(({ type, version }) => [type, version])).toEqual([
      ['command.created', 1],
      ['command.deleted', 2],
      ['command.created', 3],
    ]);
  });

  test('are found by their number only, and a task can be made from each', async () => {
    using core = openTestCore();
    const service = commandsOn(core);
    const { id } = await service.create(http({ timeout_seconds: 5 }), 'anna');
    await service.update(id, { timeout_seconds: 50 }, 'anna', {});
    expect(await service.snapshot(id, 1)).toMatchObject({ version: 1, timeout_seconds: 5 });
    expect(await service.snapshot(id)).toMatchObject({ version: 2, timeout_seconds: 50 });
    for (const version of [0, 3, -1]) {
      expect(() => service.atVersion(id, version)).toThrow(expect.objectContaining({ slug: 'not-found' }));
      await expect(service.snapshot(id, version)).rejects.toMatchObject({ slug: 'not-found' });
    }
  });

  test('that are switched off make no task, in whatever version', async () => {
    using core = openTestCore();
    const service = commandsOn(core);
    const { id } = await service.create(http(), 'anna');
    await service.update(id, { enabled: false }, 'anna', {});
    for (const version of [undefined, 1])
      await expect(service.snapshot(id, version)).rejects.toMatchObject({ slug: 'invalid-state' });
  });

  // Would catch: null that is stored as null where the wire promises a value.
  test('null sets a member back to what a new command has; one that has nothing by itself stays', async () => {
    using core = openTestCore();
    const service = commandsOn(core);
    const fresh = await service.create(http(), 'anna');
    const { id } = await service.create(http({ timeout_seconds: 5, tags: ['a'], folder: 'f', enabled: false }), 'anna');
    const cleared = {
      name: null,
      spec: null,
      timeout_seconds: null,
      tags: null,
      folder: null,
      enabled: null,
      retry: null,
    };
    const { timeout_seconds, tags, folder, enabled, retry, name, spec } = fresh;
    expect(await service.update(id, cleared, 'anna', {})).toMatchObject({
      ...{ timeout_seconds, tags, folder, enabled, retry, name, spec },
      version: 2,
    });
  });
});

describe('input schemas', () => {
  const schemaOf = (type: string): JsonObject => ({
    $id: 'https://example.test/input',
    type: 'object',
    properties: { n: { type } },
  });

  // Would catch: an edit of a schema with an $id that is refused until the host is restarted, since the old one has that name.
  test('with one $id and another content stand beside each other', async () => {
    using core = openTestCore();
    const service = commandsOn(core);
    const { id } = await service.create(http({ input_schema: schemaOf('number') }), 'anna');
    await service.update(id, { input_schema: schemaOf('string') }, 'anna', {});
    expect(service.dryRun({ id, input: { n: 'text', user: 'u', password: 'p' } }).errors).toEqual([]);
    expect(service.dryRun({ id, input: { n: 7 } }).errors).toContainEqual({
      path: 'input.n',
      message: 'must be string',
    });
    const other = await service.create(http({ input_schema: schemaOf('number') }), 'anna');
    expect(service.dryRun({ id: other.id, input: { n: 'text' } }).errors).toContainEqual({
      path: 'input.n',
      message: 'must be number',
    });
  });

  // Would catch: a mistake in a schema that keeps its $id taken after it was corrected.
  test('that were refused leave nothing behind', async () => {
    using core = openTestCore();
    const service = commandsOn(core);
    const fixed = { ...schemaOf('number'), $id: 'https://example.test/broken' };
    const broken = { ...fixed, allOf: [{ $ref: '#/nowhere' }] };
    await expect(service.create(http({ input_schema: broken }), 'anna')).rejects.toMatchObject({
      errors: { input_schema: expect.stringContaining('nowhere') },
    });
    expect((await service.create(http({ input_schema: fixed }), 'anna')).version).toBe(1);
  });

  test('that refer to themselves are followed', () => {
    using core = openTestCore();
    const schema: JsonObject = {
      $id: 'https://example.test/tree',
      type: 'object',
      properties: { name: { type: 'string' }, child: { $ref: '#' } },
    };
    const run = (input: JsonObject) =>
      commandsOn(core).dryRun({ kind: 'http', spec: { url: 'http://127.0.0.1/' }, input_schema: schema, input });
    expect(run({ child: { child: { name: 'leaf' } } }).valid).toBe(true);
    expect(run({ child: { child: { name: 7 } } }).errors).toEqual([
      { path: 'input.child.child.name', message: 'must be string' },
    ]);
  });

  test.each<[JsonObject, JsonObject, { path: string; message: string }[]]>([
    [
      { required: ['a', 'b'] },
      {},
      [
        { path: 'input.a', message: 'a is required' },
        { path: 'input.b', message: 'b is required' },
      ],
    ],
    [{ additionalProperties: false }, { extra: 1 }, [{ path: 'input.extra', message: 'unknown field' }]],
    [{ properties: { a: { enum: [1, 'x'] } } }, { a: 2 }, [{ path: 'input.a', message: 'must be one of 1, x' }]],
    [
      { properties: { 'a/b~c': { type: 'string' } } },
      { 'a/b~c': 1 },
      [{ path: 'input.a/b~c', message: 'must be string' }],
    ],
    [
      { properties: { list: { items: { type: 'integer' } } } },
      { list: [1, 1.5] },
      [{ path: 'input.list.1', message: 'must be integer' }],
    ],
    [{ minProperties: 1 }, {}, [{ path: 'input', message: 'must NOT have fewer than 1 properties' }]],
  ])('%j finds in %j what is wrong, each at its path', (input_schema, input, errors) => {
    using core = openTestCore();
    const spec = { url: 'http://127.0.0.1/' };
    const found = commandsOn(core).dryRun({ kind: 'http', spec, input_schema, input });
    expect(found).toMatchObject({ valid: false, errors });
  });
});

// Would catch: a merge that reads what objects inherit, so that a required member seems to be there.
test('a member of the input that is named like a part of every object is a member like any other', () => {
  using core = openTestCore();
  const run = (input: string) =>
    commandsOn(core).dryRun({
      kind: 'http',
      spec: { url: 'http://127.0.0.1/' },
      input_schema: { type: 'object', required: ['password'] },
      input: JSON.parse(input) as JsonObject,
    });
  expect(run('{"__proto__":{"password":"x"}}').errors).toEqual([
    { path: 'input.password', message: 'password is required' },
  ]);
  expect(run('{"constructor":{"a":1},"password":"x"}').valid).toBe(true);
});

describe('dry runs', () => {
  const spec = { url: 'http://127.0.0.1/{{profile.name}}' };

  test('show the profile that is chosen, and tell when there is none of that id', () => {
    using core = openTestCore();
    const run = (profile_id?: string) => commandsOn(core).dryRun({ kind: 'http', spec, input: {}, profile_id });
    expect(run('prf_1')).toMatchObject({ valid: true, resolved: { url: 'http://127.0.0.1/Anna' } });
    expect(run('prf_2').errors).toEqual([{ path: 'profile_id', message: 'there is no such profile' }]);
    expect(run().missing).toEqual(['profile.name']);
  });

  test('of what is being written win over the stored command, and change nothing', async () => {
    using core = openTestCore();
    const service = commandsOn(core);
    const { id } = await service.create(http(), 'anna');
    const head = core.events.head();
    const run = service.dryRun({
      id,
      spec: { url: 'http://127.0.0.1/other/{{n}}' },
      input_schema: {},
      defaults: { n: 1 },
      input: {},
    });
    expect(run).toMatchObject({ valid: true, resolved: { url: 'http://127.0.0.1/other/1' } });
    expect(service.get(id).version).toBe(1);
    expect(core.events.head()).toBe(head);
  });

  test('name what is missing instead of failing', () => {
    using core = openTestCore();
    const service = commandsOn(core);
    expect(() => service.dryRun({ input: {} })).toThrow(expect.objectContaining({ slug: 'validation-error' }));
    expect(service.dryRun({ spec: { url: 'x' }, input: {} }).errors).toEqual([
      { path: 'kind', message: 'kind is required' },
    ]);
    expect(service.dryRun({ kind: 'http', spec, input_schema: { type: 'nonsense' }, input: {} }).errors).toMatchObject([
      { path: 'input_schema' },
    ]);
    expect(service.dryRun({ kind: 'process', spec: { argv: [] }, input: {} }).errors[0]?.path).toBe('spec.argv');
  });
});
