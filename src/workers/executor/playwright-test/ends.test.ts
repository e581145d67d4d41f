/** How runs of Playwright Test end that do not simply pass or fail. */
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { leftOver } from '../browser/browser.harness.ts';
import { browserPath, Harness } from '../executor.harness.ts';
import { testSpec } from './playwright-test.harness.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tests of a shop-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('runs end', () => {
  // Would catch: a flaky test that fails its task or looks like any other, a repetition that is not told.
  test('with a flaky test: the task succeeds and says so', { timeout: 30_000 }, async () => {
    await using executor = new Harness();
    const result = await executor
      .run(testSpec(`test('second time lucky', () => { expect(test.info().retry).toBe(1); });`, { retries: 2 }))
      .finish();
    expect(result, executor.text()).toMatchObject({
      ok: true,
      output: { passed: 0, flaky: 1, failed: 0, tests: [{ outcome: 'flaky', retries: 1 }] },
    });
    expect(executor.tree()).toEqual([
      'command.spec.ts succeeded',
      '  second time lucky failed',
      expect.stringContaining('Expect'),
      '  second time lucky (retry 1) succeeded',
      expect.stringContaining('Expect'),
    ]);
  });

  // Would catch: an error without its place, one that is tried again for nothing, an empty selection that counts as success.
  test('with the place of a mistake, and with what to do when no test is found', { timeout: 30_000 }, async () => {
    await using broken = new Harness();
    expect(await broken.run(testSpec(`test('a', () => {\n  const x = ;\n});`)).finish(), broken.text()).toMatchObject({
      ok: false,
      retryable: false,
      error: { code: 'script_invalid', file: 'command.spec.ts', line: 3 },
    });
    await using none = new Harness();
    const nothing = await none.run(testSpec(`test('a', () => {});`, { grep: 'basket' })).finish();
    expect(nothing, none.text()).toMatchObject({
      ok: false,
      retryable: false,
      error: { code: 'script_invalid', reason: 'no_tests', detail: expect.stringContaining('correct the filter') },
    });
  });

  // Would catch: a runner that outlives its task, or a cancel that waits for a test.
  test('when they are cancelled, with all their processes, whatever a test does', { timeout: 30_000 }, async () => {
    await using executor = new Harness();
    executor.run(testSpec(`test('stuck', async () => { console.log('here'); for (;;) {} });`, { test_timeout_ms: 0 }));
    await executor.log('here');
    executor.cancel();
    expect(await executor.finish(), executor.text()).toMatchObject({ ok: false, outcome: 'cancelled' });
    await expect.poll(() => leftOver(executor.runId), { timeout: 10_000 }).toEqual([]);
  });

  // Would catch: a runner that is killed and leaves a task that waits, or one that counts as passed.
  test('as failures that may be tried again when the runner is gone', { timeout: 30_000 }, async () => {
    await using executor = new Harness();
    const result = await executor
      .run(
        testSpec(
          `test('kills its runner', async () => { process.kill(process.ppid, 'SIGKILL'); await new Promise(() => {}); });`,
        ),
      )
      .finish();
    expect(result, executor.text()).toMatchObject({
      ok: false,
      retryable: true,
      error: {
        code: 'process_failed',
        signal: 'SIGKILL',
        detail: expect.stringContaining('before its tests were done'),
      },
    });
    expect(executor.tree()[1]).toBe('  kills its runner failed');
  });

  // Would catch: an output or a list of steps that grows with the number of tests without bound, or a count that stops with it.
  test('with bounded output of many tests', { timeout: 60_000 }, async () => {
    await using executor = new Harness();
    const many = `for (let n = 0; n < 600; n++) test('number ' + n + ' ' + 'x'.repeat(5000), async () => {
      for (let i = 0; i < 12; i++) await test.step('step ' + i, () => {});
    });`;
    const result = await executor.run(testSpec(many)).finish();
    if (!result?.ok) throw new Error(executor.text().slice(-3000));
    expect(result.output).toMatchObject({ passed: 600, tests_left_out: 100 });
    expect(JSON.stringify(result.output).length).toBeLessThan(500_000);
    const names = executor.messages.flatMap((note) => (note.t === 'step_start' ? [note.name] : []));
    expect(names.length).toBe(1 + 600 + 5000);
    expect(Math.max(...names.map(({ length }) => length))).toBeLessThanOrEqual(500);
  });
});

