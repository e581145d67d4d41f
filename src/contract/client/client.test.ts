import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { calls, connect, reconnect, timers, wire, wires } from '../../../tests/support/client-wire.ts';
import { createClient } from './client.ts';
import type { Client } from './client-types.ts';
import type { CancelSignal } from './transport.ts';

let client: Client;

beforeEach(() => {
  vi.useFakeTimers();
  wires.length = 0;
  client = createClient({ name: 'test', connect, timers, reconnect });
});
afterEach(() => {
  client.close();
  vi.useRealTimers();
});

test('a call made before the first welcome is sent after it, once', async () => {
  const answer = client.call('health', {});
  expect(calls(wire())).toHaveLength(0);
  wire().welcome();
  const [call] = calls(wire());
  if (call === undefined) throw new Error('nothing was sent');
  wire().say({ t: 'ok', id: call.id, v: { status: 'ok' } });
  await expect(answer).resolves.toEqual({ status: 'ok' });
  expect(calls(wire())).toHaveLength(1);
});

test('a call in flight at a disconnect fails with a typed error instead of hanging or being repeated', async () => {
  wire().welcome();
  const answer = client.call('queue_stats', {});
  wire().drop();
  await expect(answer).rejects.toMatchObject({ slug: 'service-unavailable', extra: { reason: 'offline' } });
  vi.advanceTimersByTime(1_000);
  wire().welcome();
  expect(calls(wire())).toHaveLength(0);
});

test('while offline new calls are refused at once and the countdown is known', async () => {
  wire().welcome();
  wire().drop();
  expect(client.status()).toMatchObject({ phase: 'offline', retryAt: Date.now() + 1_000 });
  await expect(client.call('health', {})).rejects.toMatchObject({ slug: 'service-unavailable' });
});

test('a history stream resumes after the last item it had, and repeats nothing', () => {
  const seen: number[] = [];
  const abort = new AbortController();
  client.stream(
    'changes_follow',
    {},
    { signal: abort.signal, onItem: (item) => 'entity' in item && seen.push(item.seq) },
  );
  wire().welcome();
  const change = (seq: number) => ({
    seq,
    type: 'task.updated',
    entity: 'task',
    id: 't',
    version: 1,
    at: '',
    data: null,
  });
  const id = calls(wire())[0]?.id ?? 0;
  wire().say({ t: 'next', id, seq: 4, v: { type: 'hello', seq: 4 } });
  wire().say({ t: 'next', id, seq: 5, v: change(5) });
  wire().say({ t: 'next', id, seq: 7, v: change(7) });
  wire().drop();
  vi.advanceTimersByTime(1_000);
  wire().welcome();
  expect(calls(wire())[0]).toMatchObject({ op: 'changes_follow', input: { since: 7 } });
  wire().say({ t: 'next', id, seq: 7, v: { type: 'hello', seq: 7 } });
  wire().say({ t: 'next', id, seq: 7, v: change(7) });
  wire().say({ t: 'next', id, seq: 8, v: change(8) });
  expect(seen).toEqual([5, 7, 8]);
});

// Would catch: a panel that hears of nothing any more after a backup was restored, whose sequence numbers are lower.
test('in another history a stream goes on where the host begins, and takes lower numbers', () => {
  const seen: number[] = [];
  const { signal } = new AbortController();
  client.stream('changes_follow', {}, { signal, onItem: (item) => seen.push('seq' in item ? item.seq : 0) });
  wire().welcome('panel', 'h1');
  wire().say({ t: 'next', id: calls(wire())[0]?.id ?? 0, seq: 900, v: { type: 'hello', seq: 900 } });
  for (const [history, input] of [
    ['h1', { since: 900 }],
    ['h2', {}],
  ] as const) {
    wire().drop();
    vi.advanceTimersByTime(1_000);
    wire().welcome('panel', history);
    expect(client.status().history).toBe(history);
    expect(calls(wire())[0]).toMatchObject({ op: 'changes_follow', input });
  }
  expect(calls(wire())[0]?.input).not.toHaveProperty('since');
  wire().say({ t: 'next', id: calls(wire())[0]?.id ?? 0, seq: 12, v: { type: 'hello', seq: 12 } });
  expect(seen).toEqual([900, 12]);
});

