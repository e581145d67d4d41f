/** Streams, cancel and resume at every door of frames and in memory. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ServerFrame } from '../../src/contract/kernel/frames.ts';
import { createMemoryClient } from '../../src/main/doors/index.ts';
import { OPERATOR, openTestDoors, type TestDoors } from '../support/doors.ts';
import { type FrameClient, frameClient, openSocket } from '../support/frame-client.ts';
import { handlers, nextBegin, nextEnd } from './stream-sources.ts';

const TASK = `tsk_${'0'.repeat(26)}`;

let subject: TestDoors;
let key: string;

beforeAll(async () => {
  subject = await openTestDoors({ handlers, record: false });
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
