/** A hand-written wire, registered through the hook, has the door's admission, limits, audit, metrics and life of a request. */
import { once } from 'node:events';
import http from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { contract, type OperationId } from '../../src/contract/index.ts';
import { AppError } from '../../src/contract/kernel/errors.ts';
import type { CallContext } from '../../src/main/core/operation/operation.ts';
import type { DialectRoute } from '../../src/main/doors/http/dialect.ts';
import type { Dialect } from '../../src/main/doors/index.ts';
import { openTestDoors, type TestDoors, type TestHandlers } from '../support/doors.ts';
import { sampleOf } from '../support/sample.ts';

const TASK = `tsk_${'0'.repeat(26)}`;
const STEPS = `/talk/${TASK}`;
const event = (seq: number) => ({ seq, type: 'step', at: '2026-11-20T10:50:00.000Z', data: null });

/** Says "hello" to tasks in a wire of its own: `data` lines, `[DONE]` at the end, errors as `{ error: { … } }`. */
const talk: Dialect = {
  name: 'talk',
  problem: (error, { requestId }) => ({ error: { message: error.message, type: error.slug, request: requestId } }),
  register(_app, kit) {
    kit.route({
      method: 'GET',
      url: '/talk/:id',
      operation: 'tasks_follow',
      async answer({ request, run, stream }) {
        const result = await run(request.params);
        if (result.kind !== 'stream') throw new Error('no stream');
        await stream(result.items, {
          item: (item) => `data: ${JSON.stringify(item)}\n\n`,
          end: 'data: [DONE]\n\n',
          failure: ({ slug }) => `data: ${JSON.stringify({ error: { type: slug } })}\n\n`,
        });
      },
    });
    kit.route({
      method: 'POST',
      url: '/v1/tasks',
      operation: 'tasks_create',
      async answer({ request, run, json }) {
        const { labels, broken } = request.body as { labels: string[]; broken?: boolean };
        if (broken) throw new TypeError('a secret of the dialect');
        const result = await run({ labels });
        json(202, { said: result.kind });
      },
    });
  },
};

/** What the source of the stream does after its first item. */
let afterFirst: (context: CallContext) => Promise<void> = async () => {};
const handlers: TestHandlers = {
  async *tasks_follow(_input: never, context: CallContext) {
    yield event(1);
    await afterFirst(context);
    yield event(2);
  },
  tasks_create: () => ({ batch_id: `bat_${'0'.repeat(26)}`, items: [] }),
} as TestHandlers;

let subject: TestDoors;
let key: string;
beforeAll(async () => {
  subject = await openTestDoors({ dialects: [talk], handlers });
  key = subject.key('run', ['automation']);
});
afterAll(() => subject[Symbol.asyncDispose]());

const post = (body: string, apiKey = key) =>
  fetch(`${subject.url}/v1/tasks`, {
    method: 'POST',
    headers: { 'x-api-key': apiKey, 'content-type': 'application/json' },
    body,
  });

/** Opens the stream and waits for its first item; `signal` is the one that the source was given. */
async function openStream(url = subject.url, apiKey = key) {
  const begun = Promise.withResolvers<AbortSignal>();
  afterFirst = async ({ signal }) => {
    begun.resolve(signal);
    await once(signal, 'abort');
  };
  const request = http.get(url + STEPS, { headers: { 'x-api-key': apiKey } });
  request.on('error', () => {});
  const [response] = (await once(request, 'response')) as [http.IncomingMessage];
  response.on('error', () => {});
  await once(response, 'data');
  return { request, response, signal: await begun.promise };
}

