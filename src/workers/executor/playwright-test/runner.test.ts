/** Real runs of Playwright Test in real Chromium. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startSite } from '../browser/browser.harness.ts';
import { browserPath, Harness } from '../executor.harness.ts';
import { PROFILE, testSpec } from './playwright-test.harness.ts';

let site: Awaited<ReturnType<typeof startSite>>;
beforeAll(async () => {
  site = await startSite();
});
afterAll(() => site.close());

describe.skipIf(browserPath === null)('tests of one file', () => {
  // Would catch: specs that need changes to run here, an input or a variable that does not arrive, steps without their tree.
  test('pass, with their input, their steps and their output', { timeout: 60_000 }, async () => {
    await using executor = new Harness();
    const result = await executor
      .run(
        testSpec(`
test.describe('shop', () => {
  test('opens', async ({ page, input }) => {
    await test.step('go there', () => page.goto(input.url));
    await expect(page).toHaveTitle('Shop');
    console.log('said by the test', process.env.INPUT_URL === input.url);
  });
  test.skip('later', () => {});
});`),
        { input: { url: site.url } },
      )
      .finish();
    expect(result, executor.text()).toMatchObject({
      ok: true,
      output: { passed: 1, failed: 0, flaky: 0, skipped: 1, tests_left_out: 0 },
    });
    expect(executor.tree()).toEqual([
      'command.spec.ts succeeded',
      '  shop succeeded',
      '    opens succeeded',
      '      go there succeeded',
      expect.stringMatching(/^ {8}Navigate .*succeeded$/),
      expect.stringMatching(/^ {6}Expect .*toHaveTitle.* succeeded$/),
      '    later (skipped) succeeded',
    ]);
    expect(executor.text()).toContain('said by the test true');
  });

  // Would catch: a failed test that lets its task succeed, a failure without its line, a lost picture or trace.
  test('fail with the line, the excerpt, a picture and a trace; the others go on', { timeout: 60_000 }, async () => {
    await using executor = new Harness();
    const result = await executor
      .run(
        testSpec(
          `test('title', async ({ page }) => {
  await page.goto(process.env.INPUT_URL ?? '');
  await expect(page).toHaveTitle('Bank', { timeout: 300 });
});
test('after it', async ({ page }) => { await page.goto(process.env.INPUT_URL ?? ''); });
test('also wrong', () => { expect(1).toBe(2); });`,
          { trace: 'on_failure', screenshot: 'on_failure' },
        ),
        { input: { url: site.url } },
      )
      .finish();
    expect(result, executor.text()).toMatchObject({
      ok: false,
      outcome: 'failed',
      retryable: true,
      error: { code: 'script_error', line: 4, file: 'command.spec.ts', failed: 2, passed: 1 },
    });
    if (result?.ok !== false) throw new Error('it succeeded');
    expect(result.error.detail).toMatch(/^command\.spec\.ts › title: .*toHaveTitle.*\(and 1 more failed test\)$/);
    expect(executor.tree()).toContain('  title failed');
    expect(executor.tree()).toContain('  after it succeeded');
    expect(executor.tree()[0]).toBe('command.spec.ts failed');
    const kinds = executor.artifacts().map(({ kind }) => kind);
    expect(kinds).toContain('trace');
    expect(kinds).toContain('screenshot');
    const evidence = executor.messages.find((note) => note.t === 'evidence' && note.seq === null);
    expect(evidence).toMatchObject({
      evidence: { screenshot: 'screenshot.png', source: { file: 'command.spec.ts', line: 4, first_line: 2 } },
    });
  });

  // Would catch: a profile that tests do not share, a context of Playwright's own, a base address that is not filled in, a restart that loses cookies.
  test('share the profile of the task, in every test and over a worker that ended', { timeout: 60_000 }, async () => {
    await using executor = new Harness();
    const result = await executor
      .run(
        testSpec(
          `test.use({ baseURL: process.env.INPUT_URL });
test('sets', async ({ page, context, browser }) => {
  await page.goto('/');
  await context.addCookies([{ name: 'kept', value: 'yes', url: page.url(), expires: Date.now() / 1000 + 3600 }]);
  expect(browser.contexts()).toContain(context);
});
test('fails', async ({ page }) => { await page.goto('/'); expect(1).toBe(2); });
test('has it still', async ({ page }) => {
  await page.goto('/');
  await expect(page.locator('body')).toContainText('kept=yes');
});`,
        ),
        { input: { url: site.url }, profile: PROFILE },
      )
      .finish();
    expect(result, executor.text()).toMatchObject({ ok: false, error: { failed: 1, passed: 2 } });
  });
});
