/** What is computed for a caller ends with its credential, and with the caller: a revoked key, or a closed connection, takes no processor time. */
import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { processorMs } from '../../src/main/core/process/process-list.ts';
import { createTestHost, type TestHost } from '../support/host.ts';

let subject: TestHost;
beforeAll(async () => {
  subject = await createTestHost();
});
afterAll(() => subject[Symbol.asyncDispose]());

/** Processor time of the children of this process, each that lives, ms. */
const used = () =>
  new Map(
    readdirSync('/proc/self/task')
      .flatMap((thread) => readFileSync(`/proc/self/task/${thread}/children`, 'utf8').split(' ').filter(Boolean))
      .map((pid) => [pid, processorMs(Number(pid))]),
  );

const total = () => [...used().values()].reduce((sum, ms) => sum + ms, 0);

/** Processor time that children take until they take none for a quarter of a second, ms. */
async function usedUntilIdle(): Promise<number> {
  let sum = 0;
  for (let before = used(); ; ) {
    await new Promise((resolve) => setTimeout(resolve, 250));
    const now = used();
    const more = [...now].reduce((all, [pid, ms]) => all + ms - (before.get(pid) ?? 0), 0);
    if (more === 0) return sum;
    sum += more;
    before = now;
  }
}

const words = (n: number, count: number) =>
  Array.from({ length: count }, (_, i) => (n * 7919 + i * 104_729).toString(36));
/** Processor time that may go into what nobody waits for, ms; each request takes several times as much. */
const MOST_MS = 1000;
/** Requests for embeddings that take seconds: in many pieces, and in one. */
const REQUESTS = {
  'many texts': { input: Array.from({ length: 1500 }, (_, n) => words(n, 1900).join(' ')), dimensions: 1 },
  'a long text': { input: '請'.repeat(8_000_000) },
};
const NAMES = Object.keys(REQUESTS) as (keyof typeof REQUESTS)[];

/** Sends a request, and resolves while it is computed. */
async function begun(name: keyof typeof REQUESTS, signal?: AbortSignal) {
  const { key, id } = await subject.host.client.call('keys_create', {
    ...{ name: 'low', scopes: ['run'], areas: ['models'] },
  });
  const answer = fetch(`${subject.url}/v1/embeddings`, {
    ...{ method: 'POST', body: JSON.stringify(REQUESTS[name]), signal: signal ?? null },
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
  }).then(
    ({ status }) => status,
    () => null,
  );
  const before = total();
  await vi.waitFor(() => expect(total()).toBeGreaterThan(before + 100), { timeout: 50_000, interval: 20 });
  return { answer, id };
}

// Would catch: a computation that watches the caller's signal and not that of the granted call.
describe.runIf(process.platform === 'linux').each(NAMES)('%s', (name) => {
  test('little more is computed after its key was revoked', { timeout: 60_000 }, async () => {
    const { answer, id } = await begun(name);
    await subject.host.client.call('keys_delete', { id });
    expect(await answer).toBe(401);
    expect(await usedUntilIdle()).toBeLessThan(MOST_MS);
  });

  test('little more is computed after its caller has gone', { timeout: 60_000 }, async () => {
    const leaving = new AbortController();
    const { answer } = await begun(name, leaving.signal);
    leaving.abort();
    expect(await answer).toBeNull();
    expect(await usedUntilIdle()).toBeLessThan(MOST_MS);
  });
});