test('a gap moves the resume position, so that what was dropped is not asked for again', () => {
  const abort = new AbortController();
  const items: unknown[] = [];
  client.stream('changes_follow', {}, { signal: abort.signal, since: 10, onItem: (item) => items.push(item) });
  wire().welcome();
  const id = calls(wire())[0]?.id ?? 0;
  wire().say({ t: 'next', id, seq: 11, v: { type: 'gap', dropped: 90, next_since: 100 } });
  wire().drop();
  vi.advanceTimersByTime(1_000);
  wire().welcome();
  expect(items).toHaveLength(1);
  expect(calls(wire())[0]).toMatchObject({ input: { since: 100 } });
});

test('an aborted stream tells the host and does not come back after a reconnect', () => {
  const abort = new AbortController();
  client.stream('changes_follow', {}, { signal: abort.signal, onItem: () => {} });
  wire().welcome();
  abort.abort();
  expect(wire().sent.at(-1)).toMatchObject({ t: 'cancel' });
  wire().drop();
  vi.advanceTimersByTime(1_000);
  wire().welcome();
  expect(calls(wire())).toHaveLength(0);
});

test('an aborted call is cancelled at the host and rejects', async () => {
  wire().welcome();
  const abort = new AbortController();
  const answer = client.call('tasks_stats', {}, { signal: abort.signal });
  abort.abort();
  await expect(answer).rejects.toMatchObject({ slug: 'cancelled' });
  expect(wire().sent.at(-1)).toMatchObject({ t: 'cancel' });
});

// Catches a signal that lives as long as a page and collects a listener with every call made under it.
test('a call that is over, however it ended, leaves no listener on its signal', async () => {
  wire().welcome();
  const listeners = new Set<() => void>();
  const signal: CancelSignal = {
    aborted: false,
    addEventListener: (_type, listener) => void listeners.add(listener),
    removeEventListener: (_type, listener) => void listeners.delete(listener),
  };
  const ended = [client.call('health', {}, { signal }), client.call('queue_stats', {}, { signal })];
  client.stream('jobs_follow', { id: 'job_1' } as never, { signal, onItem: () => {} });
  expect(listeners.size).toBe(3);
  const [first, second, third] = calls(wire()).map(({ id }) => id);
  wire().say({ t: 'ok', id: first ?? 0, v: { status: 'ok' } });
  wire().say({ t: 'err', id: second ?? 0, e: { type: '', title: '', status: 404, detail: '', code: 'not_found' } });
  wire().say({ t: 'end', id: third ?? 0 });
  await Promise.allSettled(ended);
  expect(listeners.size).toBe(0);
});

test('an error frame becomes the error of the contract', async () => {
  wire().welcome();
  const answer = client.call('health', {});
  const id = calls(wire())[0]?.id ?? 0;
  wire().say({
    t: 'err',
    id,
    e: { type: '', title: '', status: 403, detail: 'no', code: 'forbidden', required_scope: 'admin' },
  });
  await expect(answer).rejects.toMatchObject({ slug: 'forbidden', extra: { required_scope: 'admin' } });
});

test('an anonymous welcome and a revoked session lead to the sign-in screen without retrying', () => {
  wire().welcome('anonymous');
  expect(client.status().phase).toBe('signed_out');
  vi.advanceTimersByTime(60_000);
  expect(wires).toHaveLength(1);
  client.retry();
  wire().welcome();
  expect(client.status().phase).toBe('online');
  wire().say({ t: 'bye', reason: 'revoked' });
  expect(client.status().phase).toBe('signed_out');
});

test('a host that answers no ping is given up and connected again', () => {
  wire().welcome();
  vi.advanceTimersByTime(30_000);
  expect(wire().sent.at(-1)).toEqual({ t: 'ping' });
  vi.advanceTimersByTime(60_000);
  expect(wire(0).closed).toBe(true);
  vi.advanceTimersByTime(1_000);
  expect(wires).toHaveLength(2);
});

test('frames of a connection that was replaced are ignored', () => {
  wire().welcome();
  wire().drop();
  vi.advanceTimersByTime(1_000);
  wire(0).welcome();
  expect(client.status().phase).toBe('offline');
});
