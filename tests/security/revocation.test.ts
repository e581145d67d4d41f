/** A caller whose credential is revoked, narrowed or expired is gone within a second: whatever it had open, at every door. */
import { once } from 'node:events';
import http from 'node:http';
import net from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Principal } from '../../src/main/core/operation/operation.ts';
import { createMemoryClient } from '../../src/main/doors/index.ts';
import { type ManualClock, manualClock } from '../support/core.ts';
import { openTestDoors, type TestDoors } from '../support/doors.ts';
import { frameClient, openSocket } from '../support/frame-client.ts';
import { openRawSocket } from '../support/raw-socket.ts';
import { type EndlessCalls, endlessCalls, lines } from './endless-calls.ts';

const TASK = `tsk_${'0'.repeat(26)}`;
const HOUR = 3_600_000;
/** Of a key: less than a connection may be silent for. */
const LIFE_MS = 10_000;
/** The time that the host has, on its own clock. */
const WITHIN_MS = 1000;

let clock: ManualClock;
let subject: TestDoors;
let begun: EndlessCalls['begun'];
let signals: EndlessCalls['signals'];

beforeEach(async () => {
  clock = manualClock();
  const calls = endlessCalls();
  ({ begun, signals } = calls);
  subject = await openTestDoors({ clock, handlers: calls.handlers, dialects: [lines], record: false });
});
afterEach(() => subject[Symbol.asyncDispose]());

/** A caller, and what its token is. */
interface Caller {
  token: string;
  headers: Record<string, string>;
  principal: Principal;
  id: string;
}

function keyCaller(): Caller {
  const { keys } = subject.connections.service;
  const { key, id } = keys.create({
    ...{ name: 'caller', scopes: ['read', 'run', 'manage'], areas: ['any', 'automation'] },
    ...{ rate_multiplier: 1, expires_at: clock.now() + LIFE_MS },
  });
  const principal = keys.principalOf(key);
  if (!principal) throw new Error('no principal');
  return { token: key, headers: { authorization: `Bearer ${key}` }, principal, id };
}

function sessionCaller(): Caller {
  const { sessions } = subject.connections.service;
  const { token, principal } = sessions.login(sessions.issueLink().ticket, subject.url);
  return { token, headers: { authorization: `Bearer ${token}`, origin: subject.url }, principal, id: principal.id };
}

/** Ways for a key to end. */
const KEY_ENDS: Record<string, (caller: Caller) => void> = {
  'is deleted': ({ id }) => subject.connections.service.keys.remove(id),
  'is narrowed': ({ id }) =>
    void subject.connections.service.keys.update(id, { scopes: ['read'] }, { version: undefined, status: 409 }),
  'is made to end now': ({ id }) =>
    void subject.connections.service.keys.update(id, { expires_at: clock.now() }, { version: undefined, status: 409 }),
  expires: () => clock.advance(LIFE_MS),
  'expires because the clock is set forward': () => clock.step(2 * HOUR),
  'expires although the clock is set back': () => {
    clock.step(-48 * HOUR);
    clock.advance(LIFE_MS);
  },
};

/** Ways for a session to end. */
const SESSION_ENDS: Record<string, (caller: Caller) => void> = {
  'is signed out': ({ id }) => subject.connections.service.sessions.end(id),
  'is idle for twelve hours': () => clock.step(12 * HOUR),
  // The clock set back: features/connections/grants.test.ts.
};

/** What a caller can have open: opens it, and gives what settles when it has ended, with how. */
type Opened = { ended: Promise<unknown> };
const THINGS: Record<string, (caller: Caller) => Promise<Opened>> = {
  'a stream over HTTP': async ({ headers }) => {
    const { text } = await openHttp(`/v1/tasks/${TASK}/events`, headers);
    return { ended: text.then((all) => expect(all).toMatch(/unauthorized/i)) };
  },
  'a stream of a dialect': async ({ headers }) => {
    const { text } = await openHttp(`/lines/${TASK}`, headers);
    return { ended: text.then((all) => expect(all).toContain('unauthorized')) };
  },
  'a stream over HTTP that it does not read': async ({ headers }) => {
    const socket = rawRequest('GET', '/v1/events', headers);
    await begun.promise;
    return { ended: cutOff(socket) };
  },
  'a running call over HTTP': async ({ headers }) => {
    const response = fetch(`${subject.url}/v1/tasks/${TASK}`, { headers });
    await begun.promise;
    return { ended: response.then(({ status }) => expect(status).toBe(401)) };
  },
  'a body that does not come': async ({ headers }) => {
    const socket = rawRequest('POST', '/v1/tasks', {
      ...headers,
      'content-type': 'application/json',
      'content-length': '9',
    });
    socket.write('{"a');
    // The request has been admitted when the next one on the same server has been answered.
    await fetch(`${subject.url}/v1/health`).then((response) => response.text());
    return { ended: closed(socket) };
  },
  'an idle WebSocket': async ({ headers }) => {
    const { client } = await openSocket(subject.url, headers);
    return { ended: client.closed.then((code) => expect(code).toBe(4401)) };
  },
  'a WebSocket that said hello': async ({ token, headers }) => {
    const { origin } = headers;
    const { client } = await openSocket(subject.url, origin === undefined ? {} : { origin });
    client.send({ t: 'hello', v: 1, token });
    await client.wait(({ t }) => t === 'welcome');
    return { ended: client.closed.then((code) => expect(code).toBe(4401)) };
  },
  'a WebSocket that answers no close': async ({ headers }) => {
    const socket = await openRawSocket(subject.url, headers);
    return { ended: socket.gone };
  },
  'a running call over a WebSocket': async ({ headers }) => {
    const { client } = await openSocket(subject.url, headers);
    client.send({ t: 'call', id: 'a', op: 'tasks_get', input: { id: TASK } });
    await begun.promise;
    return { ended: client.closed };
  },
  'a stream over a WebSocket': async ({ headers }) => {
    const { client } = await openSocket(subject.url, headers);
    client.send({ t: 'call', id: 'a', op: 'tasks_follow', input: { id: TASK } });
    await begun.promise;
    return { ended: client.closed };
  },
  'a message port': async ({ principal }) => {
    const client = frameClient(subject.ipc(principal));
    client.send({ t: 'call', id: 'a', op: 'tasks_follow', input: { id: TASK } });
    await begun.promise;
    return { ended: client.wait((frame) => frame.t === 'bye') };
  },
  'a call in memory': async ({ principal }) => {
    const call = createMemoryClient(subject.doors.dispatcher, principal).call('tasks_get', { id: TASK as never });
    await begun.promise;
    return { ended: expect(call).rejects.toMatchObject({ slug: 'unauthorized' }) };
  },
  'a stream in memory': async ({ principal }) => {
    const result = await createMemoryClient(subject.doors.dispatcher, principal).raw('tasks_follow', { id: TASK });
    if (result.kind !== 'stream') throw new Error('no stream');
    const iterator = result.items[Symbol.asyncIterator]();
    await iterator.next();
    return { ended: expect(iterator.next()).rejects.toMatchObject({ slug: 'unauthorized' }) };
  },
};

