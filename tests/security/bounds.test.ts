/** What comes from elsewhere is bounded at every edge: beyond the bounds a typed error, and the host goes on (row S17). */
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { contract } from '../../src/contract/index.ts';
import { BOUNDS } from '../../src/contract/kernel/bounds.ts';
import type { Operation } from '../../src/contract/kernel/define.ts';
import { unwrap } from '../../src/main/doors/dispatch/validation.ts';
import { openTestDoors, type TestDoors } from '../support/doors.ts';
import { type FrameClient, frameClient, openSocket } from '../support/frame-client.ts';
import { httpRequestOf } from '../support/http-call.ts';
import { sampleOf } from '../support/sample.ts';
import { openTaskHost, type TaskHost } from '../support/tasks.ts';

/** More levels than the stack has room for when a schema walks through them. */
const LEVELS = 1500;
const nestedText = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);
const nested = (levels: number): unknown => JSON.parse(nestedText(levels));

const operations = Object.entries(contract as Record<string, Operation>);
const membersOf = ({ input }: Operation): string[] => {
  const shape = unwrap(input);
  return shape instanceof z.ZodObject ? Object.keys(shape.shape) : [];
};

describe('callers', () => {
  let doors: TestDoors;
  let key: string;
  let ws: FrameClient;
  let ipc: FrameClient;

  beforeAll(async () => {
    doors = await openTestDoors();
    key = doors.key('admin', ['models', 'automation', 'host']);
    ipc = frameClient(doors.ipc());
    ({ client: ws } = await openSocket(doors.url, { 'x-api-key': key }));
  });
  afterAll(() => doors[Symbol.asyncDispose]());

  /** `fetch` would encode the brackets, which then do not fit into a request line. */
  function send(method: string, at: string, body?: string): Promise<number | undefined> {
    const { promise, resolve, reject } = Promise.withResolvers<number | undefined>();
    const headers = {
      'x-api-key': key,
      ...(body === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
    };
    const request = http.request(doors.url + at, { method, headers }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode));
    });
    request.on('error', reject);
    request.end(body);
    return promise;
  }

  // Catches a value in a query that is parsed without bounds: `?input=[[[…` was an internal error.
  test.each(
    operations.filter(([, { http: at }]) => at !== null),
  )('%s refuses deep members over HTTP', async (id, operation) => {
    const { method, path: at, body } = httpRequestOf(id, sampleOf(operation.input, 'input'));
    for (const member of membersOf(operation)) {
      const [route = ''] = at.split('?');
      expect(
        await send(method, `${route}?${member}=${nestedText(LEVELS)}`, body),
        `${member} in the query`,
      ).toBeLessThan(500);
      if (method === 'GET' || operation.payload === 'file') continue;
      expect(await send(method, route, `{"${member}":${nestedText(LEVELS)}}`), `${member} in the body`).toBe(400);
    }
  });

  test.each(operations)('%s refuses deep and wide inputs in frames', async (id) => {
    const before = doors.seen.length;
    for (const client of [ws, ipc]) {
      for (const [input, code] of [
        [nested(LEVELS), 'bad_request'],
        [{ member: Array(BOUNDS.members + 1).fill(0) }, 'payload_too_large'],
      ] as const) {
        const since = client.frames.length;
        client.send({ t: 'call', id: 1, op: id, input });
        const refusal = await client.wait((frame) => frame.t === 'err' && client.frames.indexOf(frame) >= since);
        expect(refusal).toMatchObject({ id: null, e: { code } });
      }
    }
    expect(doors.seen.length, 'the handler ran').toBe(before);
  });
});

describe('child processes', () => {
  let host: TaskHost;
  beforeAll(async () => {
    host = openTaskHost();
    await host.tasks.start();
  });
  afterAll(() => host.dispose());

  const lives = async () => {
    const task = await host.run(await host.command(), [['succeed', 'alive']]);
    expect(await host.ends(task.id)).toMatchObject({ status: 'succeeded', output: 'alive' });
  };

  // Catches an executor that can end the host with what it says: the schema ran out of stack inside an IPC listener.
  test.each([
    ['deep', LEVELS, 'nested deeper than'],
    ['wide', BOUNDS.members + 2000, 'made of more than'],
    ['long', BOUNDS.string + 1, 'string of more than'],
  ])('a %s result fails the task with a typed error, and the host goes on', async (shape, extent, reason) => {
    const task = await host.run(await host.command(), [['oversized', [shape, extent]]]);
    const done = await host.ends(task.id);
    expect(done).toMatchObject({ status: 'failed', error: { code: 'unprocessable_entity' } });
    expect(done.error?.detail).toContain(reason);
    await lives();
  });

  test('a deep step, problem and log line are dropped, the task succeeds', async () => {
    const task = await host.run(await host.command(), [
      ['step', [1, 'deep']],
      ['deepStep', [1, LEVELS]],
      ['deepLine', LEVELS],
      ['succeed', 1],
    ]);
    expect(await host.ends(task.id)).toMatchObject({ status: 'succeeded', output: 1 });
  });
});

describe('programs', () => {
  let host: TaskHost;
  beforeAll(async () => {
    host = openTaskHost({ executor: path.join(import.meta.dirname, '../../src/workers/executor/index.ts') });
    await host.tasks.start();
  });
  afterAll(() => host.dispose());

  const program = (source: string) => {
    const file = path.join(host.dir, `program-${Math.random()}.mjs`);
    fs.writeFileSync(file, source);
    return host.command({ spec: { argv: [process.execPath, file], output: 'json' } } as never);
  };

  test('that print deep JSON fail with a typed error', async () => {
    const print = `process.stdout.write('['.repeat(${LEVELS}) + ']'.repeat(${LEVELS}))`;
    const done = await host.ends((await host.run(await program(print), [])).id);
    expect(done).toMatchObject({ status: 'failed', error: { code: 'process_failed', reason: 'output' } });
    expect(done.error?.detail).toContain('nested deeper than 64 levels');
  });

  // Catches a value that is small as text but takes the host seconds to look through.
  test('that print many small values keep them as an artifact', async () => {
    const count = BOUNDS.members + 1;
    const done = await host.ends(
      (await host.run(await program(`console.log('[' + '0,'.repeat(${count}) + '0]')`), [])).id,
    );
    expect(done).toMatchObject({ status: 'succeeded', output: { artifact: 'output.json', bytes: 2 * count + 3 } });
  });
});
