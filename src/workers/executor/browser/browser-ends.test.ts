import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { limitNow } from '../../../../tests/support/pace.ts';
import { browserPath, Harness } from '../executor.harness.ts';
import { inScript, leftOver, browserSpec as spec, startSite } from './browser.harness.ts';

let site: Awaited<ReturnType<typeof startSite>>;
let url = '';

beforeAll(async () => {
  site = await startSite();
  url = site.url;
});
afterAll(() => site.close());

if (browserPath === null) process.stdout.write('skipped: no browser found (set TABAGENT_BROWSER)\n');

describe.skipIf(browserPath === null)('the end of a script in a browser', () => {
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

  it('ends its browser when a script that blocks the thread is killed', async () => {
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
});
