/** The port of the HTTP door, its stop, and how often it may be called. */
import { once } from 'node:events';
import net from 'node:net';
import { describe, expect, test } from 'vitest';
import { PortInUseError } from '../../../src/main/doors/http/listen.ts';
import { manualClock } from '../../support/core.ts';
import { openTestDoors } from '../../support/doors.ts';
import { logStats } from './client.ts';

describe('the port', () => {
  test('that is taken is named with its owner and left alone', async () => {
    await using first = await openTestDoors();
    const port = Number(new URL(first.url).port);
    await using second = await openTestDoors({ http: false });
    await second.doors.start('127.0.0.1', port);
    expect(second.doors.url()).toBeNull();
    const owner = process.platform === 'linux' ? ` by process ${process.pid} (` : '';
    expect(second.doors.error()).toContain(`Port ${port} on 127.0.0.1 is in use${owner}`);
    expect(second.doors.error()).toContain(
      'TabAgent did not touch it. Close that program or start TabAgent with --port <number>.',
    );
    expect(new PortInUseError('127.0.0.1', 8080, { pid: 4312, name: 'node' }).message).toBe(
      'Port 8080 on 127.0.0.1 is in use by process 4312 (node). TabAgent did not touch it. Close that program or start TabAgent with --port <number>.',
    );
    // On demand, once it is free.
    await second.doors.start('127.0.0.1', 0);
    expect((await fetch(`${second.doors.url()}/v1/health`)).status).toBe(200);
    expect(second.doors.error()).toBeNull();
  });
});

describe('stopping', () => {
  test('refuses new work with 503, lets what runs finish, and says goodbye to frames', async () => {
    let finish: () => void = () => {};
    let begun: () => void = () => {};
    const running = new Promise<void>((resolve) => (begun = resolve));
    const stopping = await openTestDoors({
      handlers: {
        logs_stats: async () => {
          begun();
          await new Promise<void>((resolve) => (finish = resolve));
          return logStats(0, 7);
        },
      },
    });
    const stoppingKey = stopping.key('read', ['host']);
    const slow = fetch(`${stopping.url}/v1/logs/stats`, { headers: { 'x-api-key': stoppingKey } });
    await running;
    // A connection that is open already, with a request of its own once the stop has begun.
    const socket = net.connect(Number(new URL(stopping.url).port), '127.0.0.1');
    await once(socket, 'connect');
    socket.write(`GET /v1/health HTTP/1.1\r\nhost: ${new URL(stopping.url).host}\r\n`);
    await fetch(`${stopping.url}/v1/health`);
    const stopped = stopping.doors.stop(5000);
    socket.write('\r\n');
    let answer = '';
    for await (const chunk of socket) answer += String(chunk);
    expect(answer).toMatch(/^HTTP\/1.1 503 /);
    expect(answer).toContain('"reason":"shutting_down"');
    finish();
    expect(((await (await slow).json()) as { total_logs: number }).total_logs).toBe(7);
    await stopped;
    stopping.core[Symbol.dispose]();
  });
});

describe('rate limits', () => {
  test('tell their state and refuse with Retry-After', async () => {
    await using limited = await openTestDoors({
      settings: { 'rate_limits.enabled': true, 'rate_limits.tiers': { standard: { per_min: 60, burst: 2 } } },
    });
    const limitedKey = limited.key('read', ['automation']);
    const get = () => fetch(`${limited.url}/v1/tasks`, { headers: { 'x-api-key': limitedKey } });
    const first = await get();
    expect(first.headers.get('x-ratelimit-limit-requests')).toBe('60');
    expect(first.headers.get('x-ratelimit-remaining-requests')).toBe('1');
    await get();
    const refused = await get();
    expect(refused.status).toBe(429);
    expect(refused.headers.get('retry-after')).toBe('1');
    expect(Number(refused.headers.get('retry-after-ms'))).toBeLessThanOrEqual(1000);
    const problem = (await refused.json()) as object;
    expect(problem).toMatchObject({ code: 'too_many_requests', tier: 'standard', limit: 60, retry_after: 1 });
    expect(problem).not.toHaveProperty('retry_after_ms');
  });

  // Catches clients that wait as they were told and are refused again, or know nothing but the refusal.
  test('tell those they refuse everything, and let them in after what Retry-After says', async () => {
    const time = manualClock();
    await using limited = await openTestDoors({
      clock: time,
      settings: { 'rate_limits.enabled': true, 'rate_limits.tiers': { standard: { per_min: 30, burst: 2 } } },
    });
    const limitedKey = limited.key('read', ['automation']);
    const get = () => fetch(`${limited.url}/v1/tasks`, { headers: { 'x-api-key': limitedKey } });
    const limits = ({ headers }: Response) =>
      ['limit', 'remaining', 'reset'].map((name) => headers.get(`x-ratelimit-${name}-requests`));
    expect(limits(await get())).toEqual(['30', '1', '2']);
    expect(limits(await get())).toEqual(['30', '0', '4']);
    time.advance(500);
    const refused = await get();
    expect(refused.status).toBe(429);
    expect(refused.headers.get('retry-after')).toBe('2');
    expect(refused.headers.get('retry-after-ms')).toBe('1500');
    expect(refused.headers.get('x-should-retry')).toBeNull();
    expect(limits(refused)).toEqual(['30', '0', '4']);
    time.advance(1499);
    expect((await get()).status).toBe(429);
    time.advance(1);
    expect((await get()).status).toBe(200);
  });
});
