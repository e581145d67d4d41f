import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { strFromU8, unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inheritedEnvironment } from '../../../contract/automation/executor.ts';
import { ProfileCreate, ProfileSnapshot } from '../../../contract/automation/profiles.ts';
import { browserPath, Harness, QUIET_BROWSER } from '../executor.harness.ts';
import { inScript, leftOver, browserSpec as spec, startSite } from './browser.harness.ts';

let site: Awaited<ReturnType<typeof startSite>>;
let url = '';

beforeAll(async () => {
  site = await startSite();
  url = site.url;
});
afterAll(() => site.close());

if (browserPath === null) process.stdout.write('skipped: no browser found (set TABAGENT_BROWSER)\n');

describe.skipIf(browserPath === null)('browser runner', () => {
  it('runs a script with steps, progress, console, screenshot, trace, download and output', async () => {
    await using executor = new Harness();
    executor.run(
      spec(
        inScript(`
        const total: number = input.n as number;
        await step('Open', async () => {
          await page.goto(input.url);
          await step('Look', async () => { log('title', { title: await page.title() }); return 'seen'; });
        });
        console.warn('careful %d', 3);
        for (let i = 0; i <= 100; i++) progress(i, 'part ' + i);
        const download = page.waitForEvent('download');
        await page.getByText('CSV').click();
        await download;
        const name = await artifact('notes/../a.txt', 'some text');
        await artifact.screenshot(page, 'mine.png');
        return { total, name, date: new Date(0), profile };`),
        { trace: 'on', screenshot: 'on' },
      ),
      { input: { url, n: 4 } },
    );
    const result = await executor.finish();
    expect(result, executor.text()).toMatchObject({
      ok: true,
      output: { total: 4, name: expect.any(String), date: '1970-01-01T00:00:00.000Z', profile: null },
    });

    const steps = executor.messages.filter((m) => m.t === 'step_start' || m.t === 'step_end');
    expect(steps).toMatchObject([
      { t: 'step_start', seq: 1, parent: null, name: 'Open' },
      { t: 'step_start', seq: 2, parent: 1, name: 'Look' },
      { t: 'step_end', seq: 2, status: 'succeeded', output: 'seen' },
      { t: 'step_end', seq: 1, status: 'succeeded', output: null },
    ]);
    const progress = executor.messages.filter((m) => m.t === 'progress');
    expect(progress.length).toBeLessThan(15);
    expect(progress.at(-1)).toMatchObject({ percent: 100, message: 'part 100' });
    expect(executor.logs).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          source: 'script',
          level: 'info',
          message: 'title',
          step: 2,
          data: { title: 'Shop' },
        }),
        expect.objectContaining({ source: 'script', level: 'warn', message: 'careful 3', step: null }),
        expect.objectContaining({ source: 'console', level: 'warn', message: 'from the page' }),
      ]),
    );
    const kinds = executor.artifacts().map((a) => `${a.kind} ${a.name}`);
    expect(kinds).toEqual(
      expect.arrayContaining([
        'screenshot step-1.jpg',
        'screenshot mine.png',
        'screenshot final.png',
        'download orders.csv',
        'trace trace.zip',
      ]),
    );
    expect(executor.read('orders.csv').toString()).toBe('id,total\n1,2\n');
    expect(executor.read('final.png').subarray(1, 4).toString()).toBe('PNG');
    expect(existsSync(join(executor.dir, 'a.txt'))).toBe(false);
    const trace = unzipSync(executor.read('trace.zip'));
    expect(strFromU8(trace['trace.trace'] ?? new Uint8Array())).toContain('"Look"');
    expect(leftOver(executor.runId)).toEqual([]);
    expect(executor.stderr).toBe('');
  }, 60_000);

  it('keeps cookies of a profile between runs: the browser is closed, not killed', async () => {
    await using first = new Harness();
    const user_data_dir = join(first.dir, 'profile');
    const script = spec(inScript('await page.goto(input.url); return page.locator("body").innerText();'));
    first.run(script, { input: { url }, browser: { user_data_dir } });
    expect(await first.finish()).toMatchObject({ ok: true, output: expect.stringContaining('no cookie') });
    await using second = new Harness();
    second.run(script, { input: { url }, browser: { user_data_dir } });
    expect(await second.finish()).toMatchObject({ ok: true, output: expect.stringContaining('seen=1') });
  }, 60_000);

  it('gives a script the page size of the profile, and passes switches and environment on', async () => {
    await using executor = new Harness();
    executor.run(
      spec(
        inScript(
          `return page.evaluate(() => ({ size: [innerWidth, innerHeight], zone: Intl.DateTimeFormat().resolvedOptions().timeZone, agent: navigator.userAgent }));`,
        ),
      ),
      {
        profile: ProfileSnapshot.parse({
          ...{ ...ProfileCreate.parse({ name: 'P', viewport: { width: 777, height: 500 } }), version: 1 },
          id: 'prf_01j00000000000000000000000',
        }),
        browser: {
          args: ['--no-sandbox', '--user-agent=Custom/1.0', ...QUIET_BROWSER],
          env: { ...inheritedEnvironment(process.env), TZ: 'Asia/Tokyo' },
        },
      },
    );
    expect(await executor.finish()).toMatchObject({
      ok: true,
      output: { size: [777, 500], zone: 'Asia/Tokyo', agent: 'Custom/1.0' },
    });
  }, 60_000);

  it('tells line, column, stack and step of a throw, and keeps picture and trace of it', async () => {
    await using executor = new Harness();
    executor.run(
      spec(
        `interface Row { id: number }\nexport default async ({ page, step }: any) => {\n  await step('Outer', () => step('Inner', async () => {\n    throw new TypeError('no such row');\n  }));\n};\n`,
        { trace: 'on_failure', screenshot: 'on_failure' },
      ),
    );
    const result = await executor.finish();
    expect(result).toMatchObject({
      ok: false,
      outcome: 'failed',
      retryable: true,
      exit_code: null,
      error: {
        code: 'script_error',
        detail: 'TypeError: no such row',
        line: 4,
        column: 11,
        step: 'Inner',
        step_seq: 2,
        stack: expect.stringMatching(/^TypeError: no such row\n\s+at script\.ts:4:11/),
      },
    });
    expect(executor.messages.filter((m) => m.t === 'step_end')).toMatchObject([
      { seq: 2, status: 'failed', error: { line: 4 } },
      { seq: 1, status: 'failed' },
    ]);
    expect(executor.artifacts().map((a) => a.name)).toEqual(['failure.png', 'trace.zip']);
    expect(JSON.stringify(executor.messages)).not.toContain(executor.dir);
  }, 60_000);

  // Would catch: a marked line that is the one of the outer step, because only some frames name the script by its URL.
  it.each([
    ['no step', 0],
    ['one step', 1],
    ['nested steps', 2],
    ['steps three deep', 3],
  ])(
    'marks the line that the stack names first when an action fails in %s',
    async (_, depth) => {
      await using executor = new Harness();
      const lines = [
        ...Array.from({ length: depth }, (_, at) => `await step('${at}', async () => {`),
        'await page.title();',
        "await page.click('#none', { timeout: 50 });",
        ...Array.from({ length: depth }, () => '});'),
      ];
      executor.run(spec(inScript(lines.join('\n'))), { input: { url } });
      const result = await executor.finish();
      const problem = result?.ok === false ? result.error : undefined;
      expect(problem, executor.text()).toMatchObject({ code: 'script_error', line: depth + 3 });
      expect(String(problem?.stack).split('\n')[1]).toContain(`script.ts:${problem?.line}:${problem?.column}`);
    },
    60_000,
  );

  it('shows the first line of a Playwright error and logs the rest', async () => {
    await using executor = new Harness();
    executor.run(
      spec(
        inScript(
          `await page.goto(input.url, { timeout: 0 });\nawait page.getByRole('button', { name: 'Buy' }).click();`,
        ),
        {
          action_timeout_ms: 300,
        },
      ),
      { input: { url } },
    );
    const result = await executor.finish();
    expect(result).toMatchObject({
      error: { code: 'script_error', line: 3, detail: expect.stringContaining('Timeout 300ms exceeded') },
    });
    expect(result?.ok === false && result.error.detail).not.toContain('\n');
    expect(executor.logs.find((line) => line.level === 'debug' && line.message.includes('Call log'))).toBeDefined();
  }, 60_000);

  it('supports expect of @playwright/test and type-only imports of tabagent', async () => {
    await using executor = new Harness();
    executor.run(
      spec(
        `import { expect } from '@playwright/test';\nimport { type BrowserScript } from 'tabagent';\nconst script: BrowserScript<{ url: string }> = async ({ page, input }) => {\n  await page.goto(input.url);\n  await expect(page).toHaveTitle('Shop');\n  await expect(page).toHaveTitle('Other', { timeout: 100 });\n};\nexport default script;\n`,
      ),
      { input: { url } },
    );
    expect(await executor.finish(), executor.text()).toMatchObject({
      error: { code: 'script_error', line: 6, detail: expect.stringContaining('toHaveTitle') },
    });
  }, 60_000);
  it('refuses outputs that JSON cannot hold, naming the place, and makes a file of a large one', async () => {
    await using map = new Harness();
    await using large = new Harness();
    map.run(spec(inScript(`return { rows: [{ at: new Map() }] };`)));
    large.run(spec(inScript(`return 'x'.repeat(2 * 1024 * 1024);`)));
    expect(await map.finish()).toMatchObject({
      ok: false,
      retryable: false,
      error: { code: 'script_error', detail: expect.stringContaining('output.rows[0].at: a Map') },
    });
    expect(await large.finish()).toMatchObject({
      ok: true,
      output: { artifact: 'output.json', bytes: 2 * 1024 * 1024 + 2 },
    });
    expect(large.artifacts()).toMatchObject([{ kind: 'output', name: 'output.json', mime: 'application/json' }]);
  }, 60_000);

  it('refuses a second browser on one profile as locked', async () => {
    await using first = new Harness();
    await using second = new Harness();
    const user_data_dir = join(first.dir, 'profile');
    first.run(spec(inScript(`log('up'); await new Promise(() => {});`)), { browser: { user_data_dir } });
    await first.log('up');
    second.run(spec(inScript('return 1')), { browser: { user_data_dir } });
    expect(await second.finish()).toMatchObject({ ok: false, error: { code: 'profile_locked' } });
    first.cancel();
    await first.finish();
  }, 60_000);

  it('lets no secret out: not in logs, steps, outputs, errors, artifacts or the trace, in no encoding', async () => {
    await using executor = new Harness();
    const secret = 'S3cr3t/p@ss+wörd"1';
    executor.run(
      spec(
        inScript(`
        await page.goto(input.url);
        await page.locator('#pw').fill(input.password);
        await page.goto(input.url + '?q=' + encodeURIComponent(input.password) + '&b=' + btoa(unescape(encodeURIComponent('me:' + input.password))));
        await page.evaluate((p) => console.log('page says ' + p), input.password);
        log('password is ' + input.password, { nested: [input.password] });
        process.stdout.write(Buffer.from('x' + input.password).toString('base64') + '\\n');
        process.stderr.write(input.password + '\\n');
        progress(1, input.password);
        await artifact('dump ' + input.password + '.json', JSON.stringify({ p: input.password }));
        await artifact('bytes.bin', Buffer.from('user=' + encodeURIComponent(input.password)));
        await step('Use ' + input.password, () => input.password);
        throw new Error('wrong password ' + input.password);`),
        { trace: 'on', screenshot: 'on' },
      ),
      { input: { url, password: secret }, secrets: [secret] },
    );
    await executor.finish();
    const trace = Object.entries(unzipSync(executor.read('trace.zip')));
    const files = executor
      .artifacts()
      .filter((a) => !/image|zip/.test(a.mime))
      .map((a) => executor.read(a.name).toString());
    const everything = [
      executor.text(),
      ...files,
      ...trace.flatMap(([, bytes]) => [Buffer.from(bytes).toString('latin1'), Buffer.from(bytes).toString()]),
    ].join('\n');
    const base64 = ['me:', 'x', ''].map((before) => Buffer.from(before + secret).toString('base64'));
    for (const form of ['S3cr3t', 'p@ss', 'p%40ss', ...base64.map((text) => text.slice(4, 20))])
      expect(everything.includes(form), form).toBe(false);
    expect(trace.map(([name]) => name)).toContain('trace.trace');
    expect(executor.artifacts().map((a) => a.name)).toEqual(
      expect.arrayContaining(['dump [redacted].json', 'failure.png', 'trace.zip']),
    );
  }, 60_000);
});
