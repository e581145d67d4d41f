/** The door for DevTools on a real socket; the browser behind it is played. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import net, { type AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { AppError } from '../../contract/kernel/errors.ts';
import type { ProfileId } from '../../contract/kernel/scalars.ts';
import type { Principal } from '../core/operation/operation.ts';
import type { ConnectionRegistry } from '../features/connections/index.ts';
import { createDevtoolsDoor } from './devtools.ts';
import { MAX_CONNECTIONS } from './frames/limits.ts';

const HANDSHAKE = {
  ...{ host: 'x', connection: 'Upgrade', upgrade: 'websocket' },
  ...{ 'sec-websocket-version': '13', 'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==' },
};
let server: Server;
let seen: { attached: number; closed: number; connections: number; known: number; refused: AppError[] };
/** Lets the browser answer those that attach. */
let answer: PromiseWithResolvers<void>;
beforeEach(async () => {
  seen = { attached: 0, closed: 0, connections: 0, known: 0, refused: [] };
  answer = Promise.withResolvers();
  const principal: Principal = { kind: 'key', id: 'k', name: 'k', scope: 'run', areas: [], rateMultiplier: 1 };
  const registry: Pick<ConnectionRegistry, 'add' | 'countOf'> = {
    add() {
      seen.connections += 1;
      return () => {
        seen.connections -= 1;
      };
    },
    countOf: () => seen.connections,
  };
  const door = createDevtoolsDoor({
    relay: {
      redeem: (id, ticket) => (ticket === 'good' ? { id: id as ProfileId, principal } : null),
      async attach() {
        await answer.promise;
        seen.attached += 1;
        const close = () => {
          seen.closed += 1;
        };
        return { send: () => undefined, close };
      },
    },
    registry: registry as ConnectionRegistry,
  });
  server = createServer();
  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy());
    const known = () => {
      seen.known += 1;
    };
    door.accept(request, socket, head, known).catch((error: AppError) => {
      seen.refused.push(error);
      socket.destroy();
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
});
afterEach(() => void server.close());

function connect(ticket: string, headers: object = HANDSHAKE): net.Socket {
  const socket = net.connect((server.address() as AddressInfo).port, '127.0.0.1').on('error', () => undefined);
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(`GET /v1/profiles/prf_1/devtools?ticket=${ticket} HTTP/1.1\r\n${lines.join('')}\r\n`);
  return socket.resume();
}

// Would catch: a connection that counts as one of somebody whom the door knows before its ticket was looked at.
test('a wrong ticket makes nobody known', async () => {
  await once(connect('bad'), 'close');
  expect(seen).toMatchObject({ known: 0, attached: 0, refused: [expect.any(AppError)] });
});

// Would catch: sessions with a browser that nobody holds, each of which hears of all that happens in it: no count of connections knows them.
test('what comes with a right ticket and is no WebSocket leaves no session with the browser', async () => {
  answer.resolve();
  const { 'sec-websocket-key': _key, ...none } = HANDSHAKE;
  await once(connect('good', none), 'close');
  expect(seen).toMatchObject({ known: 1, attached: 1, closed: 1, connections: 0 });
});

test('a client that goes while the browser is asked leaves none either', async () => {
  const socket = connect('good');
  await expect.poll(() => seen.known, { timeout: 10_000 }).toBe(1);
  socket.destroy();
  answer.resolve();
  await expect.poll(() => seen.closed, { timeout: 10_000 }).toBe(1);
  await expect.poll(() => seen.connections, { timeout: 10_000 }).toBe(0);
});

// Would catch: a limit that is looked at before a wait, and passed by all who wait at once.
test('however many come at once, no more than the limit are let in', async () => {
  const sockets = Array.from({ length: MAX_CONNECTIONS + 20 }, () => connect('good'));
  await expect.poll(() => seen.known, { timeout: 10_000 }).toBe(sockets.length);
  answer.resolve();
  await expect.poll(() => seen.refused.length, { timeout: 10_000 }).toBe(20);
  expect(seen.connections).toBe(MAX_CONNECTIONS);
  await expect.poll(() => seen.closed, { timeout: 10_000 }).toBe(20);
  for (const socket of sockets) socket.destroy();
  await expect.poll(() => seen.closed, { timeout: 10_000 }).toBe(sockets.length);
});
