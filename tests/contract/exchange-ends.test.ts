/** Whatever a hook of a dialect or a handler does, its request ends: in an answer, or in a connection that is cut. */
import { once } from 'node:events';
import http from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { OperationId } from '../../src/contract/index.ts';
import type { DialectCall, DialectRoute } from '../../src/main/doors/http/dialect.ts';
import type { Dialect } from '../../src/main/doors/index.ts';
import { openTestDoors, type TestDoors } from '../support/doors.ts';
import { frameClient, openSocket } from '../support/frame-client.ts';

const fault = () => new Error('a fault of the test');
const boom = () => {
  throw fault();
};
const never = () => new Promise<never>(() => {});
/** Values that JSON cannot be made of. */
const UNSAYABLE: Record<string, unknown> = {
  'a BigInt': { n: 1n },
  'a toJSON that throws': { toJSON: boom },
  undefined: undefined,
  'a function': boom,
  'a cycle': (() => {
    const cycle: { self?: unknown } = {};
    cycle.self = cycle;
    return cycle;
  })(),
};
const item = { seq: 1, type: 'step', at: '2026-11-20T10:50:00.000Z', data: null };

/** Iterators with a fault in one of their methods, after `good` items. */
function source(good: number, faults: { open?: () => never; next?: () => unknown; return?: () => unknown }) {
  return {
    [Symbol.asyncIterator]() {
      faults.open?.();
      let given = 0;
      return {
        next: () => {
          given += 1;
          if (given > good) return (faults.next?.() ?? Promise.resolve({ done: true })) as Promise<never>;
          return Promise.resolve({ done: false, value: item });
        },
        return: () => (faults.return?.() ?? Promise.resolve({ done: true })) as Promise<never>,
      };
    },
  };
}
const SOURCES: Record<string, AsyncIterable<unknown>> = {
  'open throws': source(0, { open: boom }),
  'next throws at once': source(0, { next: boom }),
  'next throws later': source(2, { next: boom }),
  'next rejects at once': source(0, { next: () => Promise.reject(fault()) }),
  'next rejects later': source(2, { next: () => Promise.reject(fault()) }),
  'next gives nothing': source(1, { next: () => Promise.resolve(undefined) }),
  'return throws': source(1, { return: boom }),
  'return rejects': source(1, { return: () => Promise.reject(fault()) }),
  'return gives no promise': source(1, { return: () => 7 }),
  'return never ends': source(1, { return: never }),
  'next and return throw': source(1, { next: boom, return: boom }),
};
/** Never gives a second item: its client leaves. */
const HANGING: Record<string, AsyncIterable<unknown>> = {
  'next never ends': source(1, { next: never }),
  'next never ends, return throws': source(1, { next: never, return: boom }),
  'next never ends, return rejects': source(1, { next: never, return: () => Promise.reject(fault()) }),
};

const LINES = { item: () => 'data: 1\n\n', failure: () => 'data: failed\n\n' };
type Answer = DialectRoute['answer'];
const stream =
  (items: AsyncIterable<unknown>, wire: Partial<Record<'item' | 'failure', () => never>> = {}): Answer =>
  ({ stream }) =>
    stream(items, { ...LINES, ...wire });
const entries = <T>(of: Record<string, T>, name: string, answer: (value: T) => Answer): [string, Answer][] =>
  Object.entries(of).map(([title, value]) => [`${name}: ${title}`, answer(value)]);

