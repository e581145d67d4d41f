/** What an executor tells about a failure beside its error. */
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import type { FailureEvidence } from '../../contract/automation/report/evidence.ts';
import { browserPath, Harness } from './executor.harness.ts';

async function serve(listener: RequestListener) {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** Evidence of a step, or with null of the attempt. */
function evidence(executor: Harness, seq: number | null): FailureEvidence | undefined {
  return executor.messages.flatMap((m) => (m.t === 'evidence' && m.seq === seq ? [m.evidence] : []))[0];
}

const PAGE = `<title>Shop</title><h1>Sold out</h1><img src="/missing.png">
  <script>console.error('stock is empty, token s3cr3t-token'); setTimeout(() => { throw new Error('late error') })</script>`;
const SCRIPT = `export default async ({ page, input, step }) => {
  await step('Open', async () => {
    await page.goto(input.url, { waitUntil: 'load' });
    await page.waitForFunction(() => document.readyState === 'complete');
  });
  await step('Buy', async () => {
    await page.getByRole('button', { name: 'Buy' }).click({ timeout: 300 });
  });
};`;

describe.skipIf(browserPath === null)('a script that fails', () => {
  // Catches a failure that is told without its place, call log, picture, or what the page said and asked for in vain.
  it('tells its lines, the call log, the picture, the console and failed requests, for the step and the attempt', async () => {
    await using site = await serve((request, response) => {
      response.statusCode = request.url === '/missing.png' ? 404 : 200;
      response.setHeader('content-type', 'text/html').end(PAGE);
    });
    await using executor = new Harness();
    executor.run(
      { kind: 'browser', script: SCRIPT, trace: 'off', screenshot: 'on_failure' },
      { input: { url: site.url }, secrets: ['s3cr3t-token'] },
    );
    expect(await executor.finish()).toMatchObject({ ok: false, error: { line: 7 } });
    const attempt = evidence(executor, null);
    expect(attempt).toMatchObject({
      screenshot: 'failure.png',
      page_url: site.url,
      source: { file: 'script.ts', line: 7, first_line: 5 },
    });
    expect(attempt?.source?.lines).toHaveLength(5);
    expect(attempt?.source?.lines[2]).toContain("name: 'Buy'");
    expect(attempt?.call_log?.[0]).toMatch(/^waiting for getByRole\('button', \{ name: 'Buy' \}\)/);
    expect(attempt?.console).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ level: 'error', text: 'stock is empty, token [redacted]' }),
        expect.objectContaining({ level: 'error', text: expect.stringContaining('late error') }),
      ]),
    );
    expect(attempt?.requests).toMatchObject([
      { method: 'GET', url: `${site.url}missing.png`, status: 404, reason: 'Not Found' },
    ]);
    const step = evidence(executor, 2);
    expect(step).toMatchObject({ screenshot: 'failure.png', source: { line: 7 }, call_log: attempt?.call_log });
    expect(evidence(executor, 1)).toBeUndefined();
    // One picture, although step and attempt both show it; the trace is off.
    expect(executor.artifacts().map(({ name }) => name)).toEqual(['failure.png']);
    const kinds = executor.messages.map(({ t }) => t);
    expect(kinds.indexOf('evidence')).toBeLessThan(kinds.lastIndexOf('step_end'));
    expect(kinds.lastIndexOf('evidence')).toBeLessThan(kinds.indexOf('result'));
  }, 60_000);

  // Catches a time-out that says nothing about the page that it stood on.
  it('or does not end in time tells what the page said', async () => {
    await using site = await serve((_request, response) => {
      response.setHeader('content-type', 'text/html').end(PAGE);
    });
    await using executor = new Harness();
    const script =
      'export default async ({ page, input }) => { await page.goto(input.url); await new Promise(() => {}); }';
    executor.run({ kind: 'browser', script, trace: 'off' }, { input: { url: site.url } });
    await executor.log('stock is empty');
    executor.cancel('timed_out');
    expect(await executor.finish()).toMatchObject({ ok: false, outcome: 'timed_out' });
    expect(evidence(executor, null)).toMatchObject({ screenshot: 'failure.png', page_url: site.url });
    expect(evidence(executor, null)?.console?.[0]?.text).toContain('stock is empty');
  }, 60_000);
});

describe('other failures', () => {
  // Catches a script that does not compile and whose line is named but not shown.
  it('a script that does not compile shows the line', async () => {
    await using executor = new Harness();
    executor.run({ kind: 'browser', script: 'export default async () => {\n  const b = ;\n};\n' });
    await executor.finish();
    expect(evidence(executor, null)?.source).toEqual({
      file: 'script.ts',
      line: 2,
      first_line: 1,
      lines: ['export default async () => {', '  const b = ;', '};', ''],
    });
  });

  // Catches a failed request whose answer has to be downloaded to be read.
  it('a response that is not as expected is shown: status, headers, beginning of the body', async () => {
    await using site = await serve((_request, response) => {
      response.writeHead(422, { 'content-type': 'application/json', 'x-trace': 'abc' });
      response.end(JSON.stringify({ reason: 'no stock', filler: 'x'.repeat(20_000) }));
    });
    await using executor = new Harness();
    executor.run({ kind: 'http', url: site.url });
    await executor.finish();
    const response = evidence(executor, null)?.response;
    expect(response).toMatchObject({ status: 422, url: site.url, headers: { 'x-trace': 'abc' }, truncated: true });
    expect(response?.body).toMatch(/^\{"reason":"no stock"/);
    expect(response?.body).toHaveLength(8192);
  });

  // Catches a program that failed with only the last line of what it said.
  it('a program shows the end of its standard error; a success shows nothing', async () => {
    const program = (code: number) => ({
      kind: 'process',
      argv: [process.execPath, '-e', `for (let n = 0; n < 3; n++) console.error('line ' + n); process.exit(${code})`],
    });
    await using bad = new Harness();
    bad.run(program(3));
    await bad.finish();
    expect(evidence(bad, null)).toEqual({ stderr: 'line 0\nline 1\nline 2\n' });
    await using good = new Harness();
    good.run(program(0));
    await good.finish();
    expect(evidence(good, null)).toBeUndefined();
  });
});
