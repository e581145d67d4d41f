import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openTestCore, PLATFORM, type TestCore } from '../../../../../tests/support/core.ts';
import { CommandCreate, CommandSpec } from '../../../../contract/automation/commands.ts';
import type { JsonObject } from '../../../../contract/kernel/scalars.ts';
import { createCommands } from '../index.ts';

const commandsOn = (core: TestCore) =>
  createCommands({
    ...core,
    platform: PLATFORM,
    profileName: () => 'Anna',
    nodePath: null,
    checkOnEngine: async () => ({ errors: [], shown: {} }),
  });

const SECRET: JsonObject = { type: 'string', format: 'password' };
const PLAIN: JsonObject = { type: 'string' };

/** Each way in which a schema can say that a value is secret, with a name that leads to it. */
const SCHEMAS: Record<string, [schema: JsonObject, names: string[]]> = {
  'a property': [{ properties: { token: SECRET } }, ['token', 'input.token', 'input']],
  writeOnly: [{ properties: { token: { writeOnly: true } } }, ['token']],
  'a nested property': [
    { properties: { user: { properties: { pin: SECRET } } } },
    ['user.pin', 'input.user.pin', 'user'],
  ],
  'an item': [{ properties: { pins: { items: SECRET } } }, ['pins.0', 'pins.17', 'pins']],
  'an item by position': [{ properties: { pair: { prefixItems: [PLAIN, SECRET] } } }, ['pair.1', 'pair']],
  'a reference': [
    { properties: { user: { $ref: '#/$defs/u' } }, $defs: { u: { properties: { pin: SECRET } } } },
    ['user.pin', 'user'],
  ],
  'a recursive reference': [
    {
      properties: { tree: { $ref: '#/$defs/t' } },
      $defs: { t: { properties: { pin: SECRET, below: { $ref: '#/$defs/t' } } } },
    },
    ['tree.below.below.pin', 'tree.below', 'tree'],
  ],
  allOf: [{ allOf: [{ properties: { token: SECRET } }] }, ['token']],
  anyOf: [{ properties: { token: { anyOf: [PLAIN, SECRET] } } }, ['token']],
  dependentSchemas: [{ dependentSchemas: { user: { properties: { token: SECRET } } } }, ['token']],
  additionalProperties: [{ additionalProperties: SECRET }, ['anything', 'input']],
  patternProperties: [{ patternProperties: { '^t': SECRET } }, ['token']],
};

/** Each place in a spec that others can see. */
const PARTS: Record<string, (text: string) => [spec: JsonObject, path: string]> = {
  'the program': (text) => [{ argv: [text] }, 'spec.argv.0'],
  'an argument': (text) => [{ argv: ['curl', '-u', text] }, 'spec.argv.2'],
  'the environment': (text) => [{ argv: ['curl'], env: { TOKEN: text } }, 'spec.env.TOKEN'],
  'the working folder': (text) => [{ argv: ['curl'], cwd: `/tmp/${text}` }, 'spec.cwd'],
};

/** Each way to write the placeholder. */
const FORMS = [
  (name: string) => `{{${name}}}`,
  (name: string) => `a {{ ${name} }} b`,
  (name: string) => `{{${name}|none}}`,
  (name: string) => `\\\\{{${name}}}`,
];

const cases = Object.entries(SCHEMAS).flatMap(([how, [schema, names]]) =>
  names.flatMap((name) => Object.keys(PARTS).map((part) => ({ how, schema, name, part }))),
);

const command = (spec: JsonObject, input_schema: JsonObject) =>
  CommandCreate.parse({ name: 'curl', kind: 'process', spec, input_schema });