const ROUTES: Record<string, Answer> = Object.fromEntries([
  ['answer throws', boom],
  ['answer rejects', () => Promise.reject(fault())],
  ['answer rejects with nothing', () => Promise.reject(undefined)],
  ['answer gives nothing', () => undefined as never],
  [
    'answer does not wait for its stream',
    ({ stream }: DialectCall) => void stream(SOURCES['open throws'] as never, LINES),
  ],
  [
    'answer throws after it has begun to write',
    async ({ request }: DialectCall) => {
      request.raw.socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\na\r\n');
      request.raw.socket.destroySoon();
      throw fault();
    },
  ],
  [
    'answer answers twice',
    async ({ json }: DialectCall) => {
      json(200, 1);
      json(200, 2);
      throw fault();
    },
  ],
  ['item throws', stream(source(1, {}), { item: boom })],
  ['item and failure throw', stream(source(1, {}), { item: boom, failure: boom })],
  ['failure throws', stream(source(1, { next: boom }), { failure: boom })],
  ...entries(
    UNSAYABLE,
    'json',
    (value) =>
      async ({ json }) =>
        json(200, value),
  ),
  ...entries(
    UNSAYABLE,
    'long json',
    (value) =>
      async ({ json }) =>
        json(200, ['x'.repeat(5000), value]),
  ),
  ...entries(SOURCES, 'stream', (items) => stream(items)),
]);
const HANGING_ROUTES: Record<string, Answer> = Object.fromEntries([
  ['answer never ends', never],
  ['run never ends', async ({ run, json }: DialectCall) => json(200, await run({}))],
  ...entries(HANGING, 'stream', (items) => stream(items)),
]);

const PROBLEMS: Record<string, Dialect['problem']> = {
  throws: boom,
  ...Object.fromEntries(Object.entries(UNSAYABLE).map(([title, value]) => [`gives ${title}`, () => value])),
};

const at = (wording: string, title: string) => `/own/${`${wording}/${title}`.replaceAll(/[^\w/]/g, '-')}`;

/** One dialect for each way in which problems are worded, each with all routes. */
const dialectOf = (name: string, problem: Dialect['problem'], routes: Record<string, Answer>): Dialect => ({
  name,
  problem,
  register(app, kit) {
    for (const [title, answer] of Object.entries(routes)) {
      const operation: OperationId = title === 'run never ends' ? 'queue_stats' : 'tasks_stats';
      kit.route({
        method: 'POST',
        url: at(name, title),
        operation,
        answer,
      });
    }
    app.addHook('preHandler', async (request) => {
      if (request.headers['x-hook'] !== undefined) throw fault();
    });
  },
});
const wordings: Record<string, Dialect['problem']> = { plain: ({ slug }) => ({ own: slug }), ...PROBLEMS };
const dialects = Object.entries(wordings).map(([name, problem]) =>
  dialectOf(name, problem, { ...ROUTES, ...HANGING_ROUTES }),
);

let subject: TestDoors;
let key: string;
/** What the handler of `tasks_stats` and `tasks_follow` does. */
let handle: () => unknown = () => ({});
const stray: unknown[] = [];
const note = (error: unknown) => void stray.push(error);
beforeAll(async () => {
  process.on('uncaughtExceptionMonitor', note);
  process.on('unhandledRejection', note);
  subject = await openTestDoors({
    record: false,
    dialects,
    handlers: { tasks_stats: () => handle(), tasks_follow: () => handle(), queue_stats: never },
  });
  key = subject.key('admin', ['automation', 'host', 'models']);
});
afterAll(async () => {
  process.off('uncaughtExceptionMonitor', note);
  process.off('unhandledRejection', note);
  await subject[Symbol.asyncDispose]();
});

interface End {
  status: number | null;
  text: string;
}

/** How a request ends; null for a connection that was cut before an answer. */
function ask(method: string, path: string, headers: Record<string, string> = {}, body?: string): Promise<End> {
  const { promise, resolve } = Promise.withResolvers<End>();
  const all = { 'x-api-key': key, 'accept-encoding': 'gzip', ...headers };
  const request = http.request(subject.url + path, { method, headers: all, agent: false }, (response) => {
    let text = '';
    response.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
    });
    response.on('error', () => {});
    response.on('close', () => resolve({ status: response.statusCode ?? null, text }));
  });
  request.on('error', () => resolve({ status: null, text: '' }));
  request.end(body);
  return promise;
}

