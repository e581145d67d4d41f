/** Inputs that follow the contract and inputs that almost do, at a whole host: no internal error, no hang, no growth. `npm run faults` is the long form. */
import http from 'node:http';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { contract } from '../../src/contract/index.ts';
import type { Operation } from '../../src/contract/kernel/define.ts';
import type { ServerFrame } from '../../src/contract/kernel/frames.ts';
import { openSocket } from '../support/frame-client.ts';
import { createFuzzer, type Fuzzer, inputSchema } from '../support/fuzz.ts';
import { createTestHost, type TestHost } from '../support/host.ts';
import { httpRequestOf } from '../support/http-call.ts';

const LONG = process.env.TABAGENT_FAULTS === 'long';
const SEEDS = LONG ? [1, 2, 3, 4, 5] : [1];
const COUNT = LONG ? 20_000 : 2500;
const TIMEOUT = LONG ? 3_600_000 : 120_000;
/** Above 499, what the contract says may happen: not offered here, not possible now, no room. */
const DOCUMENTED = new Set([501, 503, 507]);
/** Codes of inputs that no handler has seen. */
const BEFORE_HANDLER = new Set([
  'validation_error',
  'bad_request',
  'invalid_json',
  'payload_too_large',
  'unsupported_media_type',
  'route_not_found',
  'method_not_allowed',
  'unauthorized',
  'forbidden',
]);
/** A copy of the database for each call would be a test of the disk. */
const LEFT_OUT = new Set(['backups_create', 'uploads_create']);

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
const heapMb = () => {
  collect();
  return process.memoryUsage().heapUsed / 2 ** 20;
};

let subject: TestHost;
let ids: Record<string, string>;
beforeAll(async () => {
  subject = await createTestHost({
    settings: { 'executor.paused': true, 'browser.executable_path': '/nonexistent/browser', log_level: 'error' },
  });
  const { client } = subject.host;
  const task = await client.call('tasks_create', { spec: { kind: 'process', argv: ['true'] } });
  ids = {
    prf: (await client.call('profiles_create', { name: 'Fuzzed' })).id,
    cmd: (await client.call('commands_create', { name: 'Fuzzed', kind: 'process', spec: { argv: ['true'] } })).id,
    key: (await client.call('keys_create', { name: 'fuzzed' })).id,
    ...('id' in task ? { tsk: task.id } : {}),
  };
});
afterAll(() => subject[Symbol.asyncDispose]());

const operations = Object.entries(contract as Record<string, Operation>).filter(([id]) => !LEFT_OUT.has(id));
const schemas = new Map(operations.map(([id, { input }]) => [id, inputSchema(input)]));

/** An input that fits, or one of four that has been changed somewhere. No answer is waited for longer than it takes. */
function inputOf(fuzzer: Fuzzer, id: string): unknown {
  const fits = fuzzer.fitting(schemas.get(id) ?? {});
  if (typeof fits === 'object' && fits !== null && 'wait' in fits) delete fits.wait;
  return fuzzer.chance(0.25) ? fuzzer.mutated(fits) : fits;
}

