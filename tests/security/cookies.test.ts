/** Any other local server may set cookies for 127.0.0.1, and a browser sends them to every port: they lock nobody out. */
import { once } from 'node:events';
import net from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestHost, type TestHost } from '../support/host.ts';

/** What Chromium and Firefox keep for one host: 180 cookies of 4 KiB. */
const COOKIES = Array.from({ length: 180 }, (_, n) => `c${n}=`.padEnd(4096, 'x')).join('; ');

let subject: TestHost;
let content: string;
beforeAll(async () => {
  subject = await createTestHost();
  const panel = await fetch(`${subject.url}/panel/`);
  content = /frame-src 'self' (\S+?);/.exec(panel.headers.get('content-security-policy') ?? '')?.[1] ?? '';
});
afterAll(() => subject[Symbol.asyncDispose]());

/** Sends a request as it is. @returns status, null when the connection is cut */
async function ask(url: string, path: string, headers: Record<string, string>): Promise<number | null> {
  const { port, host } = new URL(url);
  const socket = net.connect(Number(port), '127.0.0.1');
  const lines = Object.entries({ host, connection: 'close', ...headers }).map(
    ([name, value]) => `${name}: ${value}\r\n`,
  );
  socket.on('error', () => {}).write(`GET ${path} HTTP/1.1\r\n${lines.join('')}\r\n`);
  const answer = await text(socket).catch(() => '');
  const status = /^HTTP\/1.1 (\d+)/.exec(answer)?.[1];
  return status === undefined ? null : Number(status);
}

const upgrade = {
  connection: 'Upgrade',
  upgrade: 'websocket',
  'sec-websocket-version': '13',
  'sec-websocket-key': Buffer.alloc(16).toString('base64'),
};

describe.each([
  ['the panel', () => subject.url, '/panel/', 200],
  ['the API', () => subject.url, '/health', 200],
  ['the content origin', () => content, '/nothing', 404],
])('%s', (_title, url, path, status) => {
  // Catches the limit of Node's server, 16 KiB: every request was answered 431.
  test('answers with as many cookies as a browser keeps', async () => {
    expect(await ask(url(), path, { cookie: COOKIES })).toBe(status);
    expect(await ask(url(), path, { cookie: COOKIES.slice(0, 20_000) })).toBe(status);
  });

  test('refuses everything else of a head beyond 16 KiB', async () => {
    expect(await ask(url(), path, { 'x-any': 'x'.repeat(17_000) })).toBe(431);
    expect(await ask(url(), `${path}?${'x'.repeat(17_000)}`, {})).toBe(431);
    const many = Object.fromEntries(Array.from({ length: 900 }, (_, n) => [`x-${n}`, 'x'.repeat(15)]));
    expect(await ask(url(), path, { cookie: COOKIES, ...many })).toBe(431);
    expect(await ask(url(), path, { cookie: `${COOKIES}; ${'x'.repeat(64 * 1024)}` })).toBe(431);
  });
});

test('a WebSocket opens with as many cookies as a browser keeps', async () => {
  const { port, host } = new URL(subject.url);
  const socket = net.connect(Number(port), '127.0.0.1').on('error', () => {});
  const lines = Object.entries({ host, ...upgrade, cookie: COOKIES }).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(`GET /rpc HTTP/1.1\r\n${lines.join('')}\r\n`);
  const [chunk] = (await once(socket, 'data')) as [Buffer];
  socket.destroy();
  expect(chunk.toString()).toMatch(/^HTTP\/1.1 101/);
});

// Catches request heads that are held by the thousand, and connections that lock the operator out by their number.
test.each([
  ['the API', () => subject.url, '/health', 200, 256],
  ['the content origin', () => content, '/nothing', 404, 128],
])('%s keeps so many connections with half a request, and takes a new one', async (_title, url, path, status, most) => {
  const { port, host } = new URL(url());
  let open = 0;
  const sockets: net.Socket[] = [];
  for (let n = 0; n < most + 50; n++) {
    const socket = net.connect(Number(port), '127.0.0.1').on('error', () => {});
    sockets.push(socket);
    await once(socket, 'connect');
    open += 1;
    socket.on('close', () => {
      open -= 1;
    });
    socket.resume().write(`GET ${path} HTTP/1.1\r\nhost: ${host}\r\ncookie: ${'x'.repeat(1000)}`);
  }
  expect(await ask(url(), path, {})).toBe(status);
  expect(open).toBeLessThanOrEqual(most);
  for (const socket of sockets) socket.destroy();
});

test('a connection that has shown a credential does not give way', async () => {
  const { port, host } = new URL(subject.url);
  const known = net.connect(Number(port), '127.0.0.1');
  const request = `GET /v1/tasks HTTP/1.1\r\nhost: ${host}\r\nauthorization: Bearer ${subject.token}\r\n\r\n`;
  known.write(request);
  await once(known, 'data');
  const sockets = Array.from({ length: 300 }, () => net.connect(Number(port), '127.0.0.1').on('error', () => {}));
  await Promise.all(sockets.map((socket) => once(socket, 'connect')));
  expect(await ask(subject.url, '/health', {})).toBe(200);
  known.write(request);
  const [chunk] = (await once(known, 'data')) as [Buffer];
  expect(chunk.toString()).toMatch(/^HTTP\/1.1 200/);
  for (const socket of [known, ...sockets]) socket.destroy();
});
