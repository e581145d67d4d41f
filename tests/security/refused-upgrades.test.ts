/** Connections that were to be upgraded and were refused: they end, also when their other end does not close. */
import { once } from 'node:events';
import net from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTestDoors, type TestDoors } from '../support/doors.ts';

let doors: TestDoors;
beforeAll(async () => {
  doors = await openTestDoors();
});
afterAll(() => doors[Symbol.asyncDispose]());

/** More than may be open without a credential. */
const MANY = 300;
const UPGRADE = [
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
];

// Would catch: connections by the thousand that nobody counts, each kept by the host until its other end closes, which it never does.
test.each([
  ['DevTools with a wrong ticket', '/v1/profiles/prf_00000000000000000000000000/devtools?ticket=x'],
  ['an address that speaks no WebSocket', '/nothing'],
])('%s', async (_title, path) => {
  const { port, host } = new URL(doors.url);
  let gone = 0;
  const sockets: net.Socket[] = [];
  for (let n = 0; n < MANY; n++) {
    const socket = net.connect({ port: Number(port), host: '127.0.0.1', allowHalfOpen: true });
    socket.on('error', () => undefined).on('close', () => (gone += 1));
    sockets.push(socket);
    socket.write(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\n${UPGRADE.join('\r\n')}\r\n\r\n`);
    await once(socket.resume(), 'end');
  }
  // What is written to a connection that has ended tells this end so.
  await expect
    .poll(
      () => {
        for (const socket of sockets) socket.write('x');
        return gone;
      },
      { timeout: 10_000 },
    )
    .toBe(MANY);
});
