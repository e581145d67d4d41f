/** Who may use a forwarder: programs of this user, by whichever loopback address they come. */
import { once } from 'node:events';
import net from 'node:net';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { isOtherUser } from './peer.ts';

let server: net.Server;
let ownPort: number;
beforeAll(async () => {
  server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  ownPort = (server.address() as net.AddressInfo).port;
});
afterAll(() => server.close());

/** Whether the peer of a connection is taken for another user's, when ours is `user`. */
async function judged(from: net.TcpNetConnectOpts, user?: number): Promise<boolean> {
  const arrived = once(server, 'connection');
  const client = net.connect(from);
  const [peer] = (await arrived) as [net.Socket];
  const own = vi.spyOn(process, 'getuid');
  if (user !== undefined) own.mockReturnValue(user);
  try {
    return await isOtherUser(peer.remotePort ?? 0, ownPort);
  } finally {
    own.mockRestore();
    client.destroy();
    peer.destroy();
  }
}

/** All lead to the port of 127.0.0.1. */
const WAYS: [string, object][] = [
  ['127.0.0.1', { host: '127.0.0.1' }],
  ['another address of this computer', { host: '127.0.0.1', localAddress: '127.0.0.2' }],
  ['a socket of IPv6', { host: '::ffff:127.0.0.1', family: 6 }],
];

// Would catch: another user who goes out through somebody's proxy, because the table of connections was searched for one address only.
test.skipIf(process.platform !== 'linux').each(WAYS)(
  'over %s this user passes and another one does not',
  async (_way, how) => {
    const from = { ...how, port: ownPort };
    expect(await judged(from)).toBe(false);
    expect(await judged(from, (process.getuid?.() ?? 0) + 1)).toBe(true);
  },
);

// Would catch: one who sends a request and is gone before anybody looks.
test.skipIf(process.platform !== 'linux')('who has left is nobody whom we know', async () => {
  expect(await isOtherUser(1, ownPort)).toBe(true);
});
