/**
 * Golden bytes: what crosses the boundary does not change within contract 1. The files under `golden/` were
 * written once; a difference is a break of the contract, not a reason to write them again.
 */
import net from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { AppError, ERRORS, type ErrorSlug } from '../../src/contract/kernel/errors.ts';
import { problemBody, problemHeaders } from '../../src/main/doors/wire/problem.ts';
import { openTestDoors, type TestDoors } from '../support/doors.ts';

const TASK = `tsk_${'0'.repeat(26)}`;
const AT = '2026-11-20T10:50:00.000Z';

let subject: TestDoors;
let key: string;
beforeAll(async () => {
  subject = await openTestDoors({
    handlers: {
      health: () => ({
        status: 'ok',
        service: 'tabagent-server',
        version: '0.0.0',
        timestamp: AT,
        uptime_seconds: 1.5,
        ready: true,
      }),
      tasks_follow: async function* () {
        yield { seq: 4, type: 'status', at: AT, data: { status: 'running' } };
        yield { seq: 5, type: 'progress', at: AT, data: { percent: 50, message: 'half "way"\nthere' } };
        yield { type: 'gap', dropped: 2, next_since: 7 };
        yield { seq: 8, type: 'end', at: AT, data: null };
      },
      changes_follow: async function* () {
        yield { type: 'hello', seq: 1 };
        throw new AppError('cursor-expired', undefined, { extra: { oldest: 5 } });
      },
      tasks_logs_follow: async function* (_input: never, { signal }) {
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
        yield* [];
      },
    },
  });
  key = subject.key('admin', ['models', 'automation', 'host']);
});
afterAll(() => subject[Symbol.asyncDispose]());

/** Ids, times, ports and dates are the only things that may differ. */
const masked = (text: string): string =>
  text
    .replaceAll('\r\n', '\n')
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}/g, '<request-id>')
    .replace(/\bdate: .*/gi, 'date: <date>')
    .replace(/127\.0\.0\.1:\d+/g, '<host>');

test('frames', async () => {
  const socket = new WebSocket(`${subject.url.replace('http', 'ws')}/rpc`, ['tabagent.v1'], {
    headers: { 'x-api-key': key },
  });
  const lines: string[] = [];
  let arrived: () => void = () => {};
  socket.on('message', (data) => {
    lines.push(`< ${String(data)}`);
    arrived();
  });
  await new Promise((resolve) => socket.once('open', resolve));
  lines.push(`= subprotocol ${socket.protocol}`);
  /** Sends a frame and waits for as many answers. */
  const say = async (text: string, answers: number) => {
    lines.push(`> ${text}`);
    const wanted = lines.length + answers;
    socket.send(text);
    while (lines.length < wanted) await new Promise<void>((resolve) => (arrived = resolve));
  };
  await say('{"t":"hello","v":1,"client":{"name":"golden","version":"1"}}', 1);
  await say('{"t":"ping","n":7}', 1);
  await say('{"t":"call","id":1,"op":"health"}', 1);
  await say('{"t":"call","id":"a","op":"Tasks.Get","input":{"id":"nope"}}', 1);
  await say('{"t":"call","id":2,"op":"tsks_list"}', 1);
  await say(`{"t":"call","id":3,"op":"tasks_follow","input":{"id":"${TASK}"}}`, 5);
  await say('{"t":"call","id":4,"op":"changes_follow"}', 2);
  await say(`{"t":"call","id":5,"op":"tasks_logs_follow","input":{"id":"${TASK}"}}`, 0);
  await say('{"t":"cancel","id":5}', 1);
  await say('{"t":"call","id":6,"op":"shell_quit"}', 1);
  await say('{"t":"call"', 1);
  await say('{"t":"what"}', 1);
  const closed = new Promise<number>((resolve) => socket.once('close', resolve));
  socket.close(1000);
  lines.push(`= closed ${await closed}`);
  await expect(masked(`${lines.join('\n')}\n`)).toMatchFileSnapshot('golden/frames.txt');
});

/** A whole answer with its head, as bytes. */
async function http(request: string): Promise<string> {
  const { host, port } = new URL(subject.url);
  const socket = net.connect(Number(port), '127.0.0.1');
  socket.write(`${request}\r\nhost: ${host}\r\nx-api-key: ${key}\r\nconnection: close\r\n\r\n`);
  let answer = '';
  for await (const chunk of socket) answer += String(chunk);
  return masked(answer);
}

test.each([
  ['http-value', 'GET /v1/health HTTP/1.1'],
  ['http-stream', `GET /v1/tasks/${TASK}/events HTTP/1.1`],
  ['http-stream-error', 'GET /v1/events HTTP/1.1'],
  ['http-validation', 'GET /v1/tasks?limit=0&nope=1 HTTP/1.1'],
  ['http-not-found', 'GET /v1/tsks HTTP/1.1'],
  ['http-method', 'PUT /v1/tasks HTTP/1.1'],
])('%s', async (name, request) => {
  await expect(await http(request)).toMatchFileSnapshot(`golden/${name}.txt`);
});

test('problems: body and headers of every slug', async () => {
  const lines = (Object.keys(ERRORS) as ErrorSlug[]).flatMap((slug) => {
    const error = new AppError(slug);
    const context = { instance: '/v1/x', requestId: '<request-id>', openai: true };
    return [`# ${slug}`, JSON.stringify(problemHeaders(error)), JSON.stringify(problemBody(error, context)), ''];
  });
  await expect(lines.join('\n')).toMatchFileSnapshot('golden/problems.txt');
});
