/** A client that does not read holds its source back, at every door. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openTestDoors, type TestDoors } from '../support/doors.ts';
import { frameClient, openSocket } from '../support/frame-client.ts';
import { handlers, nextEnd, openStream, source } from './stream-sources.ts';

let subject: TestDoors;
let key: string;

beforeAll(async () => {
  subject = await openTestDoors({ handlers, record: false });
  key = subject.key('admin', ['models', 'automation', 'host']);
});
afterAll(() => subject[Symbol.asyncDispose]());

describe('pacing', () => {
  test('a MessagePort whose page hangs holds its source back instead of filling memory', async () => {
    const client = frameClient(subject.ipc());
    client.answersPings = false;
    const before = source.pulled;
    client.send({ t: 'call', id: 1, op: 'logs_follow' });
    // The fourth unanswered ping is where the stream stops.
    let pings = 0;
    await client.wait((frame) => frame.t === 'ping' && ++pings === 4);
    client.send({ t: 'call', id: 2, op: 'health' });
    await client.wait((frame) => frame.t === 'ok' && frame.id === 2);
    expect(source.pulled - before).toBeLessThanOrEqual(4 * 256 + 1);
    const ended = nextEnd();
    client.close();
    await ended;
  });

  test('a WebSocket that is not read holds its source back', async () => {
    const { client, socket } = await openSocket(subject.url, { 'x-api-key': key });
    const before = source.pulled;
    client.send({ t: 'call', id: 1, op: 'logs_follow' });
    await client.wait((frame) => frame.t === 'next');
    socket.pause();
    // Another connection sees the source stand still: two looks with a full round trip between them.
    const other = (await openSocket(subject.url, { 'x-api-key': key })).client;
    let last = -1;
    while (last !== source.pulled) {
      last = source.pulled;
      for (let i = 0; i < 50; i++) await other.call('health');
    }
    // 64 KiB an item: 1 MiB of ours and what the kernel's socket buffers take.
    expect(source.pulled - before).toBeLessThan(400);
    const ended = nextEnd();
    socket.terminate();
    await ended;
    other.close();
  });

  test('an HTTP client that is not read holds its source back', async () => {
    const before = source.pulled;
    const { response, call } = await openStream({ url: subject.url, key }, '/v1/logs/stream');
    response.pause();
    const other = (await openSocket(subject.url, { 'x-api-key': key })).client;
    let last = -1;
    while (last !== source.pulled) {
      last = source.pulled;
      for (let i = 0; i < 50; i++) await other.call('health');
    }
    expect(source.pulled - before).toBeLessThan(400);
    const ended = nextEnd();
    call.destroy();
    await ended;
    other.close();
  });
});
