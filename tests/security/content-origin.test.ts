/** The second port: what a page elsewhere can ask of it, and what it knows of the API. */
import http from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestHost, type TestHost } from '../support/host.ts';

let subject: TestHost;
let content: string;
beforeAll(async () => {
  subject = await createTestHost();
  const policy = (await fetch(`${subject.url}/panel/`)).headers.get('content-security-policy') ?? '';
  content = /frame-src 'self' (http:\/\/127\.0\.0\.1:\d+)/.exec(policy)?.[1] ?? '';
});
afterAll(() => subject[Symbol.asyncDispose]());

function statusWith(host: string): Promise<number | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<number | undefined>();
  const { port } = new URL(content);
  http
    .get({ port, path: '/trace-viewer/sw.bundle.js', headers: { host } }, (res) => {
      res.resume();
      resolve(res.statusCode);
    })
    .on('error', reject);
  return promise;
}

test('the panel shows pictures and frames of that origin, reads its files, and connects to nothing else', async () => {
  const policy = (await fetch(`${subject.url}/panel/`)).headers.get('content-security-policy') ?? '';
  expect(content).not.toBe('');
  expect(content).not.toBe(subject.url);
  expect(policy).toContain(`connect-src 'self' ${content};`);
  expect(policy).toContain("script-src 'self';");
  expect(policy).toMatch(new RegExp(`img-src 'self' data: blob: ${content};`));
});

// Catches DNS rebinding: a site that makes its own name point to this port.
test.each(['evil.test', 'evil.test:80', '127.0.0.1', '127.0.0.1:1'])('Host %j is refused', async (host) => {
  expect(await statusWith(host)).toBe(403);
});

// Catches a method that the server's own request type refuses, which would be a fault for each try.
test.each(['TRACE', 'POST', 'OPTIONS', 'PUT', 'DELETE'])('%s is refused', async (method) => {
  const { port } = new URL(content);
  const { promise, resolve, reject } = Promise.withResolvers<number | undefined>();
  const req = http.request({ port, method, path: '/trace-viewer/sw.bundle.js' }, (res) => {
    res.resume();
    resolve(res.statusCode);
  });
  req.on('error', reject).end();
  expect(await promise).toBe(405);
});

test('its own names are served', async () => {
  const { port } = new URL(content);
  expect(await statusWith(`127.0.0.1:${port}`)).toBe(200);
  expect(await statusWith(`localhost:${port}`)).toBe(200);
});

// Catches an API that takes the content origin for its own: script in a recorded page would speak to it.
test.each(['/v1/tasks', '/v1/health', '/rpc'])('the API refuses %s to a page of that origin', async (path) => {
  const answer = await fetch(subject.url + path, {
    headers: { origin: content, authorization: `Bearer ${subject.token}` },
  });
  expect(answer.status).toBe(403);
});

test.each([
  '/v1/health',
  '/v1/tasks',
  '/panel/',
  '/metrics',
  '/api-doc/openapi.json',
])('%s is not there', async (path) => {
  const answer = await fetch(content + path, { headers: { authorization: `Bearer ${subject.token}` } });
  expect(answer.status).toBe(404);
  expect(answer.headers.get('access-control-allow-origin')).toBeNull();
});

test('the panel has no trace viewer on its own origin', async () => {
  for (const page of ['index.html', 'sw.bundle.js', 'file/x.html', 'snapshot/1']) {
    const answer = await fetch(`${subject.url}/panel/trace-viewer/${page}?trace=data:application/zip;base64,`);
    const text = await answer.text();
    expect(answer.status === 404 || text.includes('id="root"'), page).toBe(true);
  }
});
