/** Many readers of one log, and one that stops reading. */
import { once } from 'node:events';
import net from 'node:net';
import { expect, test } from 'vitest';
import { WebSocket } from 'ws';
import type { LogLine, Task } from '../../src/contract/automation/tasks.ts';
import { type ServerFrame, SUBPROTOCOL } from '../../src/contract/kernel/frames.ts';
import { type ServedHost, serveHost } from '../support/served-host.ts';

const SOCKETS = 20;
const STREAMS = 50;
const LINES = 400;
/** Memory that following may cost the host, MiB. */
const MAX_GROWTH_MB = 250;

const printer = (lines: number, width: number, everyMs: number) => `
  let n = 0;
  const line = 'x'.repeat(${width});
  const step = () => {
    for (let i = 0; i < 20 && n < ${lines}; i++) console.log(++n + ' ' + line);
    if (n < ${lines}) setTimeout(step, ${everyMs});
  };
  setTimeout(step, 1500);`;

const run = (host: ServedHost, script: string) =>
  host.request<Task>('POST', '/v1/tasks', {
    spec: { kind: 'process', argv: ['{{host.node}}', '-e', script], output: 'none' },
  });

/** One connection with many streams of one log; resolves with the numbers that each stream printed. */
function follow(host: ServedHost, taskId: string): { open: Promise<unknown>; done: Promise<string[][]> } {
  const socket = new WebSocket(`${host.url.replace('http', 'ws')}/rpc`, SUBPROTOCOL, {
    headers: { authorization: `Bearer ${host.token}` },
    perMessageDeflate: false,
  });
  const seen: string[][] = Array.from({ length: STREAMS }, () => []);
  const { promise: done, resolve, reject } = Promise.withResolvers<string[][]>();
  let ended = 0;
  socket.on('message', (data) => {
    const frame = JSON.parse(String(data)) as ServerFrame;
    if (frame.t === 'ping') socket.send(JSON.stringify({ t: 'pong', n: frame.n }));
    if (frame.t === 'err') reject(new Error(frame.e.detail));
    if (frame.t === 'next') {
      const line = frame.v as LogLine | { type: 'gap' };
      if ('type' in line) seen[Number(frame.id)]?.push('gap');
      else if (line.source === 'stdout') seen[Number(frame.id)]?.push(line.message.split(' ')[0] ?? '');
    }
    if (frame.t === 'end' && ++ended === STREAMS) {
      socket.close();
      resolve(seen);
    }
  });
  socket.on('error', reject);
  const open = once(socket, 'open').then(() => {
    for (let id = 0; id < STREAMS; id++) {
      socket.send(JSON.stringify({ t: 'call', id, op: 'tasks_logs_follow', input: { id: taskId, since: 0 } }));
    }
  });
  return { open, done };
}

test('1 000 readers of one log: every line reaches every one of them in order, and the host does not grow', async () => {
  await using host = await serveHost();
  const { id } = await run(host, printer(LINES, 60, 20));
  const before = host.rssMb();
  const readers = Array.from({ length: SOCKETS }, () => follow(host, id));
  await Promise.all(readers.map((reader) => reader.open));
  const expected = Array.from({ length: LINES }, (_, n) => String(n + 1));
  for (const { done } of readers) {
    for (const seen of await done) {
      expect(seen).toEqual(expected);
    }
  }
  expect(host.rssMb() - before).toBeLessThan(MAX_GROWTH_MB);
  expect(await host.request('GET', '/v1/health')).toMatchObject({ status: 'ok' });
}, 120_000);

test('a reader that stops reading gets a gap when it goes on, and costs the host no memory meanwhile', async () => {
  await using host = await serveHost();
  const { id } = await run(host, printer(60_000, 600, 1));
  const socket = net.connect(Number(new URL(host.url).port), '127.0.0.1');
  await once(socket, 'connect');
  const { host: name } = new URL(host.url);
  socket.write(
    `GET /v1/tasks/${id}/logs/stream?since=0 HTTP/1.1\r\nHost: ${name}\r\nAuthorization: Bearer ${host.token}\r\n\r\n`,
  );
  let text = String((await once(socket, 'data'))[0]);
  socket.pause(); // from here on it does not read
  const before = host.rssMb();
  await expect
    .poll(async () => (await host.request<Task>('GET', `/v1/tasks/${id}`)).status, { timeout: 90_000, interval: 500 })
    .toBe('succeeded');
  expect(host.rssMb() - before).toBeLessThan(MAX_GROWTH_MB);

  const { promise: finished, resolve } = Promise.withResolvers<void>();
  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString();
    if (text.endsWith('0\r\n\r\n')) resolve();
  });
  socket.on('close', () => resolve());
  socket.resume();
  await finished;
  socket.destroy();
  const gap = /\{"type":"gap","dropped":(\d+),"next_since":(\d+)\}/.exec(text);
  expect(gap, 'the stream says that lines were lost').not.toBeNull();
  const numbers = [...text.matchAll(/"message":"(\d+) x/g)].map((match) => Number(match[1]));
  expect(numbers.length + Number(gap?.[1])).toBe(60_000);
  expect(numbers.at(-1)).toBe(60_000);
}, 150_000);
