/** What somebody without a credential can take up: bounded, and never at the cost of the operator. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openTestDoors, type TestDoors } from '../support/doors.ts';
import { openSocket } from '../support/frame-client.ts';
import { openRawSocket } from '../support/raw-socket.ts';

const KIB = 1024;
const WRONG = `tak_${'x'.repeat(12)}_${'y'.repeat(43)}`;

let doors: TestDoors;
let key: string;
beforeAll(async () => {
  doors = await openTestDoors({ settings: { 'rate_limits.enabled': true } });
  key = doors.key('admin', ['models', 'automation', 'host']);
});
afterAll(() => doors[Symbol.asyncDispose]());

describe('frames before a credential', () => {
  const ping = (n: number) => JSON.stringify({ t: 'ping', n });

  test('hold 64 KiB; one byte more closes 1009', async () => {
    const { client, socket } = await openSocket(doors.url);
    socket.send(ping(1).padEnd(64 * KIB, ' '));
    await client.wait((frame) => frame.t === 'pong' && frame.n === 1);
    socket.send(ping(2).padEnd(64 * KIB + 1, ' '));
    expect(await client.closed).toBe(1009);
    expect(client.frames.some((frame) => frame.t === 'pong' && frame.n === 2)).toBe(false);
  });

  // Catches a server that collects a frame before it looks at its sender: 12 frames of 31 MiB took 2.4 GB and 17 s.
  test.each([
    ['one frame', (length: number) => frameHead(0x81, length)],
    ['fragments', (length: number) => frameHead(0x01, length)],
  ])('are refused long before they are complete: %s', async (_name, head) => {
    const peer = await openRawSocket(doors.url, {});
    peer.write(head(31 * KIB * KIB));
    peer.write(Buffer.alloc(200 * KIB));
    expect(await peer.closing).toBe(1009);
    await peer.gone;
  });

  // Catches pings, which may come between fragments, that set the count of an unfinished message back to nothing.
  test('are refused with pings between their fragments', async () => {
    const peer = await openRawSocket(doors.url, {});
    for (let n = 0; n < 20; n++) {
      peer.write(frameHead(n === 0 ? 0x01 : 0x00, 20 * KIB));
      peer.write(Buffer.alloc(20 * KIB));
      peer.write(pingFrame());
    }
    expect(await peer.closing).toBe(1009);
    await peer.gone;
  });

  // Catches a connection that is closed for what it has sent to stay open.
  test('may have any number of pings before them', async () => {
    const { client, socket } = await openSocket(doors.url);
    for (let round = 0; round < 40; round++) {
      for (let n = 0; n < 50; n++) socket.ping('x'.repeat(125));
      socket.ping('last');
      await new Promise<void>((done) =>
        socket.on('pong', (payload: Buffer) => payload.toString() === 'last' && done()),
      );
    }
    socket.send(ping(1));
    await client.wait((frame) => frame.t === 'pong' && frame.n === 1);
    client.close();
  });

  test('do not bound what follows a right hello, nor a connection that came with a key', async () => {
    const greeted = await openSocket(doors.url);
    greeted.client.send({ t: 'hello', v: 1, token: key });
    const keyed = await openSocket(doors.url, { 'x-api-key': key });
    for (const { client, socket } of [greeted, keyed]) {
      socket.send(ping(1).padEnd(4 * KIB * KIB, ' '));
      await client.wait((frame) => frame.t === 'pong' && frame.n === 1);
      client.close();
    }
  });

  test('many small ones are no large one', async () => {
    const { client, socket } = await openSocket(doors.url);
    for (let n = 1; n <= 20_000; n++) socket.send(ping(n));
    await client.wait((frame) => frame.t === 'pong' && frame.n === 20_000);
    client.close();
  });
});

/** A masked ping with 100 bytes. */
const pingFrame = () => Buffer.concat([Buffer.of(0x89, 0x80 | 100, 0, 0, 0, 0), Buffer.alloc(100)]);

/** Head of a masked frame of 64-bit length; the mask is zero. */
function frameHead(first: number, length: number): Buffer {
  const head = Buffer.alloc(14);
  head.writeUInt8(first, 0);
  head.writeUInt8(0x80 | 127, 1);
  head.writeBigUInt64BE(BigInt(length), 2);
  return head;
}

// Catches a cap that keeps out whoever comes last: the operator, whose browser says hello after it has connected.
test('anonymous connections are capped, the oldest gives way, and an operator still gets in', async () => {
  const strangers = [];
  for (let n = 0; n < 40; n++) strangers.push((await openSocket(doors.url)).client);
  const gone = await Promise.all(strangers.slice(0, 8).map((stranger) => stranger.closed));
  expect(gone).toEqual(Array(8).fill(4429));
  const { client: operator } = await openSocket(doors.url);
  operator.send({ t: 'hello', v: 1, token: key });
  await operator.wait((frame) => frame.t === 'welcome');
  for (let n = 0; n < 40; n++) strangers.push((await openSocket(doors.url)).client);
  expect((await operator.call('keys_list')).last.t).toBe('ok');
  for (const client of [...strangers, operator]) client.close();
});

describe('wrong credentials', () => {
  const login = async (ticket: string) =>
    (
      await fetch(`${doors.url}/v1/auth/login`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', origin: doors.url },
        body: JSON.stringify({ ticket }),
      })
    ).status;

  // Catches a throttle that counts attempts instead of failures: any program on the machine could keep the operator out.
  test('are throttled, and no number of them keeps the operator out', async () => {
    const statuses = new Set<number>();
    for (let n = 0; n < 30; n++) {
      statuses.add(await login('x'.repeat(43)));
      statuses.add((await fetch(`${doors.url}/v1/keys`, { headers: { 'x-api-key': WRONG } })).status);
    }
    expect([...statuses].toSorted()).toEqual([401, 429]);
    const { ticket } = doors.connections.service.sessions.issueLink();
    expect(await login(ticket)).toBe(200);
    expect((await fetch(`${doors.url}/v1/keys`, { headers: { 'x-api-key': key } })).status).toBe(200);
  });

  test('may come with bodies of 64 KiB', async () => {
    expect(await login('x'.repeat(65 * KIB))).toBe(413);
  });
});

// Catches an audit that grows by megabytes with each refused call, or keeps code units that are no text.
test('a refused id takes at most 64 characters of the audit', async () => {
  const { client } = await openSocket(doors.url, { 'x-api-key': key });
  for (const id of ['x'.repeat(100_000), `key_${'\ud800'.repeat(10)}`]) {
    expect((await client.call('keys_delete', { id })).last).toMatchObject({
      t: 'err',
      e: { code: 'validation_error' },
    });
  }
  const targets = doors.core.db.raw
    .prepare<[], { target: string }>("SELECT target FROM audit WHERE op = 'keys_delete' ORDER BY seq")
    .all()
    .map(({ target }) => target);
  expect(targets).toEqual([`${'x'.repeat(63)}…`, `key_${'\ufffd'.repeat(10)}`]);
  client.close();
});
