/** What the tests of an attempt are given: folders, variables, the proxy of the browser. */
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { RUN_ID_ENV } from '../../../contract/automation/executor.ts';
import { PlaywrightTestSpec } from '../../../contract/automation/kinds/playwright-test.ts';
import { createRedactor } from '../../../contract/kernel/redact/redact.ts';
import type { JsonObject } from '../../../contract/kernel/scalars.ts';
import type { Run } from '../run.ts';
import { TEST_JOB_ENV } from './inside/job.ts';
import { inputVariables, preparePlace, proxyOf } from './place.ts';
import { PROFILE } from './playwright-test.harness.ts';

const SECRET = 'hunter2-very-secret';
let dir: string;
beforeEach(() => {
  dir = realpathSync(mkdtempSync(join(tmpdir(), 'place-')));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

describe('the proxy of the tests', () => {
  // Would catch: requests that tests make past the proxy of the profile, and so with the address of this machine.
  test.each<[string[], ReturnType<typeof proxyOf>]>([
    [['--proxy-server=http://127.0.0.1:9000'], { server: 'http://127.0.0.1:9000' }],
    [['--lang=de', '--proxy-server=socks5://[::1]:1', '--x'], { server: 'socks5://[::1]:1' }],
    [
      ['--proxy-server=http://a:1', '--proxy-bypass-list=<-loopback>;*.shop.test;10.0.0.0/8'],
      { server: 'http://a:1', bypass: '<-loopback>,*.shop.test,10.0.0.0/8' },
    ],
    // Of two, Chromium takes the last one.
    [['--proxy-server=http://a:1', '--proxy-server=http://b:2'], { server: 'http://b:2' }],
    [['--proxy-server=http://a:1', '--proxy-server='], null],
    [['--proxy-server=http://a/?b=c'], { server: 'http://a/?b=c' }],
  ])('is that of the browser: %j', (args, expected) => {
    expect(proxyOf(args)).toEqual(expected);
  });

  // Would catch: a switch with a similar name that is taken for a proxy.
  test.each([
    [[]],
    [['--proxy-server']],
    [['--no-proxy-server']],
    [['--proxy-server-x=http://a:1']],
    [['--proxy-bypass-list=a']],
  ])('is none with %j', (args) => {
    expect(proxyOf(args)).toBeNull();
  });
});

describe('variables of the input', () => {
  const variables = (input: JsonObject, secrets: string[] = [SECRET]) => inputVariables(input, createRedactor(secrets));

  // Would catch: values that arrive in another form than scripts have them, or lists that arrive as “[object Object]”.
  test('are its members that are one value, in capitals', () => {
    expect(
      variables({ url: 'http://a', n: 1.5, yes: false, none: null, list: [1], deep: { a: 1 }, empty: '' }),
    ).toEqual({
      ...{ INPUT_URL: 'http://a', INPUT_N: '1.5', INPUT_YES: 'false', INPUT_EMPTY: '' },
    });
  });

  // Would catch: a secret in an environment that every program of the user can read, whatever its form or what is around it.
  test('hold no secret', () => {
    const held = [SECRET, `Bearer ${SECRET}`, encodeURIComponent('pa ss/1'), Buffer.from(SECRET).toString('base64')];
    for (const value of held)
      expect(variables({ a: value, b: 'shown' }, [SECRET, 'pa ss/1'])).toEqual({ INPUT_B: 'shown' });
    expect(variables({ pin: 482_915 }, ['482915'])).toEqual({});
  });

  // Would catch: a name that ends another variable or is none, and a value that keeps the runner from starting.
  test('have plain names and values that a system takes', () => {
    expect(variables({ 'first name': 'a', 'x=y': 'b', größe: 'c', 'a\0b': 'd', __proto__x: 'e' })).toEqual({
      ...{ INPUT_FIRST_NAME: 'a', INPUT_X_Y: 'b', INPUT_GR_SSE: 'c', INPUT_A_B: 'd', INPUT___PROTO__X: 'e' },
    });
    expect(variables({ nul: 'a\0b', long: 'x'.repeat(32_769), most: 'x'.repeat(32_768) })).toEqual({
      INPUT_MOST: 'x'.repeat(32_768),
    });
  });
});

describe('the place of a run', () => {
  function prepare(
    spec: object,
    { input = {}, profile = null }: { input?: JsonObject; profile?: typeof PROFILE | null } = {},
  ) {
    const browser = { executable: '/b', args: ['--proxy-server=http://p:1'], env: { B: '1' }, user_data_dir: '/u' };
    const job = { input, profile, browser, run_dir: join(dir, 'run'), temp_dir: join(dir, 't') };
    mkdirSync(job.temp_dir, { recursive: true });
    const run = { job, redactor: createRedactor([SECRET]) } as unknown as Run;
    return preparePlace(run, PlaywrightTestSpec.parse(spec));
  }

  // Would catch: a secret outside of the one private file, a file that others can read, a browser of Playwright's own.
  test('has the input in a private file alone', async () => {
    const { env } = await prepare({ script: 'x' }, { input: { password: SECRET, user: 'ann' }, profile: PROFILE });
    const file = env[TEST_JOB_ENV] ?? '';
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({
      input: { password: SECRET, user: 'ann' },
      screenshot: 'only-on-failure',
      launch: { executablePath: '/b', args: ['--proxy-server=http://p:1'], env: { B: '1' }, headless: true },
      proxy: { server: 'http://p:1' },
      profile: { folder: '/u' },
    });
    if (process.platform !== 'win32') expect(lstatSync(file).mode & 0o777).toBe(0o600);
    expect(JSON.stringify(env)).not.toContain(SECRET);
    expect(env.INPUT_USER).toBe('ann');
  });

  // Would catch: a command that points the run at another job, report or marker, and so at another task.
  test('keeps its own variables whatever the command says; the command’s come before those of the input', async () => {
    vi.stubEnv(RUN_ID_ENV, 'this-run');
    const own = [TEST_JOB_ENV, RUN_ID_ENV, 'PLAYWRIGHT_HTML_OUTPUT_DIR', 'PLAYWRIGHT_HTML_OPEN', 'PWTEST_CACHE_DIR'];
    const env = { ...Object.fromEntries(own.map((name) => [name, 'forged'])), INPUT_USER: 'bea', FORCE_COLOR: '1' };
    const place = await prepare({ script: 'x', env }, { input: { user: 'ann' } });
    for (const name of own) expect(place.env[name], name).not.toBe('forged');
    expect(place.env).toMatchObject({ [RUN_ID_ENV]: 'this-run', INPUT_USER: 'bea', FORCE_COLOR: '1' });
  });

  // Would catch: tokens and settings of the host that every test could read.
  test('inherits of the host’s variables only plain ones', async () => {
    vi.stubEnv('TABAGENT_TOKEN', SECRET);
    vi.stubEnv('NODE_OPTIONS', '--inspect');
    const { env } = await prepare({ script: 'x' });
    expect(env.TABAGENT_TOKEN).toBeUndefined();
    expect(env.NODE_OPTIONS).toBeUndefined();
    expect(env.PATH).toBe(process.env.PATH);
  });

  // Would catch: JavaScript that is compiled as TypeScript, a second attempt that fails because of the first one's file, a link that is written through.
  test('of a file is a folder with that file', async () => {
    const tests = join(dir, 'run/tests');
    const other = join(dir, 'other');
    writeFileSync(other, 'kept');
    mkdirSync(tests, { recursive: true });
    symlinkSync(other, join(tests, 'command.spec.ts'));
    expect(await prepare({ script: 'test()' })).toMatchObject({ cwd: tests });
    expect(readFileSync(join(tests, 'command.spec.ts'), 'utf8')).toBe('test()');
    expect(readFileSync(other, 'utf8')).toBe('kept');
    rmSync(join(dir, 't'), { recursive: true });
    await prepare({ script: 'test()', language: 'javascript' });
    expect(existsSync(join(tests, 'command.spec.mjs'))).toBe(true);
  });

  // Would catch: a folder in which something is written, a configuration that is not found, one of the product in its place.
  test('of a folder is its real path with its own configuration, in Playwright’s order', async () => {
    const shop = join(dir, 'shop "1"');
    mkdirSync(shop);
    symlinkSync(shop, join(dir, 'link'));
    const without = await prepare({ folder: join(dir, 'link') });
    expect(without.cwd).toBe(shop);
    expect(readFileSync(without.config, 'utf8')).toBe(`export default { testDir: ${JSON.stringify(shop)} };\n`);
    expect(without.config.startsWith(join(dir, 't'))).toBe(true);
    for (const name of ['playwright.config.mjs', 'playwright.config.js', 'playwright.config.ts']) {
      writeFileSync(join(shop, name), '');
      rmSync(join(dir, 't'), { recursive: true });
      expect((await prepare({ folder: shop })).config).toBe(join(shop, name));
    }
  });

  // Would catch: a folder that is missing or a file and is told as a program that fails, or tried again for nothing.
  test.each(['none', 'file'])('is refused when its folder is %s', async (name) => {
    writeFileSync(join(dir, 'file'), '');
    await expect(prepare({ folder: join(dir, name) })).rejects.toMatchObject({
      retryable: false,
      problem: { code: 'process_failed', reason: 'folder' },
      message: expect.stringContaining(`${join(dir, name)} does not exist. Correct it`),
    });
  });

  // Would catch: results and reports that are looked for under a path which a test can change by a link.
  test('is told by real paths', async () => {
    mkdirSync(join(dir, 'real'));
    symlinkSync(join(dir, 'real'), join(dir, 't'));
    const { output, report } = await prepare({ script: 'x' });
    expect([output, report]).toEqual(['results', 'report'].map((name) => join(dir, 'real/playwright-test', name)));
  });
});
