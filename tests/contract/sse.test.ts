/** Server-Sent Events while time passes, on a clock that the test moves. */
import { once } from 'node:events';
import http from 'node:http';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { CallContext } from '../../src/main/core/operation/operation.ts';
import { createChangeService } from '../../src/main/features/telemetry/changes.ts';
import { type ManualClock, manualClock } from '../support/core.ts';
import { openTestDoors, type TestDoors } from '../support/doors.ts';
import { parseEvents } from '../support/http-call.ts';

const TASK = `tsk_${'0'.repeat(26)}`;
const EVENTS = `/v1/tasks/${TASK}/events`;
/** Time that the door gives a source to fail before the headers go out, ms. */
const HEADERS_MS = 100;

let clock: ManualClock;
let subject: TestDoors;
let key: string;
/** Items of the open stream, given by the test. */
let source: { give(item: object): void; end(): void; begun: Promise<void>; aborted: Promise<number> };

const item = (seq: number) => ({ seq, type: 'progress', at: '2026-11-20T10:50:00.000Z', data: null });

/** A stream that gives what the test hands it. */
function openSource() {
  const begun = Promise.withResolvers<void>();
  const aborted = Promise.withResolvers<number>();
  const queue: (object | null)[] = [];
  let wake: () => void = () => {};
  const put = (entry: object | null) => {
    queue.push(entry);
    wake();
  };
  source = { give: put, end: () => put(null), begun: begun.promise, aborted: aborted.promise };
  return async function* (_input: unknown, { signal }: CallContext) {
    signal.addEventListener('abort', () => {
      aborted.resolve(performance.now());
      put(null);
    });
    begun.resolve();
    for (;;) {
      const entry = queue.shift();
      if (entry === null) return;
      if (entry) yield entry;
      else await new Promise<void>((resolve) => (wake = resolve));
    }
  };
}

beforeEach(async () => {
  clock = manualClock();
  subject = await openTestDoors({
    clock,
    handlers: {
      tasks_follow: openSource(),
      changes_follow: (input: object, { principal, signal }) =>
        createChangeService(subject.core.events).follow(input, principal, signal),
    },
  });
  key = subject.key('admin', ['models', 'automation', 'host']);
});
afterEach(() => subject[Symbol.asyncDispose]());

/** Opens a stream and collects its text. */
async function open(path: string, headers: Record<string, string> = {}, begun: Promise<void> = source.begun) {
  const call = http.get(subject.url + path, { headers: { 'x-api-key': key, ...headers } });
  call.on('error', () => {});
  const answered = once(call, 'response');
  await begun;
  clock.advance(HEADERS_MS);
  const [response] = (await answered) as [http.IncomingMessage];
  response.setEncoding('utf8');
  return { call, response };
}

async function textOf(response: http.IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of response) text += String(chunk);
  return text;
}

describe('a stream that waits', () => {
  // Catches proxies and browsers that give up on a task which has nothing to tell for a minute.
  test('says keep-alive every 10 s from when it began to wait', async () => {
    const { response } = await open(EVENTS);
    clock.advance(30_000);
    source.give(item(7));
    source.end();
    const lines = 'id: 7\nevent: progress\ndata: ';
    const comments = ': keep-alive\n\n'.repeat(3);
    expect(await textOf(response)).toBe(`retry: 2000\n\n${comments}${lines}${JSON.stringify(item(7))}\n\n`);
  });

  // Catches comments between items that keep the connection alive by themselves.
  test('says none while items come', async () => {
    const { response } = await open(EVENTS);
    const seen: string[] = [];
    for (let seq = 1; seq <= 3; seq++) {
      clock.advance(9_999);
      source.give(item(seq));
      const [chunk] = (await once(response, 'data')) as [string];
      seen.push(chunk);
    }
    clock.advance(10_000);
    source.end();
    const rest = await textOf(response);
    expect(seen.join('')).not.toContain('keep-alive');
    expect(rest.match(/: keep-alive\n\n/g)).toHaveLength(1);
  });

  // Catches a page that hangs on `connecting` because the first item takes its time.
  test('has its headers and `retry` before anything happens', async () => {
    const { call, response } = await open(EVENTS, { 'accept-encoding': 'gzip' });
    expect(response.statusCode).toBe(200);
    expect(response.headers).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'x-accel-buffering': 'no',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'x-tabagent-contract': '1',
      'x-request-id': expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    // Compression would hold items back until a block is full.
    expect(response.headers['content-encoding']).toBeUndefined();
    expect((await once(response, 'data'))[0]).toBe('retry: 2000\n\n');
    call.destroy();
    await source.aborted;
  });

  // Catches a task that goes on working for a reader who left.
  test('is aborted within 500 ms of its client going away', async () => {
    const { call } = await open(EVENTS);
    const left = performance.now();
    call.destroy();
    expect((await source.aborted) - left).toBeLessThan(500);
  });

  // Catches a set of request ids in use that grows with every client that hangs up early.
  test('whose client leaves before the headers gives its request id back', async () => {
    const headers = { 'x-api-key': key, 'x-request-id': '0193a5c6-5d0e-7b3a-9c54-1f2e3d4c5b6a' };
    const call = http.get(subject.url + EVENTS, { headers });
    call.on('error', () => {});
    await source.begun;
    call.destroy();
    await source.aborted;
    const next = await fetch(`${subject.url}/v1/health`, { headers });
    expect(next.headers.get('x-request-id')).toBe(headers['x-request-id']);
  });

  // Catches timers of streams that are over: a leak with every page that was ever opened.
  test('leaves no timer behind', async () => {
    const { response } = await open(EVENTS);
    source.end();
    await textOf(response);
    let scheduled = 0;
    const { schedule } = clock;
    clock.schedule = (fn, ms) => {
      scheduled += 1;
      return schedule(fn, ms);
    };
    clock.advance(60_000);
    expect(scheduled).toBe(0);
  });
});

