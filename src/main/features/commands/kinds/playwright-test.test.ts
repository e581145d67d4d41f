/** Dry runs of Playwright tests: what would be started, and what is wrong, without anything that starts. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { commandsOn } from '../../../../../tests/support/commands.ts';
import { openTestCore, type TestCore } from '../../../../../tests/support/core.ts';
import type { JsonObject } from '../../../../contract/kernel/scalars.ts';
import { MASK } from '../../../../contract/kernel/text/mask.ts';

const SECRET = 'hunter2-very-secret';
const SCRIPT = `import { expect, test } from '@playwright/test';\ntest('a', async ({ page }) => {});`;
const SCHEMA = { type: 'object', properties: { password: { type: 'string', format: 'password' } } };

// One for all: each starts a process that reads what users write.
let core: TestCore;
let commands: ReturnType<typeof commandsOn>;
beforeAll(() => {
  core = openTestCore();
  commands = commandsOn(core);
});
afterAll(() => core[Symbol.dispose]());

const dryRun = (spec: JsonObject, more: { profile_id?: string; input?: JsonObject } = {}) =>
  commands.dryRun({ kind: 'playwright_test', spec, input_schema: SCHEMA, input: {}, ...more });
const argvOf = async (...args: Parameters<typeof dryRun>) => (await dryRun(...args)).resolved.argv as string[];

describe('a dry run of Playwright tests', () => {
  // Would catch: a dry run that shows other arguments than the run has, or a place of this machine that differs in each run.
  test('shows the arguments of the run', async () => {
    expect(await dryRun({ script: SCRIPT, retries: 2, grep: 'a' })).toMatchObject({
      valid: true,
      resolved: {
        argv: [
          ...['playwright', 'test', '--config=…', '--reporter=…,html', '--output=…', '--workers=1', '--retries=2'],
          ...['--trace=retain-on-failure', '--update-snapshots=none', '--grep=a'],
        ],
      },
    });
  });

  // Would catch: a secret that is shown, in its input or by a variable that is filled in, where the run fills in none.
  test('masks secrets of the input and fills in no variables', async () => {
    const spec = { script: SCRIPT, env: { PASS: '{{input.password}}' }, grep: '{{input.password}}' };
    const run = await dryRun(spec, { input: { password: SECRET } });
    expect(run).toMatchObject({
      resolved: { input: { password: MASK }, env: { PASS: '{{input.password}}' } },
      missing: [],
    });
    expect((run.resolved.argv as string[]).at(-1)).toBe('--grep={{input.password}}');
    expect(JSON.stringify(run)).not.toContain('hunter2');
  });

  // Would catch: a dry run that looks for a folder, and so tells whoever may read commands what is on this computer.
  test('does not touch the folder, whether there is one or not', async () => {
    const [none, some] = [await dryRun({ folder: '/no/such/folder' }), await dryRun({ folder: import.meta.dirname })];
    for (const run of [none, some]) expect(run).toMatchObject({ valid: true, errors: [] });
    expect(none.warnings).toEqual(some.warnings);
    expect(none.resolved.argv).toEqual(some.resolved.argv);
  });

  // Would catch: two tests in one profile that a person believes to run at once, a warning where nothing is different.
  test('says what a profile changes', async () => {
    const without = 'Each test gets a new browser context: no profile is chosen.';
    const alone = 'Tests in a profile run one after another, whatever the number of workers.';
    const spec = { script: SCRIPT, workers: 4 };
    expect((await dryRun(spec)).warnings).toEqual([without]);
    expect((await dryRun(spec, { profile_id: 'prf_1' })).warnings).toEqual([alone]);
    expect((await dryRun({ ...spec, workers: 1 }, { profile_id: 'prf_1' })).warnings).toEqual([]);
    expect(await argvOf(spec)).toContain('--workers=4');
    expect(await argvOf(spec, { profile_id: 'prf_1' })).toContain('--workers=1');
  });
});

describe('a script', () => {
  const problem = async (script: string, more: JsonObject = {}) => (await dryRun({ script, ...more })).errors;

  // Would catch: an empty file that a task is made for, a mistake that only the task finds, a file without tests that says nothing.
  test.each([
    ['', 'is empty; write a test or name a folder'],
    [' \n', 'is empty; write a test or name a folder'],
    ["import { test } from '@playwright/test';\ntest('a', () => { const x = ; });", ''],
    ["test('a', () => {});", "has no tests; begin with import { test, expect } from '@playwright/test'"],
    ["import { test } from 'vitest';", 'has no tests; begin with'],
  ])('%j is wrong', async (script, message) => {
    expect(await problem(script)).toEqual([{ path: 'spec.script', message: expect.stringContaining(message) }]);
  });

  // Would catch: a file that Playwright runs and a dry run refuses, as one of an older project.
  test.each([
    SCRIPT,
    'import {test as base} from"@playwright/test"; const n: number = 1;',
    "const { test } = require('playwright/test'); test('a', async () => {});",
    "import test from '@playwright/test';",
  ])('%j is right', async (script) => {
    expect(await problem(script)).toEqual([]);
  });

  // Would catch: a file that was left behind when the folder was chosen, and keeps the command from running.
  test('is not looked at beside a folder', async () => {
    expect(await problem('const x = ;', { folder: '/shop' })).toEqual([]);
  });
});

describe('patterns', () => {
  const paths = async (spec: JsonObject) => (await dryRun({ script: SCRIPT, ...spec })).errors.map(({ path }) => path);

  // Would catch: a text that Playwright cannot read, which would fail each task anew and be tried again.
  test('that are none are told at their field, with what to do', async () => {
    expect((await dryRun({ script: SCRIPT, grep: 'cart (big' })).errors).toEqual([
      {
        path: 'spec.grep',
        message: 'is no regular expression: Unterminated group; put a \\ before a character that stands for itself',
      },
    ]);
    expect(await paths({ folder: '/shop', grep: '/a/gg', files: ['cart', 'a(b', '[x:12:3', 'shop\\:12'] })).toEqual([
      ...['spec.grep', 'spec.files.1', 'spec.files.2', 'spec.files.3'],
    ]);
  });

  // Would catch: patterns that Playwright takes and a dry run refuses: one between slashes, a file with a line, files of a command without a folder.
  test.each<JsonObject>([
    { grep: '@smoke|cart \\(big' },
    { grep: '/^Cart$/i' },
    { grep: '/a/x' },
    { folder: '/shop', files: ['cart.spec.ts:12', 'a.spec.ts:1:2', 'C:\\shop\\a.ts'] },
    { files: ['a(b'] },
  ])('%j is right', async (spec) => {
    expect(await paths(spec)).toEqual([]);
  });
});
