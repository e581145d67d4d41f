/** The real host behind the doors: every operation answers what its schema promises, or a problem of the caller's making. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { contract } from '../../src/contract/index.ts';
import type { Operation } from '../../src/contract/kernel/define.ts';
import type { AppError } from '../../src/contract/kernel/errors.ts';
import { type FrameClient, openSocket } from '../support/frame-client.ts';
import { createTestHost, type TestHost } from '../support/host.ts';
import { httpCall } from '../support/http-call.ts';
import { sampleOf } from '../support/sample.ts';

let subject: TestHost;
let ws: FrameClient;
beforeAll(async () => {
  subject = await createTestHost();
  ws = (await openSocket(subject.url, { authorization: `Bearer ${subject.token}` })).client;
});
afterAll(async () => {
  ws.close();
  await subject[Symbol.asyncDispose]();
});

const operations = (Object.entries(contract) as [string, Operation][]).filter(
  ([, operation]) => !operation.desktopOnly,
);
const calls = operations.filter(([, operation]) => operation.stream !== 'always');
const streams = operations.filter(([, operation]) => operation.stream === 'always');
/** Their request or answer over HTTP is not the JSON of the contract. */
const carriesBytes = ({ bytes, payload }: Operation) => bytes || payload === 'file';

function expectAnswer(operation: Operation, outcome: { value?: unknown; error?: Record<string, unknown> }): void {
  if (outcome.error) expect(outcome.error, JSON.stringify(outcome.error)).not.toMatchObject({ status: 500 });
  else expect(operation.output.safeParse(outcome.value).error).toBeUndefined();
}

describe.each(calls)('%s', (id, operation) => {
  const input = sampleOf(operation.input, 'input');

  // Catches handlers whose answers do not fit the contract, and input that the schema lets through and the handler chokes on.
  test('in memory', async () => {
    try {
      const result = await subject.host.client.raw(id, input);
      expectAnswer(operation, { value: result.kind === 'value' ? result.value : undefined });
    } catch (error) {
      expectAnswer(operation, { error: { status: (error as AppError).status, message: (error as AppError).message } });
    }
  });

  test('over WebSocket', async () => {
    const { last } = await ws.call(id, input);
    expectAnswer(
      operation,
      last.t === 'ok' ? { value: last.v } : { error: last.t === 'err' ? last.e : { status: 500 } },
    );
  });

  if (operation.http && !carriesBytes(operation)) {
    test('over HTTP', async () => expectAnswer(operation, await httpCall(subject.url, subject.token, id, input)));
  }
});

describe.each(streams)('%s', (id, operation) => {
  // Catches streams that outlive their caller, or fail where they should wait.
  test('begins, and ends with its caller', async () => {
    const controller = new AbortController();
    const result = await subject.host.client.raw(id, sampleOf(operation.input, 'input'), { signal: controller.signal });
    if (result.kind !== 'stream') throw new Error('not a stream');
    const iterator = result.items[Symbol.asyncIterator]();
    const first = iterator.next().then(
      ({ done, value }) => done || expectAnswer(operation, { value }),
      (error: AppError) => expect(['not_found', 'cancelled']).toContain(error.slug.replace('-', '_')),
    );
    controller.abort();
    await first;
    await iterator.return?.(undefined);
  });
});
