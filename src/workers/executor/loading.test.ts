/** What the process of an attempt loads: each module costs every task its time, Playwright alone a fifth of a second. */

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { browserPath, Harness } from './executor.harness.ts';

let dir: string;
let count = 0;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'tal-'));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** Runs a task in an executor that writes down every module it loads. */
async function loadedBy(spec: unknown): Promise<string[]> {
  const list = join(dir, `${++count}.txt`);
  const hook = `
    import { registerHooks } from 'node:module';
    import { appendFileSync } from 'node:fs';
    registerHooks({
      load(url, context, next) {
        if (url.startsWith('file:')) appendFileSync(${JSON.stringify(list)}, url + '\\n');
        return next(url, context);
      },
    });`;
  await using executor = new Harness(null, ['--import', `data:text/javascript,${encodeURIComponent(hook)}`]);
  executor.run(spec);
  expect(await executor.finish(), executor.text()).toMatchObject({ ok: true });
  return readFileSync(list, 'utf8').trim().split('\n');
}
const packages = (modules: readonly string[]) =>
  new Set(modules.flatMap((url) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1] ?? []));
const runners = (modules: readonly string[]) =>
  ['browser', 'process', 'http'].filter((kind) => modules.some((url) => url.endsWith(`/executor/${kind}/runner.ts`)));

// The built executor is one bundle with chunks; what it splits is shown by the source.
describe.skipIf(process.env.TABAGENT_EXECUTOR !== undefined)('the modules of', () => {
  // Catches an import at the top of a shared module that makes every task pay for the browser's.
  it('a program: its own runner, and no package but the schemas’', async () => {
    const modules = await loadedBy({ kind: 'process', argv: [process.execPath, '-e', ''] });
    expect(runners(modules)).toEqual(['process']);
    expect([...packages(modules)]).toEqual(['zod']);
  });

  it('a request: its own runner, and no package but the schemas’', async () => {
    const server = createServer((_request, response) => response.end('{}')).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    try {
      const modules = await loadedBy({ kind: 'http', method: 'GET', url: `http://127.0.0.1:${port}/` });
      expect(runners(modules)).toEqual(['http']);
      expect([...packages(modules)]).toEqual(['zod']);
    } finally {
      server.close();
    }
  });

  it.skipIf(browserPath === null)(
    'a script: Playwright without its test runner, no table of media types, no other kind',
    async () => {
      const source = 'export default async ({ page }) => { await page.goto("about:blank"); return 1; };';
      const modules = await loadedBy({ kind: 'browser', script: source, trace: 'off', screenshot: 'off' });
      expect(runners(modules)).toEqual(['browser']);
      const loaded = packages(modules);
      expect(loaded).toContain('playwright-core');
      for (const unwanted of ['@playwright/test', 'mime', 'esbuild', 'fflate']) expect(loaded).not.toContain(unwanted);
      expect(modules.filter((url) => /\/src\/(main|renderer)\//.test(url))).toEqual([]);
    },
    60_000,
  );
});