describe.each(SEEDS)('seed %i', (seed) => {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 8 });

  /** Status and code of the answer; a stream is left once it has begun. */
  function send(id: string, input: unknown): Promise<{ status: number; code: string | undefined }> {
    const { method, path, body } = httpRequestOf(id, input);
    const { promise, resolve, reject } = Promise.withResolvers<{ status: number; code: string | undefined }>();
    const headers = {
      authorization: `Bearer ${subject.token}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
    };
    const request = http.request(subject.url + path, { method, headers, agent }, async (response) => {
      const { statusCode: status = 0, headers: got } = response;
      if (got['content-type']?.startsWith('text/event-stream')) {
        response.on('error', () => {}).destroy();
        return resolve({ status, code: undefined });
      }
      const text = await response.toArray().then((chunks) => Buffer.concat(chunks).toString(), reject);
      const isProblem = got['content-type']?.startsWith('application/problem+json');
      resolve({ status, code: isProblem ? JSON.parse(text ?? '').code : undefined });
    });
    request.on('error', reject);
    request.end(body);
    return promise;
  }

  test('HTTP: no undocumented failure, handlers are reached, memory stays', { timeout: TIMEOUT }, async () => {
    const fuzzer = createFuzzer(seed, ids);
    const overHttp = operations.filter(([, operation]) => operation.http !== null).map(([id]) => id);
    const failures: unknown[] = [];
    let reached = 0;
    let refusedByNode = 0;
    let early = 0;
    for (let done = 0; done < COUNT; done += 10) {
      if (done === COUNT / 5) early = heapMb();
      const batch = Array.from({ length: 10 }, () => {
        const id = fuzzer.pick(overHttp);
        return { id, input: inputOf(fuzzer, id) };
      });
      await Promise.all(
        batch.map(async ({ id, input }) => {
          const { status, code } = await send(id, input);
          // What does not fit into a request line never gets to the door.
          if (status === 431 || status === 414) refusedByNode += 1;
          else if (code === undefined || !BEFORE_HANDLER.has(code)) reached += 1;
          if (status >= 500 && !DOCUMENTED.has(status))
            failures.push({ id, status, code, input: JSON.stringify(input).slice(0, 500) });
        }),
      );
    }
    agent.destroy();
    expect(failures.slice(0, 5)).toEqual([]);
    expect(reached / (COUNT - refusedByNode)).toBeGreaterThanOrEqual(0.6);
    expect(heapMb() - early).toBeLessThan(40);
  });

  test('frames: each is answered or ignored, nothing fails inside, memory stays', { timeout: TIMEOUT }, async () => {
    const fuzzer = createFuzzer(seed + 1000, ids);
    const overFrames = operations.map(([id]) => id);
    const failures: unknown[] = [];
    const answers = { t: new Map<string, number>() };
    let early = 0;

    const frameOf = (n: number): string => {
      const op = fuzzer.pick(overFrames);
      const frame = fuzzer.pick([
        { t: 'call', id: n, op, input: inputOf(fuzzer, op) },
        { t: 'call', id: n, op, input: inputOf(fuzzer, op), request_id: 'x', idem: 'once' },
        { t: 'cancel', id: n - 1 },
        { t: 'ping', n: -n },
        { t: 'pong', n },
      ]);
      const text = JSON.stringify(fuzzer.chance(0.4) ? fuzzer.mutated(frame) : frame);
      return fuzzer.chance(0.4) ? fuzzer.garbled(text) : text;
    };

    for (let done = 0; done < COUNT; done += 250) {
      if (done === Math.ceil(COUNT / 5 / 250) * 250) early = heapMb();
      const { client, socket } = await openSocket(subject.url, { authorization: `Bearer ${subject.token}` });
      for (let n = 1; n <= 250; n++) {
        socket.send(frameOf(n));
        // At the pace of the answers, and below the limit of live calls.
        if (n % 25 === 0) {
          socket.send(JSON.stringify({ t: 'ping', n: 10_000_000 + n }));
          await client.wait((frame) => frame.t === 'pong' && frame.n === 10_000_000 + n);
        }
      }
      for (const frame of client.frames) note(frame);
      client.close();
      await client.closed;
    }
    expect(failures.slice(0, 5)).toEqual([]);
    for (const kind of ['ok', 'err', 'pong', 'next']) expect(answers.t.get(kind), kind).toBeGreaterThan(0);
    expect(heapMb() - early).toBeLessThan(40);
    expect((await send('health', {})).status).toBe(200);

    function note(frame: ServerFrame): void {
      answers.t.set(frame.t, (answers.t.get(frame.t) ?? 0) + 1);
      if (frame.t === 'err' && frame.e.status >= 500 && !DOCUMENTED.has(frame.e.status)) failures.push(frame);
    }
  });
});