/** Leaves once the request has been taken, or has begun to be answered. @returns settles when the server has let go of it */
async function leave(method: string, path: string): Promise<void> {
  const request = http.request(subject.url + path, { method, headers: { 'x-api-key': key }, agent: false });
  request.on('error', () => {});
  request.end();
  await Promise.race([once(request, 'response'), once(request, 'finish')]);
  request.destroy();
}

// Catches a promise or listener that throws where nobody waits, which would end the host.
async function lives(): Promise<void> {
  expect((await ask('GET', '/health')).status).toBe(200);
  expect(stray).toEqual([]);
}

describe.each(Object.keys(wordings))('a dialect whose problem is: %s', (wording) => {
  test.each(Object.keys(ROUTES))('%s', { timeout: 5000 }, async (title) => {
    const { status, text } = await ask('POST', at(wording, title));
    expect(status, 'there is no such route').not.toBe(404);
    if (status !== null && status >= 400) expect(JSON.parse(text)).toBeTypeOf('object');
    await lives();
  });

  test.each(Object.keys(HANGING_ROUTES))('%s, and the client goes', { timeout: 5000 }, async (title) => {
    await leave('POST', at(wording, title));
    await lives();
  });

  // Catches `problem` that is asked outside of every catch: the request hung.
  test('refusals before the route', { timeout: 5000 }, async () => {
    const [title = ''] = Object.keys(ROUTES);
    const refusals = [
      await ask('POST', at(wording, title), { 'x-api-key': 'tak_wrong' }),
      await ask('POST', at(wording, title), { 'content-type': 'application/json' }, '{'),
      await ask('POST', at(wording, title), { 'content-type': 'text/plain' }, 'a'),
      await ask('POST', at(wording, title), { 'x-hook': 'throws' }),
    ];
    expect(refusals.map(({ status }) => status)).toEqual([401, 400, 415, 500]);
    await lives();
  });
});

describe('a handler', () => {
  const values = { ...UNSAYABLE, ...Object.fromEntries(Object.entries(SOURCES).map(([k, v]) => [`stream: ${k}`, v])) };
  const cases: [string, () => unknown][] = [
    ['throws', boom],
    ['throws nothing', () => Promise.reject(undefined)],
    ['rejects', () => Promise.reject(fault())],
    ['throws what throws', () => Promise.reject(Object.defineProperty({}, 'name', { get: boom }))],
    ...Object.entries(values).map(([title, value]): [string, () => unknown] => [`gives ${title}`, () => value]),
  ];
  const STEPS = `/v1/tasks/tsk_${'0'.repeat(26)}/events`;

  test.each(cases)('%s, over HTTP', { timeout: 5000 }, async (_title, does) => {
    handle = does;
    for (const path of ['/v1/tasks/stats', STEPS]) await ask('GET', path);
    await lives();
  });

  // Catches a call that is never closed: the client would wait for ever.
  test.each(cases)('%s, in frames', { timeout: 5000 }, async (title, does) => {
    handle = does;
    const { client: socket } = await openSocket(subject.url, { 'x-api-key': key });
    // A port carries cycles, and the client's end of it does not take them.
    const clients = title.includes('cycle') ? [socket] : [socket, frameClient(subject.ipc())];
    for (const client of clients) {
      const { last } = await client.call('tasks_stats', {});
      expect(['ok', 'end', 'err']).toContain(last.t);
      await client.call('tasks_follow', { id: `tsk_${'0'.repeat(26)}` });
      client.close();
    }
    await lives();
  });

  test.each(Object.entries(HANGING))('%s, and the client goes', { timeout: 5000 }, async (_title, items) => {
    handle = () => items;
    await leave('GET', STEPS);
    const client = frameClient(subject.ipc());
    client.send({ t: 'call', id: 1, op: 'tasks_follow', input: { id: `tsk_${'0'.repeat(26)}` } });
    await client.wait((frame) => frame.t === 'next');
    client.send({ t: 'cancel', id: 1 });
    await client.wait((frame) => frame.t === 'err');
    client.close();
    await lives();
  });
});
