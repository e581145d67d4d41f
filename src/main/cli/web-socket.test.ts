import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocketServer } from 'ws';
import type { CloseCause } from '../../contract/client/transport.ts';
import { connectWebSocket } from './web-socket.ts';

let server: WebSocketServer;
let answer = '';
beforeAll(async () => {
  server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  server.on('connection', (socket) => {
    socket.on('error', () => {});
    socket.send(answer);
  });
  await once(server, 'listening');
});
afterAll(() => void server.close());

// Catches a listener that throws at what is no frame: the command ended with a stack trace.
test.each([
  ['no JSON', 'HTTP/1.1 200 OK'],
  ['no frame', '[1, 2]'],
  ['too deep', `${'['.repeat(5000)}${']'.repeat(5000)}`],
])('%s is a lost connection', async (_name, text) => {
  answer = text;
  const { promise, resolve } = Promise.withResolvers<CloseCause>();
  const frames: unknown[] = [];
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  connectWebSocket(url, 'token')({ open: () => {}, frame: (frame) => void frames.push(frame), close: resolve });
  expect(await promise).toBe('lost');
  expect(frames).toEqual([]);
});
