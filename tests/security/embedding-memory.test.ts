/** Texts that take many times their size to embed cost their request, not the host. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestHost, type TestHost } from '../support/host.ts';

let subject: TestHost;
let key: string;
beforeAll(async () => {
  subject = await createTestHost();
  key = (await subject.host.client.call('keys_create', { name: 'low', scopes: ['run'], areas: ['models'] })).key;
});
afterAll(() => subject[Symbol.asyncDispose]());

async function embed(input: string): Promise<number> {
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  const response = await fetch(`${subject.url}/v1/embeddings`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ input }),
  });
  await response.text();
  return response.status;
}

// Would catch: a heap that is full in a thread of the host, which ends the host.
test('whatever is to be embedded, the next request is answered', { timeout: 120_000 }, async () => {
  const words = Array.from({ length: 1_200_000 }, (_, n) => n.toString(36)).join(' ');
  expect([200, 422]).toContain(await embed(words));
  expect([200, 422]).toContain(await embed('\ufdfa'.repeat(4_000_000)));
  expect(await embed('請'.repeat(4_000_000))).toBe(200);
  expect(await embed('hello')).toBe(200);
});
