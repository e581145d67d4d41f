/** Streams, cancel and resume at every door that carries them. */

import { once } from 'node:events';
import http from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AppError } from '../../src/contract/kernel/errors.ts';
import type { ServerFrame } from '../../src/contract/kernel/frames.ts';
import { createMemoryClient } from '../../src/main/doors/index.ts';
import { OPERATOR, openTestDoors, type TestDoors } from '../support/doors.ts';
import { type FrameClient, frameClient, openSocket } from '../support/frame-client.ts';
import { parseEvents } from '../support/http-call.ts';

const TASK = `tsk_${'0'.repeat(26)}`;
const line = (seq: number, message = `line ${seq}`) => ({
  seq,
  at: '2026-11-20T10:50:00.000Z',
  level: 'info',
  source: 'script',
  attempt: 1,
  step: null,
  message,
  data: null,
});

/** What the sources saw. */
const source = { pulled: 0, ended: 0 };
let onEnded: () => void = () => {};
let onBegun: () => void = () => {};
/** Settles when the next source that waits has begun to. */
const nextBegin = () => new Promise<void>((resolve) => (onBegun = resolve));
/** Settles when the next stream source has ended. */
const nextEnd = () => new Promise<void>((resolve) => (onEnded = resolve));

async function* logLines({ since = 0 }: { since?: number }, { signal }: { signal: AbortSignal }) {
  try {
    for (let seq = since + 1; seq <= 5; seq++) {
      source.pulled += 1;
      yield line(seq);
    }
  } finally {
    source.ended += 1;
    if (signal.aborted) onEnded();
  }
}

/** Never gives anything but ends with its signal. */
async function* silence(_input: unknown, { signal }: { signal: AbortSignal }) {
  onBegun();
  try {
    if (!signal.aborted) await once(signal, 'abort');
    yield* [];
  } finally {
    onEnded();
  }
}

const entry = { id: 1, timestamp: 1, level: 'info', source: 'host', context: '', data: null };

/** Gives large items for as long as they are pulled. */
async function* flood(_input: unknown, { signal }: { signal: AbortSignal }) {
  try {
    for (let seq = 1; !signal.aborted; seq++) {
      source.pulled += 1;
      yield { ...entry, seq, message: 'x'.repeat(64 * 1024) };
    }
  } finally {
    onEnded();
  }
}

const handlers = {
  tasks_logs_follow: logLines,
  tasks_follow: silence,
  logs_follow: flood,
  changes_follow: async function* () {
    yield { type: 'hello', seq: 41 };
    yield { type: 'gap', dropped: 3, next_since: 45 };
    throw new AppError('cursor-expired', undefined, { extra: { oldest: 50 } });
  },
  jobs_follow: async function* () {
    yield* [];
    throw new AppError('not-found', 'There is no job.');
  },
  system: async (_input: unknown, { signal }: { signal: AbortSignal }) => {
    onBegun();
    if (!signal.aborted) await once(signal, 'abort');
    onEnded();
    throw new DOMException('gone', 'AbortError');
  },
  queue_stats: () => {
    throw new Error('the database is on fire, password=hunter2');
  },
};

let subject: TestDoors;
let key: string;

beforeAll(async () => {
  subject = await openTestDoors({ handlers: handlers as never, record: false });
  key = subject.key('admin', ['models', 'automation', 'host']);
});
afterAll(() => subject[Symbol.asyncDispose]());

const frameDoors: { name: string; open: () => Promise<FrameClient> }[] = [
  { name: 'MessagePort', open: async () => frameClient(subject.ipc()) },
  { name: 'WebSocket', open: async () => (await openSocket(subject.url, { 'x-api-key': key })).client },
];

