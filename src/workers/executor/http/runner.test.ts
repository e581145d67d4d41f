import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Harness } from '../executor.harness.ts';
import { retryAfter } from './error.ts';
import { atPointer } from './expect.ts';

let server: Server;
let url = '';

beforeAll(async () => {
  server = createServer(async (request, response) => {
    const path = new URL(request.url ?? '/', 'http://x').pathname;
    if (path === '/busy') return void response.writeHead(429, { 'retry-after': '7' }).end('later');
    if (path === '/broken') return void response.writeHead(503).end();
    if (path === '/moved') return void response.writeHead(302, { location: '/json' }).end();
    if (path === '/circle') return void response.writeHead(302, { location: '/circle' }).end();
    if (path === '/cut') {
      response.writeHead(200, { 'content-length': '100' });
      response.write('short', () => response.socket?.destroy());
      return;
    }
    if (path === '/bomb') {
      // 100 MiB of zeros in 100 KiB.
      response.writeHead(200, { 'content-encoding': 'gzip', 'content-type': 'text/plain' });
      return void response.end(gzipSync(Buffer.alloc(100 * 1024 * 1024)));
    }
    if (path === '/endless') {
      const block = Buffer.alloc(1024 * 1024);
      const more = () => {
        while (response.write(block));
      };
      response.on('drain', more);
      return more();
    }
    if (path === '/deep') return void response.end(`${'['.repeat(2000)}${']'.repeat(2000)}`);
    if (path === '/never') return;
    if (path === '/bytes') return void response.end(Buffer.from([0xff, 0, 1, 2]));
    if (path === '/large') return void response.end('é'.repeat(100_000));
    const chunks = await request.toArray();
    response.setHeader('content-type', 'application/json');
    response.setHeader('x-kind', 'echo');
    response.end(
      JSON.stringify({
        method: request.method,
        url: request.url,
        auth: request.headers.authorization,
        type: request.headers['content-type'],
        body: Buffer.concat(chunks).toString(),
        items: [{ id: 1 }],
      }),
    );
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

async function run(spec: object, secrets: string[] = []) {
  const executor = new Harness();
  executor.run({ kind: 'http', ...spec }, { secrets });
  await executor.finish();
  return executor;
}

describe('http runner', () => {
  it('sends method, query, headers and a JSON body, and keeps the answer as output and file', async () => {
    await using executor = await run({
      method: 'POST',
      url: `${url}/json?a=1`,
      query: { b: 'x y' },
      headers: { authorization: 'Bearer t' },
      body: { json: { n: 1 } },
      expect: {
        status: [200, 201],
        headers: { 'x-kind': 'echo' },
        body_contains: '"items"',
        json: { '/items/0/id': 1, '/method': 'POST' },
        max_duration_ms: 10_000,
      },
    });
    expect(executor.result, executor.text()).toMatchObject({
      ok: true,
      output: {
        status: 200,
        artifact: 'response.json',
        json: { url: '/json?a=1&b=x+y', auth: 'Bearer t', type: 'application/json', body: '{"n":1}' },
      },
    });
    expect(executor.artifacts()).toMatchObject([{ kind: 'output', name: 'response.json', mime: 'application/json' }]);
  });

  it('names every expectation that is not met', async () => {
    await using executor = await run({
      url: `${url}/json`,
      expect: {
        status: 201,
        headers: { 'x-kind': 'other' },
        body_contains: 'nope',
        json: { '/items/0/id': 2, '/none': true },
      },
    });
    expect(executor.result).toMatchObject({
      ok: false,
      retryable: false,
      error: {
        code: 'expectation_failed',
        http_status: 200,
        errors: {
          'expect.status': 'is 200, expected 201',
          'expect.headers.x-kind': 'is "echo", expected "other"',
          'expect.body_contains': 'the body does not contain "nope"',
          'expect.json./items/0/id': 'is 1, expected 2',
          'expect.json./none': 'is nothing, expected true',
        },
      },
    });
  });

  it('retries what may pass, and says when to come back', async () => {
    await using busy = await run({ url: `${url}/busy` });
    await using broken = await run({ url: `${url}/broken` });
    expect(busy.result).toMatchObject({ ok: false, retryable: true, error: { http_status: 429, retry_after: 7 } });
    expect(broken.result).toMatchObject({ ok: false, retryable: true, error: { http_status: 503 } });
  });

  // Catches an answer that fills the disk: 2 MB of gzip became 2 GB.
  it.each([
    ['/bomb', /sent more than 64 MiB after decompression/],
    ['/endless', /sent more than 256 MiB;/],
  ])('stops reading %s', async (path, detail) => {
    await using executor = await run({ url: url + path });
    expect(executor.result).toMatchObject({
      ok: false,
      retryable: false,
      error: { code: 'payload_too_large', detail: expect.stringMatching(detail) },
    });
    expect(executor.artifacts()).toEqual([]);
  });

  it('shows deep JSON as text', async () => {
    await using executor = await run({ url: `${url}/deep` });
    expect(executor.result).toMatchObject({ ok: true, output: { body: expect.stringMatching(/^\[{2000}\]{2000}$/) } });
  });

  it('follows redirects or shows them, as asked', async () => {
    await using follow = await run({ url: `${url}/moved` });
    await using stay = await run({ url: `${url}/moved`, follow_redirects: false, expect: { status: 302 } });
    await using circle = await run({ url: `${url}/circle` });
    expect(follow.result).toMatchObject({ ok: true, output: { status: 200, url: `${url}/json` } });
    expect(stay.result).toMatchObject({ ok: true, output: { status: 302, headers: { location: '/json' } } });
    expect(circle.result).toMatchObject({ ok: false, retryable: false, error: { reason: 'redirects' } });
  });

  it('tells refused, unknown name, broken TLS and a cut answer apart', async () => {
    const probe = createTcpServer().listen(0, '127.0.0.1');
    await once(probe, 'listening');
    const { port } = probe.address() as AddressInfo;
    probe.close();
    await once(probe, 'close');
    await using refused = await run({ url: `http://127.0.0.1:${port}/` });
    // A label of 64 characters (RFC 1035 allows 63) is refused without a query.
    await using dns = await run({ url: `http://${'a'.repeat(64)}.test/` });
    await using tls = await run({ url: url.replace('http:', 'https:') });
    await using cut = await run({ url: `${url}/cut` });
    await using wrong = await run({ url: 'not a url' });
    expect(refused.result).toMatchObject({
      retryable: true,
      error: { code: 'service_unavailable', reason: 'refused' },
    });
    expect(dns.result).toMatchObject({ retryable: true, error: { reason: 'dns' } });
    expect(tls.result).toMatchObject({ retryable: false, error: { reason: 'tls' } });
    expect(cut.result).toMatchObject({ retryable: true, error: { reason: 'reset' } });
    expect(wrong.result).toMatchObject({ retryable: false, error: { code: 'validation_error' } });
  }, 30_000);

  it('keeps bytes and large bodies in the file, and only the beginning of text in the output', async () => {
    await using bytes = await run({ url: `${url}/bytes` });
    await using large = await run({ url: `${url}/large`, max_output_bytes: 1001 });
    expect(bytes.result).toMatchObject({ ok: true, output: { body: null, bytes: 4, artifact: 'response.bin' } });
    expect(bytes.read('response.bin')).toEqual(Buffer.from([0xff, 0, 1, 2]));
    expect(large.result).toMatchObject({
      ok: true,
      output: { body: 'é'.repeat(500), truncated: true, bytes: 200_000 },
    });
    expect(large.read('response.bin')).toHaveLength(200_000);
  });

  it('stops while it waits for an answer', async () => {
    await using executor = new Harness();
    executor.run({ kind: 'http', url: `${url}/never` });
    await executor.log('GET ');
    executor.cancel('timed_out');
    expect(await executor.finish()).toMatchObject({ ok: false, outcome: 'timed_out', error: { code: 'task_timeout' } });
  });

  it('lets no secret out: neither in the log of the address, nor in what the server echoes', async () => {
    const secret = 'tok/en+1234';
    await using executor = await run(
      {
        url: `${url}/json`,
        query: { token: secret },
        headers: { authorization: `Bearer ${secret}` },
        body: { text: Buffer.from(`me:${secret}`).toString('base64') },
        method: 'POST',
      },
      [secret],
    );
    const everything = executor.text() + executor.read('response.json').toString();
    expect(executor.result).toMatchObject({ ok: true });
    for (const form of [
      secret,
      encodeURIComponent(secret),
      Buffer.from(`me:${secret}`).toString('base64').slice(4, 16),
    ])
      expect(everything).not.toContain(form);
  });
});

describe('retryAfter', () => {
  it('reads seconds and dates, and nothing else', () => {
    const now = Date.parse('2026-01-01T00:00:00Z');
    expect(retryAfter('120', now)).toBe(120);
    expect(retryAfter('Thu, 01 Jan 2026 00:00:30 GMT', now)).toBe(30);
    expect(retryAfter('Thu, 01 Jan 2015 00:00:30 GMT', now)).toBe(0);
    expect(retryAfter('soon', now)).toBeUndefined();
    expect(retryAfter(null, now)).toBeUndefined();
  });
});

describe('atPointer', () => {
  it('follows RFC 6901 and nothing inherited', () => {
    const document = { 'a/b': { '~': [10, { '': 'x' }] } };
    expect(atPointer(document, '')).toBe(document);
    expect(atPointer(document, '/a~1b/~0/0')).toBe(10);
    expect(atPointer(document, '/a~1b/~0/1/')).toBe('x');
    expect(atPointer(document, '/a~1b/~0/01')).toBeUndefined();
    expect(atPointer(document, '/constructor')).toBeUndefined();
    expect(atPointer(document, 'a')).toBeUndefined();
  });
});
