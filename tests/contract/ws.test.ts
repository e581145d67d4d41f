/** The WebSocket door's own rules: liveness, limits, close codes. */
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { MAX_FRAME_BYTES } from '../../src/contract/kernel/frames.ts';
import { type ManualClock, manualClock } from '../support/core.ts';
import { openTestDoors, type TestDoors } from '../support/doors.ts';
import { type FrameClient, openSocket } from '../support/frame-client.ts';
import { limitNow } from '../support/pace.ts';
import { openRawSocket, type RawSocket } from '../support/raw-socket.ts';

let clock: ManualClock;
let subject: TestDoors;
let key: string;

beforeEach(async () => {
  clock = manualClock();
  subject = await openTestDoors({ clock });
  key = subject.key('admin', ['models', 'automation', 'host']);
});
afterEach(() => subject[Symbol.asyncDispose]());

const open = (headers: Record<string, string> = { 'x-api-key': key }) => openSocket(subject.url, headers);
const principalOf = (token: string) =>
  subject.connections.authenticator.authenticateToken(token, { origin: undefined, remote: '', safe: true }).id;
/** Waits until the server has dealt with everything that was sent before. */
async function roundTrip(client: FrameClient, n: number): Promise<void> {
  client.send({ t: 'ping', n });
  await client.wait((frame) => frame.t === 'pong' && frame.n === n);
}

describe('liveness', () => {
  // Catches half-open connections that stay in the list of who is connected for ever.
  test('pings every 30 s, and closes 4408 with a goodbye after 75 s without a word', async () => {
    const { client } = await open();
    client.answersPings = false;
    const pings = () => client.frames.filter((frame) => frame.t === 'ping').length;
    await roundTrip(client, 1);
    clock.advance(29_999);
    await roundTrip(client, 2);
    expect(pings()).toBe(0);
    clock.advance(1);
    await client.wait((frame) => frame.t === 'ping' && frame.n === 1);
    clock.advance(30_000);
    await client.wait((frame) => frame.t === 'ping' && frame.n === 2);
    // 29 999 ms: the last word. 74 999 ms later it may still be alive, 75 000 ms later it is not.
    clock.advance(29_999 + 75_000 - 60_000 - 1);
    expect(subject.connections.registry.list()).toHaveLength(1);
    clock.advance(1);
    expect(await client.closed).toBe(4408);
    expect(client.frames.at(-1)).toEqual({ t: 'bye', reason: 'idle' });
    expect(client.frames.filter((frame) => frame.t === 'bye')).toHaveLength(1);
  });

  // Catches a server that closes those who answer.
  test('a client that answers pings stays, and its round trip is known', async () => {
    const { client } = await open();
    for (let n = 1; n <= 10; n++) {
      clock.advance(30_000);
      await client.wait((frame) => frame.t === 'ping' && frame.n === n);
      await roundTrip(client, 100 + n);
    }
    expect(subject.connections.registry.list()).toMatchObject([{ rtt_ms: 0 }]);
    client.close();
  });
});

describe('limits', () => {
  // Catches a page in a reload loop that uses up the host's sockets.
  test('the 33rd connection of a principal is closed 4429; others come in, and so does it when one has left', async () => {
    const clients = await Promise.all(Array.from({ length: 32 }, async () => (await open()).client));
    expect(await (await open()).client.closed).toBe(4429);
    const other = (await open({ 'x-api-key': subject.key('read', ['host']) })).client;
    expect((await other.call('logs_stats')).last.t).toBe('ok');

    // The same limit for connections that authenticate later, with hello.
    const late = (await open({})).client;
    late.send({ t: 'hello', v: 1, token: key });
    expect(await late.closed).toBe(4429);
    expect(late.frames).toEqual([]);

    const [first] = clients;
    const left = Promise.withResolvers<void>();
    const stop = subject.core.events.subscribe((changes) => {
      const gone = changes.some((change) => change.type === 'connection.deleted');
      if (gone && subject.connections.registry.countOf(principalOf(key)) === 31) left.resolve();
    });
    first?.close();
    await left.promise;
    stop();
    expect((await (await open()).client.call('logs_stats')).last.t).toBe('ok');
  });

  // Catches a host that one connection too many, with nonsense on top, brings down.
  test('what a refused connection goes on to send harms nobody', async () => {
    const peers = await Promise.all(Array.from({ length: 33 }, () => openRawSocket(subject.url, { 'x-api-key': key })));
    expect(await Promise.race(peers.map((peer) => peer.closing))).toBe(4429);
    // Unmasked, reserved bits set, unknown opcode.
    for (const peer of peers) peer.write(Buffer.from([0xff, 0x01, 0x00]));
    await Promise.all(peers.map((peer) => peer.gone));
    expect((await (await open()).client.call('logs_stats')).last.t).toBe('ok');
  });

  // Catches a frame that fills the host's memory.
  // Would catch: megabytes that are no frame, sent one after the other: no call is rated for them, and each is read like one.
  test('a large text that is no frame is answered and closes 1009; a small one is answered only', async () => {
    const { client, socket } = await open();
    socket.send('-'.repeat(1000));
    await client.wait((frame) => frame.t === 'err' && frame.e.code === 'invalid_json');
    socket.send('-'.repeat(70_000));
    expect(await client.closed).toBe(1009);
    expect(client.frames.filter((frame) => frame.t === 'err')).toHaveLength(2);
  });

  test('a frame of 32 MiB is read, one byte more closes 1009', async () => {
    const { client, socket } = await open();
    const ping = '{"t":"ping","n":5}';
    socket.send(ping.padEnd(MAX_FRAME_BYTES, ' '));
    await client.wait((frame) => frame.t === 'pong' && frame.n === 5);
    socket.send(ping.padEnd(MAX_FRAME_BYTES + 1, ' '));
    expect(await client.closed).toBe(1009);
  });

  // Catches a connection that dies of, or ignores, what it cannot read.
  test('a binary frame and broken JSON are answered with id null, and the connection lives on', async () => {
    const { client, socket } = await open();
    socket.send(Buffer.from('{"t":"ping","n":1}'));
    expect(await client.wait((frame) => frame.t === 'err')).toMatchObject({ id: null, e: { code: 'bad_request' } });
    socket.send('{"t":');
    const isSyntax = await client.wait((frame) => frame.t === 'err' && frame.e.code === 'invalid_json');
    expect(isSyntax).toMatchObject({ id: null, e: { position: 5 } });
    expect(client.frames.some((frame) => frame.t === 'pong')).toBe(false);
    await roundTrip(client, 2);
    client.close();
  });
});

