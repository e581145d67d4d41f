/**
 * Texts that runners cut, with a secret across the cut. What it leaves of a secret is not the secret that is known, so it is not found afterwards: a
 * server or a page that knows the limits could choose what stays.
 */
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { unzipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { browserPath, Harness } from './executor.harness.ts';

const SECRET = 'S3CR3T-marker-Qx7Zp0Lm4Nn8Vb2Ty6Rw1Ks5Hd9';
/** Of lines that are too short to be looked for one by one. */
const LINES = Array.from({ length: 12 }, (_, n) => `l${n}-Zq7x`).join('\n');

/** How many characters of the secret lie before the edge. */
const INSIDE = [9, SECRET.length - 1];

/** Parts of eight characters of a secret that are left in what an executor said. */
function leaks(executor: Harness, secret = SECRET): string[] {
  const text = executor.text();
  const parts = Array.from({ length: secret.length - 7 }, (_, at) =>
    JSON.stringify(secret.slice(at, at + 8)).slice(1, -1),
  );
  return parts.filter((part) => text.includes(part) || text.includes(JSON.stringify(part).slice(1, -1)));
}

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

describe('an answer', () => {
  /** Answers with the token that it got, `pad` characters from the start. */
  const echo = (pad: number, status = 200, unit = 'a') =>
    serve((request, response) => {
      const text = unit.repeat(pad) + request.headers['x-token'];
      response.writeHead(status, {
        'content-type': 'text/plain; charset=utf-8',
        'x-echo': `${'a'.repeat(pad % 9000)}${request.headers['x-token']}`,
      });
      response.end(`${text} and more`.repeat(3));
    });
  async function run(pad: number, spec: object = {}, status = 200, unit = 'a') {
    await using site = await echo(pad, status, unit);
    const executor = new Harness();
    executor.run({ kind: 'http', url: site.url, headers: { 'X-Token': SECRET }, ...spec }, { secrets: [SECRET] });
    await executor.finish();
    return executor;
  }

  it.each(INSIDE)('is cut to its output without what a cut after %i characters of a secret leaves', async (inside) => {
    await using usual = await run(65_536 - inside);
    await using short = await run(100 - inside, { max_output_bytes: 100 });
    // Two bytes for each character of the padding.
    await using bytes = await run((101 - inside) >> 1, { max_output_bytes: 101 }, 200, 'ü');
    for (const executor of [usual, short, bytes]) {
      expect(executor.result).toMatchObject({ ok: true, output: { truncated: true } });
      expect(leaks(executor)).toEqual([]);
    }
    const { output } = bytes.result?.ok ? bytes.result : { output: null };
    expect(JSON.stringify(output)).not.toContain('\ufffd');
  }, 60_000);

  it.each(INSIDE)('that fails is shown without it: evidence, header, detail (%i)', async (inside) => {
    await using evidence = await run(8192 - inside, {}, 500);
    await using header = await run(199 - inside, { expect: { headers: { 'x-echo': 'no' } } });
    await using json = await run(199 - inside, { expect: { body_contains: 'n'.repeat(199 - inside) + SECRET } });
    for (const executor of [evidence, header, json]) {
      expect(executor.result?.ok).toBe(false);
      expect(leaks(executor)).toEqual([]);
    }
  }, 60_000);

  // Catches a type that a server makes of the token that it got.
  it.each([
    `text/${SECRET}`,
    `text/plain; charset=${SECRET}`,
    `${SECRET}/plain`,
  ])('has no media type %s', async (type) => {
    await using site = await serve((_request, response) => response.writeHead(200, { 'content-type': type }).end('x'));
    await using executor = new Harness();
    executor.run({ kind: 'http', url: site.url }, { secrets: [SECRET] });
    await executor.finish();
    expect(executor.artifacts()).toMatchObject([
      { mime: expect.stringMatching(/^(application\/octet-stream|text\/plain)$/) },
    ]);
    expect(JSON.stringify(executor.artifacts())).not.toContain(SECRET);
  });
});

describe('the output of a program', () => {
  const program = (script: string) => ({ kind: 'process', argv: [process.execPath, '-e', script] });
  /** Prints `before` characters, what comes on its input, and `after` characters, in pieces that split it. */
  const print = (stream: 'stdout' | 'stderr', before: number, after: number, code: number) => `
    const fs = require('node:fs'), secret = fs.readFileSync(0, 'utf8'), fd = ${stream === 'stdout' ? 1 : 2};
    const all = Buffer.from('a'.repeat(${before}) + secret + 'b'.repeat(${after}));
    for (let at = 0; at < all.length; at += 4099) fs.writeSync(fd, all.subarray(at, at + 4099));
    process.exit(${code});`;

  it.each([
    ['stdout', 65_536, SECRET],
    ['stdout', 65_536, LINES],
    ['stderr', 8192, LINES],
    ['stderr', 2000, SECRET],
    ['stderr', 500, SECRET],
  ] as const)(
    'keeps no part of a secret where %s is cut at %i',
    async (stream, limit, secret) => {
      const inside = secret.length - 9;
      const code = stream === 'stdout' ? 0 : 1;
      // At the start of what is kept of the end; before the end of what is shown of the last line; and where a log line is split.
      for (const [before, after] of [
        [200_000, limit - inside],
        [limit - inside, 3],
        [16_384 - inside, 70_000],
      ] as const) {
        await using executor = new Harness();
        executor.run({ ...program(print(stream, before, after, code)), stdin: secret }, { secrets: [secret] });
        await executor.finish();
        expect(executor.result?.ok).toBe(code === 0);
        expect(leaks(executor, secret), `${before} before, ${after} after`).toEqual([]);
      }
    },
    60_000,
  );
});

describe.skipIf(browserPath === null)('a script', () => {
  const run = async (body: string, inside: number) => {
    const executor = new Harness();
    const script = `export default async ({ page, input, step, log, progress, artifact }) => {
      const t = input.token, pad = (limit) => 'z'.repeat(limit - ${inside}) + t;\n${body} }`;
    executor.run(
      { kind: 'browser', script, language: 'javascript', trace: 'off', screenshot: 'off' },
      { input: { token: SECRET }, secrets: [SECRET] },
    );
    await executor.finish();
    return executor;
  };

  it.each(INSIDE)('says nothing of a secret in names, messages, data and errors (%i)', async (inside) => {
    await using executor = await run(
      `await step(pad(500), async () => 1);
      progress(1, pad(1000));
      for (const limit of [10_000, 10_001, 32_000]) {
        const map = new Map([['key', pad(limit)]]);
        log('data', map); log('data', { inner: map }); log(map); console.log(map); console.log('%o', map, { map });
        console.dir(map); console.table([map]); console.error(new Error(pad(limit))); console.assert(false, map);
      }
      await artifact(pad(120), 'x'); await artifact(pad(100) + '.txt', 'x', { mime: 'text/' + pad(100) });
      for (const thrown of [new Error(pad(2000)), new TypeError(pad(2000)), pad(2000), { pad: pad(10_000) }, new Map([[1, pad(1990)]])])
        await step('inner', async () => { throw thrown; }).catch(() => undefined);
      await page.setContent('<p>x');
      await page.evaluate(([t, inside]) => {
        const pad = (limit) => 'z'.repeat(limit - inside) + t;
        console.log(pad(1000)); setTimeout(() => { throw new Error(pad(1000)); });
      }, [t, ${inside}]);
      await page.waitForEvent('console', { timeout: 1 }).catch(() => undefined);
      await step('outer', async () => { throw new Error(pad(2000)); });`,
      inside,
    );
    expect(executor.result, executor.text().slice(-2000)).toMatchObject({ ok: false, error: { code: 'script_error' } });
    expect(leaks(executor)).toEqual([]);
  }, 60_000);

  // Catches a rest of a secret in a text that V8, Playwright or Chromium has cut: a page chooses what stands before it.
  it.each([8, 30, SECRET.length - 1])('says nothing of what others have cut (%i)', async (inside) => {
    await using executor = await run(
      `await step('parse', async () => JSON.parse(t)).catch(() => undefined);
      await step('parse more', async () => JSON.parse('{"a": "' + 'z'.repeat(60) + t + t)).catch(() => undefined);
      await step('parse the end', async () => JSON.parse(JSON.stringify(t) + t)).catch(() => undefined);
      await page.setContent('<button disabled title="' + pad(490) + '">' + pad(49) + '</button><a href="/">' + pad(49) + '</a><a>2</a>');
      await page.evaluate(([a, b]) => console.log({ a, b, c: [a] }), [pad(99), pad(50)]);
      await step('click', () => page.click('button', { timeout: 200 })).catch(() => undefined);
      await step('strict', () => page.click('a', { timeout: 200 })).catch((error) => log(error));
      await page.click('button', { timeout: 200 });`,
      inside,
    );
    expect(executor.result, executor.text().slice(-2000)).toMatchObject({ ok: false });
    expect(leaks(executor)).toEqual([]);
  }, 60_000);

  // Catches a trace that lists the parameters of an address one by one, decoded.
  it('leaves nothing of a secret in the trace that was put into an address as it is', async () => {
    const token = "Mk-first'x&y ü/Zq7Zq7-second=%+third-part#fragment-of-it";
    await using site = await serve((_request, response) => response.setHeader('content-type', 'text/html').end('<p>x'));
    await using executor = new Harness();
    const script = `export default async ({ page, input, step }) => {
      await step('open ' + 'z'.repeat(485) + input.token, () => page.goto(input.url + '?' + input.token));
      await page.goto(input.url + '?q=' + input.token);
      await page.setContent('<button disabled title="' + 'z'.repeat(480) + input.token + '">x</button>');
      await page.click('button', { timeout: 200 }).catch(() => undefined);
    }`;
    executor.run(
      { kind: 'browser', script, language: 'javascript', trace: 'on', screenshot: 'off' },
      { input: { token, url: site.url }, secrets: [token] },
    );
    expect((await executor.finish())?.ok).toBe(true);
    const entries = Object.entries(unzipSync(executor.read('trace.zip'))).filter(
      ([name]) => !/\.(jpe?g|png)$/.test(name),
    );
    expect(entries.map(([name]) => name)).toContain('trace.network');
    const forms = [token, encodeURI(token), encodeURIComponent(token), token.replaceAll('+', ' ')];
    const parts = forms.flatMap((form) =>
      Array.from({ length: form.length - 7 }, (_, at) => JSON.stringify(form.slice(at, at + 8)).slice(1, -1)),
    );
    for (const [name, bytes] of entries) {
      const text = Buffer.from(bytes).toString();
      expect(
        parts.filter((part) => text.includes(part)),
        name,
      ).toEqual([]);
    }
    expect(leaks(executor, token)).toEqual([]);
  }, 60_000);

  it.each([
    ['at the top level', `throw new Error('z'.repeat(1991) + 'SECRET');`],
    ['that does not compile', `const a = '${'z'.repeat(1900)}SECRET';;) `],
  ])(
    'that fails %s says nothing either',
    async (_what, line) => {
      await using executor = new Harness();
      const script = `${line.replace('SECRET', SECRET)}\nexport default async () => 1;`;
      executor.run({ kind: 'browser', script, trace: 'off', screenshot: 'off' }, { secrets: [SECRET] });
      await executor.finish();
      expect(executor.result?.ok).toBe(false);
      expect(leaks(executor)).toEqual([]);
    },
    60_000,
  );
});
