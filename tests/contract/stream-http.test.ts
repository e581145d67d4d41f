/** Streams over HTTP: Server-Sent Events, and clients that go away. */
import http from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openTestDoors, type TestDoors } from '../support/doors.ts';
import { parseEvents } from '../support/http-call.ts';
import { handlers, nextBegin, nextEnd, openStream } from './stream-sources.ts';

const TASK = `tsk_${'0'.repeat(26)}`;

let subject: TestDoors;
let key: string;

beforeAll(async () => {
  subject = await openTestDoors({ handlers, record: false });
  key = subject.key('admin', ['models', 'automation', 'host']);
});
afterAll(() => subject[Symbol.asyncDispose]());

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
    const { call } = await openStream({ url: subject.url, key }, `/v1/tasks/${TASK}/events`);
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
