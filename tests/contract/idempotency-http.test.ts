/** An idempotency key with a call that waits, over HTTP: the key must not cost the call its context. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestHost, type TestHost } from '../support/host.ts';

let subject: TestHost;
beforeAll(async () => {
  subject = await createTestHost();
});
afterAll(() => subject[Symbol.asyncDispose]());

function create(key: string): Promise<Response> {
  return fetch(`${subject.url}/v1/tasks`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${subject.token}`,
      'content-type': 'application/json',
      'idempotency-key': key,
    },
    body: JSON.stringify({ name: 'waits', spec: { kind: 'process', argv: ['true'] }, wait: true }),
  });
}

// Catches a context that is copied with the key: what an HTTP exchange works out when it is asked for is not copied.
test('a task that is waited for answers its end, and once more when it is repeated', async () => {
  const first = await create('once');
  expect(first.status).toBe(201);
  const task = (await first.json()) as { id: string; status: string };
  expect(task.status).toBe('succeeded');
  const again = await create('once');
  expect(again.headers.get('idempotency-replayed')).toBe('true');
  expect(await again.json()).toEqual(task);
});
