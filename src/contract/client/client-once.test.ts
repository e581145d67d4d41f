/** A client that does not reconnect, as the command line uses it. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { calls, connect, timers, wire, wires } from '../../../tests/support/client-wire.ts';
import { createClient } from './client.ts';
import type { Client } from './client-types.ts';

let client: Client;

async function collect(items: AsyncIterable<unknown>): Promise<unknown[]> {
  const all: unknown[] = [];
  for await (const item of items) all.push(item);
  return all;
}

beforeEach(() => {
  vi.useFakeTimers();
  wires.length = 0;
  client = createClient({ name: 'test', connect, timers });
});
afterEach(() => {
  client.close();
  vi.useRealTimers();
});

// Catches a command that waits for ever when the host is killed under it.
test('a lost connection ends calls, streams and iterations with a typed error, and is not tried again', async () => {
  const answer = client.call('health', {});
  const failures: string[] = [];
  const { signal } = new AbortController();
  client.stream('changes_follow', {}, { signal, onItem: () => {}, onError: (error) => failures.push(error.slug) });
  const next = client.raw('changes.follow', {}).next();
  wire().welcome();
  expect(calls(wire()).map((frame) => frame.op)).toEqual(['health', 'changes_follow', 'changes.follow']);
  wire().drop();
  await expect(answer).rejects.toMatchObject({ slug: 'service-unavailable', extra: { reason: 'offline' } });
  await expect(next).rejects.toMatchObject({ slug: 'service-unavailable', extra: { reason: 'offline' } });
  expect(failures).toEqual(['service-unavailable']);
  vi.advanceTimersByTime(60_000);
  expect(wires).toHaveLength(1);
  expect(client.status()).toMatchObject({ phase: 'offline', retryAt: null });
});

test('an iteration gives the answer of a call, and every item of a stream that came before its end', async () => {
  wire().welcome();
  const once = collect(client.raw('health', {}));
  wire().say({ t: 'ok', id: calls(wire())[0]?.id ?? 0, v: { status: 'ok' } });
  expect(await once).toEqual([{ status: 'ok' }]);

  const many = collect(client.raw('jobs_follow', {}));
  const id = calls(wire())[1]?.id ?? 0;
  for (const seq of [1, 2]) wire().say({ t: 'next', id, seq, v: seq });
  wire().say({ t: 'end', id });
  expect(await many).toEqual([1, 2]);
});

// Catches a host that goes on producing for a caller that has left its loop.
test('leaving an iteration early cancels the call at the host', async () => {
  wire().welcome();
  const items = client.raw('jobs_follow', {});
  const first = items.next();
  wire().say({ t: 'next', id: calls(wire())[0]?.id ?? 0, seq: 1, v: 1 });
  expect(await first).toEqual({ done: false, value: 1 });
  await items.return();
  expect(wire().sent.at(-1)).toMatchObject({ t: 'cancel' });
});

test('an aborted iteration fails as cancelled, and closing the client ends what is open', async () => {
  wire().welcome();
  const abort = new AbortController();
  const next = client.raw('jobs_follow', {}, { signal: abort.signal }).next();
  abort.abort();
  await expect(next).rejects.toMatchObject({ slug: 'cancelled' });
  const answer = client.call('health', {});
  client.close();
  await expect(answer).rejects.toMatchObject({ extra: { reason: 'offline' } });
});
