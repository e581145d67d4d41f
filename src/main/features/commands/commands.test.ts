import { expect, test } from 'vitest';
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
