import { describe, expect, test } from 'vitest';
import { commandsOn, httpCommand } from '../../../../tests/support/commands.ts';
import { openTestCore } from '../../../../tests/support/core.ts';
import type { JsonObject } from '../../../contract/kernel/scalars.ts';
import { MASK } from '../../../contract/kernel/text/mask.ts';

test('a dry run shows the request with secrets masked, and names what is missing', async () => {
  using core = openTestCore();
  const service = commandsOn(core);
  const { id } = await service.create(httpCommand(), 'anna');
  const run = await service.dryRun({ id, input: { user: 'anna', password: 'tiger-lily' } });
  expect(run).toMatchObject({
    valid: true,
    resolved: { url: 'http://127.0.0.1/anna', headers: { authorization: `Bearer ${MASK}` } },
  });
  expect(JSON.stringify(run)).not.toContain('tiger-lily');
  const incomplete = await service.dryRun({ id, input: { user: 'a' } });
  expect(incomplete.valid).toBe(false);
  expect(incomplete.errors.map((error) => error.path).sort()).toEqual(['input.password', 'input.user']);
  expect(incomplete.missing).toEqual(['password']);
});

// Would catch: a dry run that shows a mask, and a task that writes the secret into its log.
test('a dry run says that a secret is too short to be redacted', async () => {
  using core = openTestCore();
  const service = commandsOn(core);
  const { id } = await service.create(httpCommand(), 'anna');
  const warningsOf = async (password: string) =>
    (await service.dryRun({ id, input: { user: 'anna', password } })).warnings.join();
  expect(await warningsOf('abc')).toContain('input.password has fewer than 4 characters');
  expect(await warningsOf('abcd')).toBe('');
});

// Would catch: warnings of a prompt alone, while other members carry a secret to the engine too.
test.each([
  ['prompt', { prompt: 'Say {{input.password}}' }, 'The prompt names a secret'],
  ['stop', { prompt: 'x', parameters: { stop: ['{{input.password}}'] } }, 'A stop text names a secret'],
  [
    'output_schema',
    { prompt: 'x', output_schema: { const: '{{input.password}}' } },
    'The output schema names a secret',
  ],
])('a dry run warns of a secret in %s', async (_member, spec, warning) => {
  using core = openTestCore();
  const input_schema = { type: 'object', properties: { password: { type: 'string', format: 'password' } } };
  const run = await commandsOn(core).dryRun({ kind: 'llm', spec, input_schema, input: { password: 'tiger-lily' } });
  expect(run.warnings).toEqual([expect.stringContaining(warning)]);
});

test('a dry run of a script finds a syntax error and a missing default export without running it', async () => {
  using core = openTestCore();
  const service = commandsOn(core);
  const check = (script: string) => service.dryRun({ kind: 'browser', spec: { script }, input: {} });
  const good = [
    'export default async ({ page }) => { await page.goto("about:blank") }',
    'export default async ({ page }: { page: Page }) => { const n: number = 1; return n }',
    'const one = 1; export { one, main as default }; function main() {}',
  ];
  for (const script of good) expect(await check(script)).toMatchObject({ valid: true });
  expect((await check('export default async ( => {')).errors[0]?.path).toBe('spec.script');
  expect((await check('const a = 1')).errors[0]?.message).toMatch(/default export/);
});

// Would catch: a merge that reads what objects inherit, so that a required member seems to be there.
test('a member of the input that is named like a part of every object is a member like any other', async () => {
  using core = openTestCore();
  const run = (input: string) =>
    commandsOn(core).dryRun({
      kind: 'http',
      spec: { url: 'http://127.0.0.1/' },
      input_schema: { type: 'object', required: ['password'] },
      input: JSON.parse(input) as JsonObject,
    });
  expect((await run('{"__proto__":{"password":"x"}}')).errors).toEqual([
    { path: 'input.password', message: 'password is required' },
  ]);
  expect((await run('{"constructor":{"a":1},"password":"x"}')).valid).toBe(true);
});

describe('dry runs', () => {
  const spec = { url: 'http://127.0.0.1/{{profile.name}}' };

  test('show the profile that is chosen, and tell when there is none of that id', async () => {
    using core = openTestCore();
    const run = (profile_id?: string) => commandsOn(core).dryRun({ kind: 'http', spec, input: {}, profile_id });
    expect(await run('prf_1')).toMatchObject({ valid: true, resolved: { url: 'http://127.0.0.1/Anna' } });
    expect((await run('prf_2')).errors).toEqual([{ path: 'profile_id', message: 'profile not found' }]);
    expect((await run()).missing).toEqual(['profile.name']);
  });

  test('of what is being written win over the stored command, and change nothing', async () => {
    using core = openTestCore();
    const service = commandsOn(core);
    const { id } = await service.create(httpCommand(), 'anna');
    const head = core.events.head();
    const run = await service.dryRun({
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

  test('name what is missing instead of failing', async () => {
    using core = openTestCore();
    const service = commandsOn(core);
    await expect(service.dryRun({ input: {} })).rejects.toMatchObject({ slug: 'validation-error' });
    expect((await service.dryRun({ spec: { url: 'x' }, input: {} })).errors).toEqual([
      { path: 'kind', message: 'kind is required' },
    ]);
    expect(
      (await service.dryRun({ kind: 'http', spec, input_schema: { type: 'nonsense' }, input: {} })).errors,
    ).toMatchObject([{ path: 'input_schema' }]);
    expect((await service.dryRun({ kind: 'process', spec: { argv: [] }, input: {} })).errors[0]?.path).toBe(
      'spec.argv',
    );
  });
});
