/** What a message takes in memory before it is whole: counted for who sends it, and in proportion to its bytes, in whatever pieces they come. */
import { once } from 'node:events';
import net from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTestDoors, type TestDoors } from '../support/doors.ts';
import { openRawSocket, type RawSocket } from '../support/raw-socket.ts';

const MIB = 1024 * 1024;
setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

let doors: TestDoors;
let key: string;
beforeAll(async () => {
  doors = await openTestDoors({ record: false });
  key = doors.key('admin', ['models', 'automation', 'host']);
});
afterAll(() => doors[Symbol.asyncDispose]());

/** Head of a masked frame of 64-bit length; the mask is zero. */
function frameHead(first: number, length: number): Buffer {
  const head = Buffer.alloc(14);
  head.writeUInt8(first, 0);
  head.writeUInt8(0x80 | 127, 1);
  head.writeBigUInt64BE(BigInt(length), 2);
  return head;
}

const FRAGMENT = 0x01;
const PING = Buffer.of(0x89, 0x80, 0, 0, 0, 0);

/** A connection whose caller says who it is after it has been opened. */
async function greeted(token: string): Promise<RawSocket> {
  const peer = await openRawSocket(doors.url, {});
  const hello = Buffer.from(JSON.stringify({ t: 'hello', v: 1, token }));
  peer.write(Buffer.concat([frameHead(0x81, hello.length), hello, PING]));
  await peer.ponged();
  return peer;
}

/** Sends a part of a message that has another part, and waits until it has been read. */
async function begin(peer: RawSocket, bytes: number): Promise<void> {
  peer.write(frameHead(FRAGMENT, bytes));
  peer.write(Buffer.alloc(bytes));
  peer.write(PING);
  await peer.ponged();
}

/** What becomes of such a part: it is read, or the connection is closed with a code. */
const outcome = (peer: RawSocket, bytes: number) => Promise.race([begin(peer, bytes).then(() => 'read'), peer.closing]);

// Would catch: what comes after `hello` counted for the one who had said nothing yet, so that one caller takes the share of all others, or has no limit.
test('what is not whole counts for the caller whom hello has named', async () => {
  const other = doors.key('read', ['host']);
  const held = [await greeted(key), await greeted(key)];
  for (const peer of held) await begin(peer, 31 * MIB);
  const third = await greeted(key);
  expect(await outcome(third, 8 * MIB)).toBe(4429);
  const stranger = await greeted(other);
  expect(await outcome(stranger, 8 * MIB)).toBe('read');
  // What has been given up counts no more.
  for (const peer of [...held, third]) {
    peer.destroy();
    await peer.gone;
  }
  const again = await greeted(key);
  expect(await outcome(again, 31 * MIB)).toBe('read');
  for (const peer of [stranger, again]) peer.destroy();
});

/** Memory of this process, in which the host is too; what has ended before is given back in some turns of the event loop. */
async function memory(): Promise<number> {
  for (let n = 0; n < 10; n++) {
    collect();
    await turn();
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** Sends one byte at a time, each read by the host before the next is sent, until `enough`. @returns how many */
async function drip(sockets: readonly { write(bytes: Buffer): void }[], most: number, enough = () => false) {
  const one = Buffer.from('1');
  let sent = 0;
  while (sent < most && !enough()) {
    for (const socket of sockets) socket.write(one);
    sent += sockets.length;
    await turn();
  }
  return sent;
}

// Would catch: a body that is kept in the pieces in which it comes: five hundred bytes of memory for each that is sent.
test('a body in segments of one byte takes memory in proportion to its bytes', async () => {
  const { hostname, port } = new URL(doors.url);
  const sockets: net.Socket[] = [];
  for (let n = 0; n < 20; n++) {
    const socket = net.connect({ host: hostname, port: Number(port), noDelay: true });
    await once(socket, 'connect');
    socket.write(
      `POST /v1/tasks HTTP/1.1\r\nhost: ${hostname}:${port}\r\nx-api-key: ${key}\r\ncontent-type: application/json\r\ncontent-length: ${MIB}\r\n\r\n[`,
    );
    sockets.push(socket);
  }
  await drip(sockets, 2000);
  const before = await memory();
  const sent = await drip(sockets, 100_000);
  const ratio = ((await memory()) - before) / sent;
  process.stdout.write(`unfinished: ${ratio.toFixed(1)} bytes of memory for a byte of a body\n`);
  for (const socket of sockets) socket.destroy();
  expect(ratio).toBeLessThan(50);
});

// Would catch: bytes that are counted, and pieces that are not.
test('a frame in segments of one byte counts with what its pieces take', async () => {
  const peers = [await greeted(key), await greeted(key), await greeted(key), await greeted(key)];
  let closed = 0;
  for (const peer of peers) {
    peer.closing.then(() => {
      closed += 1;
    });
    peer.write(frameHead(FRAGMENT, MIB));
  }
  const sent = await drip(peers, 300_000, () => closed > 0);
  process.stdout.write(`unfinished: closed after ${sent} bytes of frames\n`);
  expect(closed, 'closed for what they hold').toBeGreaterThan(0);
  expect(await Promise.race(peers.map(({ closing }) => closing))).toBe(4429);
  for (const peer of peers) peer.destroy();
});

// Would catch: the small limit of those who have said nothing, which pieces of one byte pass four hundred times over.
test('a frame before hello in segments of one byte is refused', async () => {
  const peer = await openRawSocket(doors.url, {});
  let closed = false;
  const code = peer.closing.then((given) => {
    closed = true;
    return given;
  });
  peer.write(frameHead(0x81, 60 * 1024));
  expect(await drip([peer], 2000, () => closed)).toBeLessThan(1000);
  expect(await code).toBe(1009);
  peer.destroy();
});

// Would catch: fragments that are kept one by one and come thousands in one segment, so that neither bytes nor pieces are many.
test('a message of ten thousand fragments is refused, whoever sends it', async () => {
  for (const peer of [await openRawSocket(doors.url, {}), await greeted(key)]) {
    const [first, next] = [0x01, 0x00].map((head) => Buffer.concat([frameHead(head, 1), Buffer.from('x')]));
    peer.write(Buffer.concat([first, ...Array.from({ length: 10_000 }, () => next)] as Buffer[]));
    expect([1008, 1009]).toContain(await peer.closing);
    peer.destroy();
  }
});

// Would catch: pieces of pings that are kept for pieces of a message.
test('any number of pings, each a segment, is no message', async () => {
  // Of a caller of its own: what the tests above have sent may not have been read yet.
  const peer = await openRawSocket(doors.url, {});
  for (let n = 0; n < 300; n++) {
    peer.write(PING);
    await peer.ponged();
  }
  const hello = Buffer.from(JSON.stringify({ t: 'hello', v: 1, token: doors.key('admin', ['host']) }));
  peer.write(frameHead(0x81, hello.length));
  for (const byte of hello) {
    peer.write(Buffer.of(byte));
    await turn();
  }
  expect(await outcome(peer, 4 * MIB)).toBe('read');
  peer.destroy();
});