describe('HEAD of a stream', () => {
  // Catches a probe that leaves a follower behind for ever.
  test('has the headers and ends its source', async () => {
    const call = http.request(subject.url + EVENTS, { method: 'HEAD', headers: { 'x-api-key': key } });
    const answered = once(call, 'response');
    call.end();
    await source.begun;
    clock.advance(HEADERS_MS);
    const [response] = (await answered) as [http.IncomingMessage];
    expect(response.headers['content-type']).toBe('text/event-stream; charset=utf-8');
    expect(await textOf(response)).toBe('');
    await source.aborted;
  });
});

describe('changes', () => {
  const append = (count: number) => {
    for (let i = 0; i < count; i++) subject.core.events.append({ type: 'task.updated', entity: 'task', id: TASK });
  };
  const changes = (headers: Record<string, string> = {}, query = '') =>
    fetch(`${subject.url}/v1/events${query}`, { headers: { 'x-api-key': key, ...headers } });
  /** Ids of the first `count` events. */
  async function idsOf(response: Response, count: number): Promise<(string | undefined)[]> {
    const decoder = new TextDecoder();
    let text = '';
    for await (const chunk of response.body ?? []) {
      text += decoder.decode(chunk, { stream: true });
      const events = parseEvents(text.slice(0, text.lastIndexOf('\n\n') + 2));
      if (events.length >= count) return events.map((event) => event.id);
    }
    throw new Error(`the stream ended early: ${text}`);
  }

  // Catches items lost, or sent twice, when a page reconnects.
  test('resume after Last-Event-ID, which the browser sends by itself, rather than after the old `since`', async () => {
    append(5);
    const head = subject.core.events.head();
    const response = await changes({ 'last-event-id': String(head - 2) }, '?since=0');
    expect(await idsOf(response, 3)).toEqual([head - 2, head - 1, head].map(String));
  });

  // Catches a panel that shows a state with a hole in it and does not know.
  test('answer 410 with the oldest that is kept when history was pruned', async () => {
    append(5);
    const { events } = subject.core;
    const oldest = events.head() - 1;
    events.prune(0, 2, 1000);
    expect(events.oldest()).toBe(oldest);
    for (const response of [await changes({}, `?since=${oldest - 2}`), await changes({ 'last-event-id': '1' })]) {
      expect(response.status).toBe(410);
      expect(response.headers.get('content-type')).toContain('application/problem+json');
      expect(await response.json()).toMatchObject({ code: 'cursor_expired', oldest });
    }
    // The one before the oldest has missed nothing.
    expect(await idsOf(await changes({}, `?since=${oldest - 1}`), 3)).toEqual(
      [oldest - 1, oldest, oldest + 1].map(String),
    );
  });

  test('refuse a Last-Event-ID that is no number', async () => {
    const response = await changes({ 'last-event-id': 'abc' });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ code: 'validation_error', field: 'since' });
  });
});
