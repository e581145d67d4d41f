import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { strFromU8, unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { limitNow } from '../../../tests/support/pace.ts';
import { browserPath, Harness } from './executor.harness.ts';

let site: Server;
let url = '';

beforeAll(async () => {
  site = createServer((request, response) => {
    if (request.url === '/file.csv') {
      response.setHeader('content-disposition', 'attachment; filename="orders.csv"');
      response.end('id,total\n1,2\n');
      return;
    }
    response.setHeader('content-type', 'text/html');
    response.end(`<title>Shop</title><form><input id=pw type=password></form><a href=/file.csv download>CSV</a>
      <script>console.warn('from the page'); document.cookie = 'seen=1; max-age=9999'</script>${request.headers.cookie ?? 'no cookie'}`);
  });
  site.listen(0, '127.0.0.1');
  await once(site, 'listening');
  url = `http://127.0.0.1:${(site.address() as AddressInfo).port}/`;
});
afterAll(() => {
  site.closeAllConnections();
  site.close();
});

const spec = (script: string, rest: object = {}) => ({
  kind: 'browser',
  script,
  trace: 'off',
  screenshot: 'off',
  ...rest,
});
const inScript = (body: string) =>
  `export default async ({ page, context, input, log, progress, step, artifact, signal, profile }) => {\n${body}\n}`;

/** Processes whose environment carries the marker of a run. */
function leftOver(runId: string): string[] {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/environ`, 'utf8').includes(runId);
    } catch {
      return false;
    }
  });
}

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
    first.run(script, { input: { url }, user_data_dir });
    expect(await first.finish()).toMatchObject({ ok: true, output: expect.stringContaining('no cookie') });
    await using second = new Harness();
    second.run(script, { input: { url }, user_data_dir });
    expect(await second.finish()).toMatchObject({ ok: true, output: expect.stringContaining('seen=1') });
  }, 60_000);

  it('launches with what the profile says', async () => {
    await using executor = new Harness();
    executor.run(
      spec(
        inScript(
          `return page.evaluate(() => ({ l: navigator.language, z: Intl.DateTimeFormat().resolvedOptions().timeZone, w: innerWidth, u: navigator.userAgent, d: matchMedia('(prefers-color-scheme: dark)').matches }));`,
        ),
      ),
      {
        profile: {
          id: 'prf_01j00000000000000000000000' as never,
          name: 'P',
          browser: 'chromium',
          executable_path: null,
          start_urls: [],
          locale: 'de-DE',
          timezone: 'Asia/Tokyo',
          viewport: { width: 777, height: 500 },
          window: null,
          user_agent: 'Custom/1.0',
          color_scheme: 'dark',
          launch_args: [],
          storage: 'persistent',
          clear_cache_on_stop: false,
          version: 1,
        },
      },
    );
    expect(await executor.finish()).toMatchObject({
      ok: true,
      output: { l: 'de-DE', z: 'Asia/Tokyo', w: 777, u: 'Custom/1.0', d: true },
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

  it('shows the first line of a Playwright error and logs the rest', async () => {
    await using executor = new Harness();
    executor.run(
      spec(inScript(`await page.goto(input.url);\nawait page.getByRole('button', { name: 'Buy' }).click();`), {
        action_timeout_ms: 300,
      }),
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

  it('stops a script that hangs, keeps its cookies, and leaves nothing within a second', async () => {
    await using executor = new Harness();
    executor.run(
      spec(
        inScript(
          `await step('Wait', async () => { log('waiting'); signal.addEventListener('abort', () => log('told: ' + signal.reason.message)); await new Promise(() => {}); });`,
        ),
        { trace: 'on', screenshot: 'on' },
      ),
    );
    await executor.log('waiting');
    const start = performance.now();
    executor.cancel();
    expect(await executor.finish()).toMatchObject({
      ok: false,
      outcome: 'cancelled',
      retryable: false,
      error: { code: 'cancelled' },
    });
    const took = performance.now() - start;
    expect(took).toBeLessThan(await limitNow(1000));
    expect(executor.messages.find((m) => m.t === 'step_end')).toMatchObject({ status: 'cancelled', error: null });
    expect(executor.logs.map((line) => line.message)).toContain('told: The task was cancelled.');
    await expect.poll(() => leftOver(executor.runId), { timeout: await limitNow(1000) }).toEqual([]);
  }, 60_000);

  it('ends with picture and trace when its time is over', async () => {
    await using executor = new Harness();
    executor.run(
      spec(inScript(`await page.goto(input.url); log('waiting'); await page.waitForTimeout(60000);`), {
        trace: 'on',
        screenshot: 'on',
      }),
      { input: { url } },
    );
    await executor.log('waiting');
    executor.cancel('timed_out');
    expect(await executor.finish()).toMatchObject({
      ok: false,
      outcome: 'timed_out',
      retryable: true,
      error: { code: 'task_timeout' },
    });
    expect(executor.artifacts().map((a) => a.name)).toEqual(expect.arrayContaining(['failure.png', 'trace.zip']));
  }, 60_000);

  it('takes its browser along when a script that blocks the thread is killed', async () => {
    await using executor = new Harness();
    executor.run(spec(inScript(`log('blocking'); for (;;) {}`)));
    await executor.log('blocking');
    executor.cancel();
    expect(leftOver(executor.runId).length).toBeGreaterThan(1);
    executor.child.kill('SIGKILL');
    await executor.exited;
    expect(executor.result).toBeUndefined();
    await expect.poll(() => leftOver(executor.runId), { timeout: 3000 }).toEqual([]);
  }, 60_000);

  it('closes the browser and goes when the host disappears', async () => {
    await using executor = new Harness();
    executor.run(spec(inScript(`log('waiting'); await new Promise(() => {});`)));
    await executor.log('waiting');
    executor.child.disconnect();
    await executor.exited;
    expect(leftOver(executor.runId)).toEqual([]);
  }, 60_000);

  it('reports process.exit with its code, also without a chance to wait', async () => {
    await using executor = new Harness();
    executor.run(spec(inScript(`process.stdout.write('half a line'); await step('Leave', () => process.exit(7));`)));
    expect(await executor.finish()).toMatchObject({
      ok: false,
      outcome: 'failed',
      exit_code: 7,
      error: { code: 'process_failed', exit_code: 7 },
    });
    expect(executor.raw).toContain('half a line');
    expect(await executor.exited).toEqual([7, null]);
    await expect.poll(() => leftOver(executor.runId), { timeout: 3000 }).toEqual([]);
  }, 60_000);

  it('fails on an error that nobody caught, with its line', async () => {
    await using executor = new Harness();
    executor.run(
      spec(inScript(`setTimeout(() => {\n throw new Error('later');\n}, 10);\nawait new Promise(() => {});`)),
    );
    expect(await executor.finish()).toMatchObject({
      ok: false,
      outcome: 'failed',
      error: { code: 'script_error', detail: 'later', line: 3 },
    });
  }, 60_000);

  it('does not fail for what a finished script left running', async () => {
    await using executor = new Harness();
    executor.run(spec(inScript(`page.waitForSelector('#never'); return 1;`)));
    expect(await executor.finish()).toMatchObject({ ok: true, output: 1 });
  }, 60_000);

  it.runIf(process.platform === 'linux')(
    'says that the browser is gone when it is',
    async () => {
      await using executor = new Harness();
      executor.run(spec(inScript(`log('up'); await page.waitForTimeout(60000);`)));
      await executor.log('up');
      const others = leftOver(executor.runId).map(Number);
      for (const pid of others.filter((other) => other !== executor.child.pid)) process.kill(pid, 'SIGKILL');
      expect(await executor.finish()).toMatchObject({ ok: false, retryable: true, error: { code: 'browser_failed' } });
    },
    60_000,
  );

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
    first.run(spec(inScript(`log('up'); await new Promise(() => {});`)), { user_data_dir });
    await first.log('up');
    second.run(spec(inScript('return 1')), { user_data_dir });
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
      ...trace.map(([, bytes]) => Buffer.from(bytes).toString('latin1')),
      ...trace.map(([, bytes]) => Buffer.from(bytes).toString()),
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

describe('scripts that cannot run', () => {
  it.each([
    [
      'a syntax error in TypeScript',
      'const a: number = 1;\nexport default async () => {\n  const b = ;\n};\n',
      'typescript',
      { line: 3, column: 13 },
    ],
    [
      'a syntax error in JavaScript',
      'const a = 1;\nexport default async () => {\n  foo bar;\n};\n',
      'javascript',
      { line: 3, column: 7 },
    ],
    [
      'a name declared twice',
      'let a = 1;\nlet a = 2;\nexport default () => a;\n',
      'typescript',
      { line: 2, column: 5 },
    ],
    ['an enum', 'enum Colour { Red }\nexport default () => Colour.Red;\n', 'typescript', { line: 1, column: 1 }],
    ['no default export', 'export const run = () => 1;\n', 'typescript', {}],
    ['an unknown package', "import x from 'left-pad';\nexport default () => x;\n", 'typescript', {}],
    ['an unknown export', "import { nope } from 'node:fs';\nexport default () => nope;\n", 'typescript', { line: 1 }],
  ])('%s is script-invalid, with its place, and never retried', async (_, script, language, position) => {
    await using executor = new Harness();
    executor.run({ kind: 'browser', script, language });
    expect(await executor.finish()).toMatchObject({
      ok: false,
      outcome: 'failed',
      retryable: false,
      error: { code: 'script_invalid', ...position },
    });
    expect(JSON.stringify(executor.messages)).not.toContain(executor.dir);
  });

  it('a throw at the top level is an error of the script, with its line', async () => {
    await using executor = new Harness();
    executor.run({
      kind: 'browser',
      script: 'const x: number = 1;\nthrow new Error("top");\nexport default () => x;\n',
    });
    expect(await executor.finish()).toMatchObject({
      ok: false,
      error: { code: 'script_error', line: 2, detail: 'top' },
    });
  });

  it('no browser is told as such', async () => {
    await using executor = new Harness();
    executor.run({ kind: 'browser', script: 'export default () => 1' }, { executable_path: '/no/such/browser' });
    expect(await executor.finish()).toMatchObject({
      ok: false,
      retryable: false,
      error: { code: 'browser_not_found' },
    });
  });
});

describe.skipIf(browserPath === null)('floods', () => {
  it('of 200 MB by a script wait for their reader instead of filling memory, raw and structured', async () => {
    await using executor = new Harness('script');
    executor.run(
      spec(
        inScript(
          `const line = 'y'.repeat(2000); for (let i = 0; i < 50000; i++) { console.log(line); process.stdout.write(line + '\\n'); } return 'done';`,
        ),
      ),
    );
    expect(await executor.finish()).toMatchObject({ ok: true, output: 'done' });
    expect(executor.flood.lines).toBe(50_000);
    expect(executor.raw.length).toBe(50_000);
    expect(executor.flood.peak).toBeLessThan(350 * 1024 * 1024);
    process.stdout.write(
      `flood of a script: the executor's memory peaked at ${Math.round(executor.flood.peak / 1e6)} MB\n`,
    );
  }, 120_000);
});