describe('refusals are in the shape of the dialect', () => {
  // Catches a hook that lets a dialect's route be reached without the checkpoint.
  test('401 without a key, 403 with one that does not reach; the handler does not run', async () => {
    const before = subject.seen.length;
    const nobody = await fetch(subject.url + STEPS);
    expect(nobody.status).toBe(401);
    expect(nobody.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(await nobody.json()).toEqual({
      error: { message: expect.any(String), type: 'unauthorized', request: nobody.headers.get('x-request-id') },
    });
    const lesser = await post('{}', subject.key('read', ['automation']));
    expect([lesser.status, ((await lesser.json()) as { error: object }).error]).toEqual([
      403,
      expect.objectContaining({ type: 'forbidden' }),
    ]);
    expect(subject.seen.length).toBe(before);
  });

  // Catches a body that is read before the caller is known, or a parser's fault in another shape.
  test('a body that cannot be read, one that is too large, and input that does not fit', async () => {
    const typeOf = async (answer: Response) => [
      answer.status,
      ((await answer.json()) as { error: { type: string } }).error.type,
    ];
    expect(await typeOf(await post('{"a": }'))).toEqual([400, 'invalid-json']);
    expect(await typeOf(await post(`{"a":"${'x'.repeat(2 * 1024 ** 2)}"}`))).toEqual([413, 'payload-too-large']);
    expect(await typeOf(await post('{"labels":7}'))).toEqual([400, 'validation-error']);
  });

  test('429 with the headers that tell when to come again', async () => {
    await using limited = await openTestDoors({
      dialects: [talk],
      handlers,
      settings: { 'rate_limits.enabled': true, 'rate_limits.tiers': { standard: { per_min: 60, burst: 1 } } },
    });
    const headers = { 'x-api-key': limited.key('read', ['automation']) };
    afterFirst = async () => {};
    const first = await fetch(limited.url + STEPS, { headers });
    expect(first.headers.get('x-ratelimit-remaining-requests')).toBe('0');
    await first.text();
    const refused = await fetch(limited.url + STEPS, { headers });
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '1']);
    expect(await refused.json()).toMatchObject({ error: { type: 'too-many-requests' } });
  });

  // Catches an internal error whose text reaches the client, or not even the log.
  test('a fault of the dialect itself is 500 without its text, and in the log', async () => {
    const answer = await post('{"broken":true}');
    const text = await answer.text();
    expect([answer.status, text.includes('secret')]).toEqual([500, false]);
    expect(JSON.parse(text)).toMatchObject({ error: { type: 'internal-server-error' } });
    expect(subject.core.log.lines.join('\n')).toContain('dialect talk failed');
  });
});

// Catches a dialect whose calls are neither audited nor counted, or whose address the general mapping keeps.
test('takes the place of the general mapping; its calls are audited and counted', async () => {
  const answer = await post('{"labels":["a"]}');
  expect([answer.status, await answer.json()]).toEqual([202, { said: 'value' }]);
  expect(answer.headers.get('x-tabagent-contract')).toBe('1');
  expect(subject.seen.at(-1)).toMatchObject({ op: 'tasks_create', input: { labels: ['a'] } });
  const audited = subject.core.db.raw
    .prepare("SELECT door, outcome FROM audit WHERE op = 'tasks_create' ORDER BY seq DESC LIMIT 1")
    .get();
  expect(audited).toEqual({ door: 'http', outcome: 'ok' });
  const metrics = await fetch(`${subject.url}/metrics`, { headers: { 'x-api-key': key } });
  expect(await metrics.text()).toMatch(/_count\{[^}]*op="tasks_create"[^}]*\} [1-9]/);
  expect((await fetch(`${subject.url}/v1/tasks`, { headers: { 'x-api-key': key } })).status).toBe(200);
});