// Catches a password that every user of the machine reads in the process list.
describe('a secret in what others can see', () => {
  // The service starts a process that computes for it: one is enough for what only reads and creates.
  let core: TestCore;
  let service: ReturnType<typeof commandsOn>['service'];
  beforeAll(() => {
    core = openTestCore();
    ({ service } = commandsOn(core));
  });
  afterAll(() => core[Symbol.dispose]());

  test.each(cases)('by $how, as $name in $part, is refused unless the command says so', async ({
    schema,
    name,
    part,
  }) => {
    for (const form of FORMS) {
      const [spec, path] = PARTS[part]?.(form(name)) ?? [{}, ''];
      await expect(service.create(command(spec, schema), 'anna'), form(name)).rejects.toMatchObject({
        slug: 'validation-error',
        errors: { [path]: expect.stringContaining(`{{${name}}}`) },
      });
      await expect(
        service.prepareRun({ t: 'inline', spec: { kind: 'process', ...spec }, input_schema: schema }, { given: {} }),
      ).rejects.toMatchObject({ errors: { [path]: expect.stringMatching(/stdin.*files.*allow_secret_in_argv/) } });
      const dry = await service.dryRun({ kind: 'process', spec, input_schema: schema, input: {} });
      expect(dry.errors).toContainEqual({ path, message: expect.stringContaining('would show the secret') });

      const allowed = { ...spec, allow_secret_in_argv: true };
      const created = await service.create(command(allowed, schema), 'anna');
      const warned = await service.dryRun({ id: created.id, input: {} });
      expect(warned.warnings).toEqual([expect.stringMatching(`can read the secret .*${path.replaceAll('.', '\\.')}`)]);
      expect(warned.errors.filter((error) => error.path === path)).toEqual([]);
    }
  });

  test('stands in stdin and in files without a word, and what is no secret stands anywhere', async () => {
    using core = openTestCore();
    const { service } = commandsOn(core);
    const schema = { properties: { token: SECRET, user: PLAIN, pair: { prefixItems: [PLAIN, SECRET], items: PLAIN } } };
    const spec = {
      argv: ['curl', '{{user}}', '\\{{token}}', '{{pair.0}}', '{{profile.token}}', '@{{files.header}}'],
      env: { USER: '{{input.user}}', TOKEN_FILE: '{{files.header}}' },
      stdin: '{{token}}',
      files: { header: 'Authorization: Bearer {{token}}' },
    };
    const { id } = await service.create(command(spec, schema), 'anna');
    const dry = await service.dryRun({ id, input: { token: 'tiger-lily', user: 'anna', pair: ['a', 'lily'] } });
    expect(dry).toMatchObject({ errors: [], warnings: [] });
    expect(dry.resolved).toMatchObject({
      argv: ['curl', 'anna', '{{token}}', 'a', '{{profile.token}}', '@…/files/header'],
      files: { header: 'Authorization: Bearer ••••••' },
    });
    expect(JSON.stringify(dry)).not.toContain('tiger-lily');
  });

  test('is refused when the schema makes it one later, and an old command can still be renamed', async () => {
    using core = openTestCore();
    const { service } = commandsOn(core);
    const spec = { argv: ['curl', '{{token}}'] };
    const { id } = await service.create(command(spec, { properties: { token: PLAIN } }), 'anna');
    const later = { properties: { token: SECRET } };
    await expect(service.update(id, { input_schema: later }, 'anna', {})).rejects.toMatchObject({
      errors: { 'spec.argv.1': expect.any(String) },
    });
    // As a version from before this rule left it.
    core.db.raw
      .prepare('UPDATE command SET input_schema = ?, spec = ? WHERE id = ?')
      .run(JSON.stringify(later), JSON.stringify({ kind: 'process', ...spec }), id);
    await expect(service.update(id, { name: 'curl it' }, 'anna', {})).resolves.toMatchObject({ name: 'curl it' });
    await expect(service.prepareRun({ t: 'command', id }, { given: { token: 'x' } })).rejects.toMatchObject({
      errors: { 'spec.argv.1': expect.any(String) },
    });
  });

  test('is refused when an attempt begins, by what is sealed and whatever the schema says', () => {
    using core = openTestCore();
    const { service } = commandsOn(core);
    const spec = { kind: 'process', argv: ['curl', '{{user}}'] };
    const variables = {
      input: { user: { pin: 'tiger-lily' } },
      temp_dir: '/t',
      profile: null,
      task: { id: 'tsk_1', attempt: 1 },
      host: { platform: 'linux' },
    };
    const resolve = (more: object, stored: JsonObject) =>
      service.resolve(CommandSpec.parse({ ...spec, ...more }), variables, stored);
    const sealed = { user: { pin: { $secret: 'sec_1' } } };
    expect(() => resolve({}, sealed)).toThrow(/spec\.argv\.1.*would show the secret \{\{user}}/);
    expect(resolve({ allow_secret_in_argv: true }, sealed).spec).toMatchObject({
      argv: ['curl', '{"pin":"tiger-lily"}'],
    });
    expect(resolve({}, variables.input).missing).toEqual([]);
  });

  test('an input named files keeps its meaning in a command without private files', async () => {
    using core = openTestCore();
    const { service } = commandsOn(core);
    const spec = { argv: ['ls', '{{files.first}}'] };
    const dry = await service.dryRun({ kind: 'process', spec, input: { files: { first: 'a.txt' } } });
    expect(dry.resolved).toMatchObject({ argv: ['ls', 'a.txt'] });
  });
});
