import { Duplex } from 'node:stream';
import { serialize } from 'node:v8';
import { expect, test } from 'vitest';
import { openChildChannel } from './child-channel.ts';

const COST_MS = 80;

/** A pipe whose other end is the test's. */
function openPipe(costMs = COST_MS) {
  const pipe = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() });
  const frame = (message: unknown) => {
    const bytes = serialize(message);
    const head = Buffer.alloc(4);
    head.writeUInt32BE(bytes.length);
    return Buffer.concat([head, bytes]);
  };
  const seen: { message: unknown; at: number }[] = [];
  const channel = openChildChannel(pipe);
  channel.onMessage((message) => {
    const at = performance.now();
    seen.push({ message, at });
    while (performance.now() - at < costMs);
  });
  return { pipe, channel, seen, send: (...messages: unknown[]) => pipe.push(Buffer.concat(messages.map(frame))) };
}

// Would catch: a child whose valid messages are dear to read and keep the host from everybody else.
test('a message that costs much is followed by a rest in which others have their turn', async () => {
  const { seen, send } = openPipe();
  send(1, 2);
  send(3);
  await expect.poll(() => seen.length, { timeout: 10_000 }).toBe(3);
  expect(seen.map(({ message }) => message)).toEqual([1, 2, 3]);
  const times = seen.map(({ at }) => at);
  // Timers may be a millisecond early.
  for (const n of [1, 2]) expect((times[n] ?? 0) - (times[n - 1] ?? 0)).toBeGreaterThan(COST_MS * 4 - 2);
});

// Would catch: a count that begins anew with each piece that arrives, so that many dear messages in pieces of their own are free.
test('many messages that cost a little each are followed by a rest too', async () => {
  const { seen, send, pipe } = openPipe(COST_MS / 4);
  for (let n = 0; n < 12; n++) {
    send(n);
    await new Promise(setImmediate);
  }
  expect(pipe.isPaused()).toBe(true);
  await expect.poll(() => seen.length, { timeout: 10_000 }).toBe(12);
});

// Would catch: the result of an attempt that is lost because its process ended while the channel rested.
test('what has come before the end of the process is handled before the end is told', async () => {
  const { pipe, channel, seen, send } = openPipe();
  send(1);
  await expect.poll(() => seen.length).toBe(1);
  send('the result');
  pipe.push(null);
  await channel.drain();
  expect(seen.map(({ message }) => message)).toEqual([1, 'the result']);
});

// Would catch: an end that waits for ever because a descendant holds the other end of the pipe.
test('an end does not wait for who else holds the channel', async () => {
  const { channel, seen, send } = openPipe();
  send(1, 2);
  await expect.poll(() => seen.length).toBe(1);
  await channel.drain();
  expect(seen).toHaveLength(2);
});