/** Opens a stream and collects its text. */
async function openHttp(path: string, headers: Record<string, string>) {
  const call = http.get(subject.url + path, { headers });
  const answered = once(call, 'response');
  await begun.promise;
  clock.advance(100);
  const [response] = (await answered) as [http.IncomingMessage];
  response.setEncoding('utf8');
  return {
    text: (async () => {
      let text = '';
      for await (const chunk of response) text += String(chunk);
      return text;
    })(),
  };
}

/** A request whose answer nobody reads. */
function rawRequest(method: string, path: string, headers: Record<string, string>): net.Socket {
  const { host, hostname, port } = new URL(subject.url);
  const socket = net.connect(Number(port), hostname);
  socket.on('error', () => undefined);
  const lines = Object.entries({ host, ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(`${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n`);
  return socket;
}

/** Unlike `once`, a reset is an end like any other. */
const closed = (socket: net.Socket) => new Promise((resolve) => void socket.once('close', resolve));

/** Settles when the server has cut the connection. A client that reads nothing learns of it by writing. */
async function cutOff(socket: net.Socket): Promise<void> {
  const knocking = setInterval(() => socket.write('\r\n'), 20);
  await closed(socket);
  clearInterval(knocking);
}

describe.each(Object.keys(THINGS))('%s', (thing) => {
  const open = (caller: Caller) => (THINGS[thing] as (typeof THINGS)[string])(caller);

  async function goesWith(caller: Caller, end: (caller: Caller) => void) {
    const other = keyCaller();
    const { ended } = await open(caller);
    end(caller);
    clock.advance(WITHIN_MS);
    await ended;
    for (const signal of signals) expect(signal.aborted).toBe(true);
    expect(other.principal.id).not.toBe(caller.principal.id);
  }

  test.each(Object.keys(KEY_ENDS))('ends when the key %s', (way) =>
    goesWith(keyCaller(), KEY_ENDS[way] as (typeof KEY_ENDS)[string]));
  test.each(Object.keys(SESSION_ENDS))('ends when the session %s', (way) =>
    goesWith(sessionCaller(), SESSION_ENDS[way] as (typeof SESSION_ENDS)[string]));
});

describe('what does not end', () => {
  test('is the call that ends its own credential: it is answered, and the next one is refused', async () => {
    const { headers } = sessionCaller();
    const logout = () => fetch(`${subject.url}/v1/auth/logout`, { method: 'POST', headers });
    expect((await logout()).status).toBe(200);
    expect((await logout()).status).toBe(401);
  });

  test('is what another caller has open', async () => {
    const [one, two] = [keyCaller(), keyCaller()];
    const { client } = await openSocket(subject.url, two.headers);
    subject.connections.service.keys.remove(one.id);
    clock.advance(WITHIN_MS);
    expect((await client.call('queue_stats', {})).last.t).toBe('ok');
  });

  // Would catch: a listener that each call leaves behind with its credential.
  test('leaves nothing behind: a thousand calls later the credential has no more listeners than before', async () => {
    const { principal } = keyCaller();
    let listeners = 0;
    const { grant } = principal;
    if (!grant) throw new Error('no grant');
    const counted: Principal = {
      ...principal,
      grant: {
        get ended() {
          return grant.ended;
        },
        used: () => grant.used(),
        onEnd(listener) {
          listeners += 1;
          const remove = grant.onEnd(listener);
          return () => {
            listeners -= 1;
            remove();
          };
        },
      },
    };
    const client = createMemoryClient(subject.doors.dispatcher, counted);
    for (let n = 0; n < 1000; n++) await client.raw('tasks_list', {});
    expect(listeners).toBe(0);
  });
});

test('callers that need no credential are gone when the operator takes that back', async () => {
  subject.core.settings.update({ allow_unauthenticated_local: true });
  const { client } = await openSocket(subject.url);
  subject.core.settings.update({ allow_unauthenticated_local: false });
  expect(await client.closed).toBe(4401);
});