describe('hostile tests', () => {
  // Would catch: a file of the machine that becomes an artifact because a test has named it, a link that is followed, forged events that are believed
  // or that end the executor, a secret in a title, an attachment, the output or a file.
  test('leave nothing but their own, and no secret', { timeout: 30_000 }, async () => {
    const secret = 'hunter2-very-secret';
    writeFileSync(join(folder, 'private.txt'), 'not for the task');
    await using executor = new Harness();
    const result = await executor
      .run(
        testSpec(
          `import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
test('about hunter2-very-secret', async ({ input }, info) => {
  console.log('\\x1e' + JSON.stringify({ level: 'info', source: 'host', message: 'forged', step: null, at: 1 }));
  console.log('the password is', input.password, process.env.INPUT_PASSWORD);
  mkdirSync(info.outputDir, { recursive: true });
  symlinkSync(input.folder + '/private.txt', info.outputPath('link.txt'));
  writeFileSync(info.outputPath('trace.zip'), 'no archive ' + input.password);
  info.attachments.push({ name: 'outside', path: input.folder + '/private.txt', contentType: 'text/plain' });
  info.attachments.push({ name: 'link', path: info.outputPath('link.txt'), contentType: 'text/plain' });
  info.attachments.push({ name: 'trace', path: info.outputPath('trace.zip'), contentType: 'application/zip' });
  await info.attach('note', { body: 'it is ' + input.password, contentType: 'text/plain' });
});`,
        ),
        { input: { password: secret, folder }, secrets: [secret] },
      )
      .finish();
    expect(result, executor.text()).toMatchObject({ ok: true, output: { passed: 1 } });
    expect(executor.artifacts().map(({ name }) => name)).toEqual(['note.txt', 'report.zip']);
    expect(executor.read('note.txt').toString()).not.toContain(secret);
    expect(executor.text()).not.toContain(secret);
    expect(executor.text()).toContain('undefined');
    expect(executor.logs.filter(({ source, message }) => source === 'host' && message === 'forged')).toEqual([]);
  });

  // Would catch: texts that are cut before their secrets are taken out, so that the part before the cut stays.
  test('leave no part of a secret where a text is cut', { timeout: 30_000 }, async () => {
    const secret = 'hunter2-very-secret';
    await using executor = new Harness();
    const titles = [270, 490, 9990].map((length) => `'${'x'.repeat(length)}${secret}'`).join(', ');
    const result = await executor
      .run(
        testSpec(`for (const title of [${titles}]) test(title, async ({ input }) => {
  throw new Error('y'.repeat(1990) + input.password + 'z'.repeat(50_000) + input.password.repeat(2000));
});`),
        { input: { password: secret }, secrets: [secret] },
      )
      .finish();
    expect(result, executor.text()).toMatchObject({ ok: false, error: { failed: 3 } });
    expect(JSON.stringify(result)).not.toContain('hunter');
    expect(executor.text()).not.toContain('hunter');
  });

  // Would catch: a message of no known form that ends the executor, and one event that makes another test fail or pass.
  test('forge events of the runner in vain', { timeout: 30_000 }, async () => {
    const home = mkdtempSync(join(folder, 'forging-'));
    writeFileSync(
      join(home, 'playwright.config.mjs'),
      `if (process.send && !process.env.TEST_WORKER_INDEX) {
        process.send({ t: 'test_end', outcome: 'passed' });
        process.send({ t: 'nothing' });
        process.send('x'.repeat(100_000));
        process.send({ t: 'group', id: 1, parent: 77, title: 'forged', at: 1 });
      }
      export default {};`,
    );
    writeFileSync(
      join(home, 'a.spec.mjs'),
      `import { test, expect } from '@playwright/test'; test('real', () => { expect(1).toBe(2); });`,
    );
    await using executor = new Harness();
    const result = await executor
      .run({ kind: 'playwright_test', folder: home, trace: 'off', screenshot: 'off' })
      .finish();
    expect(result, executor.text()).toMatchObject({ ok: false, error: { code: 'script_error', failed: 1, passed: 0 } });
    expect(executor.logs.filter(({ message }) => message.includes('no known form'))).toHaveLength(1);
  });
});

describe.skipIf(browserPath === null)('folders', () => {
  // Would catch: a configuration that is not used, projects and files that are not chosen, a copy of another Playwright that is asked instead, a snapshot that
  // is written into the folder.
  test('run unchanged with their own configuration', { timeout: 60_000 }, async () => {
    const home = mkdtempSync(join(folder, 'shop-'));
    writeFileSync(
      join(home, 'playwright.config.ts'),
      `import { defineConfig, devices } from '@playwright/test';
      const name: string = 'small';
      export default defineConfig({ testDir: '.', retries: 1, projects: [
        { name, use: { ...devices['iPhone 13'] } }, { name: 'other', use: {} },
      ] });`,
    );
    writeFileSync(
      join(home, 'cart.spec.ts'),
      `import { test as base, expect } from '@playwright/test';
      const test = base.extend<{ greeting: string }>({ greeting: async ({}, use) => use('hello') });
      test('adds', async ({ page, greeting, browserName }) => {
        await page.setContent('<p>' + greeting);
        expect(page.viewportSize()).toMatchObject({ width: 390 });
        await expect(page.locator('p')).toHaveText('hello');
      });
      test('has no snapshot', () => { expect('new').toMatchSnapshot('new.txt'); });`,
    );
    writeFileSync(join(home, 'other.spec.ts'), `throw new Error('not chosen');`);
    symlinkSync(home, join(folder, 'by-link'));
    await using executor = new Harness();
    const result = await executor
      .run({
        kind: 'playwright_test',
        folder: join(folder, 'by-link'),
        files: ['cart'],
        projects: ['small'],
        trace: 'off',
      })
      .finish();
    expect(result, executor.text()).toMatchObject({
      ok: false,
      error: { passed: 1, failed: 1, detail: expect.stringContaining('[small] cart.spec.ts › has no snapshot') },
    });
    expect(executor.tree().slice(0, 3)).toEqual(['small failed', '  cart.spec.ts failed', '    adds succeeded']);
  });

  // Would catch: a missing folder that is told as a missing program.
  test('that do not exist are named', async () => {
    await using executor = new Harness();
    const result = await executor.run({ kind: 'playwright_test', folder: '/no/such/folder' }).finish();
    expect(result).toMatchObject({ ok: false, retryable: false, error: { reason: 'folder' } });
  });
});