describe.each(frameDoors)('$name', ({ open }) => {
  test('numbers the items of a history stream by their own seq and resumes after one', async () => {
    const client = await open();
    const whole = await client.call('tasks_logs_follow', { id: TASK });
    expect(whole.seqs).toEqual([1, 2, 3, 4, 5]);
    expect(whole.last.t).toBe('end');
    const rest = await client.call('tasks.logs-follow', { id: TASK, since: 3 });
    expect(rest.seqs).toEqual([4, 5]);
    client.close();
  });

  test('passes gaps through and ends with the error of the source', async () => {
    const client = await open();
    const { items, seqs, last } = await client.call('changes_follow');
    expect(items).toEqual([
      { type: 'hello', seq: 41 },
      { type: 'gap', dropped: 3, next_since: 45 },
    ]);
    expect(seqs).toEqual([41, 45]);
    expect(last).toMatchObject({ t: 'err', e: { code: 'cursor_expired', status: 410, oldest: 50 } });
    client.close();
  });

  test.each(['tasks_follow', 'system'])('cancels %s with exactly one closing frame', async (op) => {
    const client = await open();
    const ended = nextEnd();
    const begun = nextBegin();
    client.send({ t: 'call', id: 7, op, ...(op === 'system' ? {} : { input: { id: TASK } }) });
    await begun;
    client.send({ t: 'cancel', id: 7 });
    const last = await client.wait((frame) => 'id' in frame && frame.id === 7);
    expect(last).toMatchObject({ t: 'err', id: 7, e: { code: 'cancelled', status: 499, title: 'Cancelled' } });
    await ended;
    client.send({ t: 'cancel', id: 7 });
    client.send({ t: 'ping', n: 1 });
    await client.wait((frame) => frame.t === 'pong');
    expect(client.frames.filter((frame) => 'id' in frame && frame.id === 7)).toHaveLength(1);
    client.close();
  });

  test('aborts what runs when the connection closes', async () => {
    const client = await open();
    const ended = nextEnd();
    const begun = nextBegin();
    client.send({ t: 'call', id: 1, op: 'tasks_follow', input: { id: TASK } });
    await begun;
    client.close();
    await ended;
  });

  test('answers unreadable frames with id null and a call id in use too', async () => {
    const client = await open();
    client.send({ t: 'nonsense' });
    expect(await client.wait((frame) => frame.t === 'err')).toMatchObject({ id: null, e: { code: 'bad_request' } });
    client.send({ t: 'call', id: 'a', op: 'tasks_follow', input: { id: TASK } });
    client.send({ t: 'call', id: 'a', op: 'health' });
    const isSecond = (frame: ServerFrame) =>
      frame.t === 'err' && frame.id === null && frame.e.detail.includes('in use');
    expect(await client.wait(isSecond)).toBeDefined();
    client.close();
  });

  test('allows 64 open calls and refuses the next', async () => {
    const client = await open();
    for (let id = 0; id < 64; id++) client.send({ t: 'call', id, op: 'tasks_follow', input: { id: TASK } });
    client.send({ t: 'call', id: 64, op: 'health' });
    expect(await client.wait((frame) => frame.t === 'err')).toMatchObject({
      id: 64,
      e: { code: 'resource_limit_exceeded', limit: 64 },
    });
    client.close();
  });

  test('tells nothing of an internal error but its request id', async () => {
    const client = await open();
    const { last } = await client.call('queue_stats');
    expect(last).toMatchObject({ t: 'err', e: { code: 'internal_server_error', request_id: expect.any(String) } });
    expect(JSON.stringify(last)).not.toContain('hunter2');
    client.close();
  });

  test('refuses a request id that is no uuid, and adopts one that is', async () => {
    const client = await open();
    const refused = await client.call('health', {}, { request_id: 'x' });
    expect(refused.last).toMatchObject({ t: 'err', e: { errors: { request_id: 'request_id must be a valid UUID' } } });
    const id = '0193a5c6-5d0e-7b3a-9c54-1f2e3d4c5b6a';
    expect((await client.call('queue_stats', {}, { request_id: id })).last).toMatchObject({ e: { request_id: id } });
    client.close();
  });
});

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
    const { response, call } = await openStream('/v1/logs/stream');
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

async function openStream(path: string, headers: Record<string, string> = {}) {
  const call = http.get(subject.url + path, { headers: { 'x-api-key': key, ...headers } });
  call.on('error', () => {});
  const [response] = (await once(call, 'response')) as [http.IncomingMessage];
  return { call, response };
}

describe('Server-Sent Events', () => {
  const read = async (path: string, headers: Record<string, string> = {}) => {
    const response = await fetch(subject.url + path, { headers: { 'x-api-key': key, ...headers } });
    return { response, text: await response.text() };
  };

  test('carry id, event and data, and resume with Last-Event-ID before since', async () => {
    const { response, text } = await read(`/v1/tasks/${TASK}/logs/stream`);
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(response.headers.get('x-accel-buffering')).toBe('no');
    expect(text.startsWith('retry: 2000\n\n')).toBe(true);
    expect(parseEvents(text).map((event) => event.id)).toEqual(['1', '2', '3', '4', '5']);
    const resumed = await read(`/v1/tasks/${TASK}/logs/stream?since=1`, { 'last-event-id': '4' });
    expect(parseEvents(resumed.text).map((event) => event.id)).toEqual(['5']);
  });

  test('fail with a status before the first item and with an event after it', async () => {
    const early = await read(`/v1/jobs/job_${'0'.repeat(26)}/events`);
    expect(early.response.status).toBe(404);
    expect(JSON.parse(early.text)).toMatchObject({ code: 'not_found' });
    const late = parseEvents((await read('/v1/events')).text);
    expect(late.map((event) => event.event)).toEqual(['hello', 'gap', 'error']);
    expect(late.map((event) => event.id)).toEqual(['41', '45', undefined]);
    expect(JSON.parse(late[2]?.data ?? '')).toMatchObject({ code: 'cursor_expired', oldest: 50 });
  });

  test('end their source when the client goes away', async () => {
    const ended = nextEnd();
    const { call } = await openStream(`/v1/tasks/${TASK}/events`);
    call.destroy();
    await ended;
  });

  test('a plain call ends too when the client goes away', async () => {
    const ended = nextEnd();
    const begun = nextBegin();
    const call = http.get(`${subject.url}/v1/system/info`, { headers: { 'x-api-key': key } });
    call.on('error', () => {});
    await begun;
    call.destroy();
    await ended;
  });
});

describe('memory', () => {
  test('ends its source when the loop is left or the signal fires', async () => {
    const client = createMemoryClient(subject.doors.dispatcher, OPERATOR);
    const left = nextEnd();
    for await (const item of client.follow('logs_follow')) {
      expect(item).toMatchObject({ seq: 1 });
      break;
    }
    await left;
    const controller = new AbortController();
    const ended = nextEnd();
    const iterator = client
      .follow('tasks_follow', { id: TASK as never }, { signal: controller.signal })
      [Symbol.asyncIterator]();
    const begun = nextBegin();
    const next = iterator.next();
    await begun;
    controller.abort();
    await ended;
    expect((await next).done).toBe(true);
  });
});