describe('the handshake', () => {
  test.each([
    { offered: ['tabagent.v1'], chosen: 'tabagent.v1' },
    { offered: ['graphql-ws', 'tabagent.v1'], chosen: 'tabagent.v1' },
    { offered: [], chosen: '' },
  ])('of $offered speaks "$chosen", uncompressed', async ({ offered, chosen }) => {
    const socket = new WebSocket(`${subject.url.replace('http', 'ws')}/v1/rpc`, offered, {
      headers: { 'x-api-key': key },
      perMessageDeflate: true,
    });
    await once(socket, 'open');
    expect(socket.protocol).toBe(chosen);
    expect(socket.extensions).toBe('');
    socket.terminate();
  });

  test('a hello with a right token changes who is there', async () => {
    const { client } = await open({});
    expect((await client.call('keys_list')).last).toMatchObject({ t: 'err', e: { status: 401 } });
    client.close();
    const named = (await open({})).client;
    named.send({ t: 'hello', v: 1, token: key });
    expect(await named.wait((frame) => frame.t === 'welcome')).toMatchObject({
      principal: { kind: 'key', scopes: ['read', 'run', 'manage', 'admin'] },
      limits: { frame_bytes: MAX_FRAME_BYTES, live_calls: 64 },
    });
    expect((await named.call('logs_stats')).last.t).toBe('ok');
    named.close();
  });
});

describe('goodbye', () => {
  test('of a host that stops is said before 1001', async () => {
    const { client } = await open();
    await roundTrip(client, 1);
    const stopped = subject.doors.stop(0);
    expect(await client.closed).toBe(1001);
    expect(client.frames.at(-1)).toEqual({ t: 'bye', reason: 'shutdown' });
    await stopped;
  });

  // Catches a host that cannot be quit while a page hangs.
  test('does not wait for a peer that never answers it', async () => {
    const peer = await openRawSocket(subject.url, { 'x-api-key': key });
    const began = performance.now();
    await subject.doors.stop(200);
    const lasted = performance.now() - began;
    expect(lasted).toBeLessThan(await limitNow(3000));
    await peer.gone;
  });

  // Catches a revoked key that goes on working for as long as its holder ignores the close.
  test.each([
    ['a revoked key', () => subject.connections.service.keys.remove(principalOf(key))],
    ['a refused token', (peer: RawSocket) => peer.send({ t: 'hello', v: 1, token: 'tak_nobody' })],
  ])('to %s is final: nothing it sends afterwards is run', async (_name, provoke) => {
    const peer = await openRawSocket(subject.url, { 'x-api-key': key });
    provoke(peer);
    expect(await peer.closing).toBe(4401);
    peer.send({ t: 'call', id: 1, op: 'logs_stats' });
    // Another connection's answer comes after whatever the first one sent was read.
    const other = (await open({ 'x-api-key': subject.key('read', ['automation']) })).client;
    await other.call('queue_stats');
    expect(subject.seen.map((call) => call.op)).toEqual(['queue_stats']);
    peer.destroy();
  });
});