describe('a stream', () => {
  test('is what the dialect writes and nothing else', async () => {
    afterFirst = async () => {};
    const answer = await fetch(subject.url + STEPS, { headers: { 'x-api-key': key } });
    expect(answer.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    const [one, two] = [1, 2].map((seq) => `data: ${JSON.stringify(event(seq))}\n\n`);
    expect(await answer.text()).toBe(`${one}${two}data: [DONE]\n\n`);
  });

  test('that fails before its first item has the status of the failure', async () => {
    const missing = await fetch(`${subject.url}/talk/7`, { headers: { 'x-api-key': key } });
    expect([missing.status, await missing.json()]).toEqual([
      400,
      { error: expect.objectContaining({ type: 'validation-error' }) },
    ]);
  });

  test('that fails after it has begun says so in the dialect and does not say that it is complete', async () => {
    afterFirst = async () => {
      throw new AppError('conflict');
    };
    const answer = await fetch(subject.url + STEPS, { headers: { 'x-api-key': key } });
    expect(answer.status).toBe(200);
    expect(await answer.text()).toBe(`data: ${JSON.stringify(event(1))}\n\ndata: {"error":{"type":"conflict"}}\n\n`);
  });

  // Catches work that goes on for a client that has gone.
  test('is aborted within 500 ms of the client hanging up', async () => {
    const { request, signal } = await openStream();
    const at = performance.now();
    request.destroy();
    if (!signal.aborted) await once(signal, 'abort');
    expect(performance.now() - at).toBeLessThan(500);
  });

  // Catches a host that cannot stop while a dialect's stream is open.
  test('ends when the host stops', async () => {
    const other = await openTestDoors({ dialects: [talk], handlers });
    const { response, signal } = await openStream(other.url, other.key('run', ['automation']));
    const { promise: closed, resolve } = Promise.withResolvers<void>();
    response.once('close', resolve);
    await other[Symbol.asyncDispose]();
    await closed;
    if (!signal.aborted) await once(signal, 'abort');
  });
});

/** A dialect whose routes do what a test says, at `/own/<operation>`. */
function ownDialect(routes: Partial<Record<OperationId, DialectRoute['answer']>>): Dialect {
  return {
    name: 'own',
    problem: ({ slug }) => ({ own: slug }),
    register(_app, kit) {
      for (const [operation, answer] of Object.entries(routes))
        kit.route({ method: 'POST', url: `/own/${operation}`, operation: operation as OperationId, answer });
    },
  };
}

describe('what an operation says of itself holds in a dialect', () => {
  const say: DialectRoute['answer'] = async ({ run, json, request }) => {
    const result = await run(request.body ?? {});
    json(200, { kind: result.kind });
  };
  let own: TestDoors;
  beforeAll(async () => {
    own = await openTestDoors({
      settings: { allow_unauthenticated_local: true },
      dialects: [
        ownDialect({
          system: say,
          queue_stats: say,
          shell_quit: say,
          tasks_list: async () => {},
          auth_status: async ({ principal, json }) => json(200, { who: principal.kind }),
          uploads_create: async ({ request, json }) => json(200, { length: JSON.stringify(request.body).length }),
          commands_create: async ({ run, request, json }) => {
            const key = String(request.headers['idempotency-key']);
            const result = await run(request.body, { idempotencyKey: key });
            json(200, { replayed: result.kind === 'value' && result.replayed });
          },
        }),
      ],
    });
  });
  afterAll(() => own[Symbol.asyncDispose]());

  async function ask(operation: OperationId, apiKey: string | null, body: unknown = {}, headers: object = {}) {
    const response = await fetch(`${own.url}/own/${operation}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(apiKey === null ? {} : { 'x-api-key': apiKey }), ...headers },
      body: JSON.stringify(body),
    });
    return [response.status, await response.json()];
  }
  const admin = () => own.key('admin', ['models', 'automation', 'host']);

  // Catches a dialect that opens to local callers what its operation keeps to those with a key.
  test('localWithoutKey: local callers without a key reach only what is open to them', async () => {
    expect(await ask('system', null)).toEqual([200, { kind: 'value' }]);
    expect(await ask('queue_stats', null)).toEqual([401, { own: 'unauthorized' }]);
    expect(await ask('auth_status', null)).toEqual([200, { who: 'anonymous' }]);
  });

  test('desktopOnly: 501, and its handler does not run', async () => {
    const before = own.seen.length;
    expect(await ask('shell_quit', admin())).toEqual([501, { own: 'not-implemented' }]);
    expect(own.seen.length).toBe(before);
  });

  test('area: a key of another area is refused', async () => {
    expect(await ask('queue_stats', own.key('admin', ['models']))).toEqual([403, { own: 'forbidden' }]);
  });

  test('payload: the limit of the body is that of the operation', async () => {
    const large = { text: 'x'.repeat(3 * 1024 ** 2) };
    expect(await ask('queue_stats', admin(), large)).toEqual([413, { own: 'payload-too-large' }]);
    expect(await ask('uploads_create', admin(), large)).toEqual([200, { length: JSON.stringify(large).length }]);
  });

  test('idempotencyKey: the same request under the same key runs once', async () => {
    const body = sampleOf(contract.commands_create.input, 'input');
    const headers = { 'idempotency-key': 'dialect-1' };
    const key = admin();
    expect(await ask('commands_create', key, body, headers)).toEqual([200, { replayed: false }]);
    expect(await ask('commands_create', key, body, headers)).toEqual([200, { replayed: true }]);
  });

  // Catches a client that waits for ever on a route whose author forgot a branch.
  test('a route that answers nothing is 500 in the shape of the dialect, and in the log', async () => {
    expect(await ask('tasks_list', admin())).toEqual([500, { own: 'internal-server-error' }]);
    expect(own.core.log.lines).toContain('error http dialect own failed');
  });
});

// Catches a misspelt operation that would be served without any check.
test('a dialect that names an operation that does not exist makes the host refuse to start', async () => {
  const wrong = ownDialect({ ['tasks_lst' as OperationId]: async () => {} });
  await expect(openTestDoors({ dialects: [wrong] })).rejects.toThrow('dialect own: there is no operation tasks_lst');
});
