/** One connection of frames over the whole contract, fed with what no honest client sends. */
import { once } from 'node:events';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ServerFrame } from '../../src/contract/kernel/frames.ts';
import { createFaults } from '../../src/main/core/faults.ts';
import type { FramePort } from '../../src/main/doors/frames/frame-port.ts';
import { openFrameSession, type SessionOptions } from '../../src/main/doors/frames/frame-session.ts';
import { OPERATOR, openTestDoors, type TestDoors, type TestHandlers } from '../support/doors.ts';

let subject: TestDoors;
/** Streams that wait for their signal now, and those that it ended. */
const waiting = { now: 0, ended: 0 };
const turn = () => new Promise((resolve) => setImmediate(resolve));

beforeAll(async () => {
  subject = await openTestDoors({
    http: false,
    handlers: {
      async *changes_follow(_input: never, { signal }: { signal: AbortSignal }) {
        waiting.now += 1;
        yield { type: 'hello', seq: 0 };
        if (!signal.aborted) await once(signal, 'abort');
        waiting.now -= 1;
        waiting.ended += 1;
      },
    } as TestHandlers,
  });
});
afterAll(() => subject[Symbol.asyncDispose]());

/** A session over a port in memory: what it posts, and ways to speak and hang up. */
function open(options: Partial<SessionOptions> = {}) {
  const posted: ServerFrame[] = [];
  const closes: (number | undefined)[] = [];
  let speak: (message: unknown) => void = () => {};
  let hangUp: () => void = () => {};
  const port: FramePort = {
    post: (frame) => void posted.push(frame),
    onMessage: (listener) => {
      speak = listener;
    },
    onClose: (listener) => {
      hangUp = listener;
    },
    close: (code) => void closes.push(code),
  };
  const faults = createFaults();
  const session = openFrameSession(
    port,
    { dispatcher: subject.doors.dispatcher, clock: subject.core.clock, version: '1.2.3', history: 'h1', faults },
    { door: 'ipc', peer: { principal: OPERATOR, remote: 'local' }, admits: () => true, keepAlive: false, ...options },
  );
  /** Settles when frames of all these ids have been closed. */
  async function closed(count: number): Promise<ServerFrame[]> {
    const isLast = (frame: ServerFrame) => ['ok', 'end', 'err'].includes(frame.t);
    while (posted.filter(isLast).length < count) await turn();
    return posted.filter(isLast);
  }
  return { session, posted, closes, faults, closed, speak: (m: unknown) => speak(m), hangUp: () => hangUp() };
}

describe('any message at all', () => {
  // Catches a host that one page or extension can end, or make answer something that is no frame.
  test('is answered with an error under id null, or belongs to a call; the session lives on', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.oneof(
            fc.anything({ withBigInt: true, withDate: true, withMap: true, withNullPrototype: true }),
            fc.record({ t: fc.constantFrom('call', 'cancel', 'ping', 'pong', 'hello', 'next'), id: fc.anything() }),
            fc.record({ t: fc.constant('call'), id: fc.nat(3), op: fc.string(), input: fc.anything() }),
          ),
          { maxLength: 20 },
        ),
        async (messages) => {
          const { speak, posted, closes, closed } = open();
          for (const message of messages) speak(message);
          speak({ t: 'call', id: 'last', op: 'health' });
          await closed(1);
          while (!posted.some((frame) => frame.t === 'ok' && frame.id === 'last')) await turn();
          expect(closes).toEqual([]);
          for (const frame of posted)
            expect(['welcome', 'ok', 'next', 'end', 'err', 'pong', 'ping']).toContain(frame.t);
        },
      ),
      { numRuns: 200 },
    );
  });

  // Catches a call that is answered twice, or never: its client would hang or mix up answers.
  test('every call gets exactly one closing frame, whatever is cancelled when', async () => {
    const step = fc.oneof(
      fc.record({
        call: fc.nat(8),
        op: fc.constantFrom('health', 'jobs_list', 'changes_follow', 'nope'),
      }),
      fc.record({ cancel: fc.nat(8) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const { speak, posted, closed } = open();
        const opened: number[] = [];
        for (const each of steps) {
          if ('cancel' in each) speak({ t: 'cancel', id: each.cancel });
          else if (!opened.includes(each.call)) {
            opened.push(each.call);
            speak({ t: 'call', id: each.call, op: each.op });
          }
        }
        for (const id of opened) speak({ t: 'cancel', id });
        await closed(opened.length);
        // A handler may end after its call was cancelled; its answer must not follow.
        while (waiting.now > 0) await turn();
        for (let n = 0; n < 5; n += 1) await turn();
        const last = posted.filter((frame) => 'id' in frame && frame.t !== 'next');
        expect(last.map((frame) => ('id' in frame ? frame.id : null)).sort()).toEqual([...opened].sort());
        // Nothing of a call comes after its closing frame.
        for (const id of opened) {
          const own = posted.filter((frame) => 'id' in frame && frame.id === id);
          expect(own.findIndex((frame) => frame.t !== 'next')).toBe(own.length - 1);
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe('the end', () => {
  // Catches a listener that keeps the registry from forgetting the connection, and an error that reaches the socket.
  test('a close listener that throws skips no other and is reported', () => {
    const { session, hangUp, faults } = open();
    const heard: string[] = [];
    session.onClose(() => heard.push('first'));
    session.onClose(() => {
      throw new Error('broken');
    });
    session.onClose(() => heard.push('last'));
    expect(hangUp).not.toThrow();
    expect([heard, faults.count()]).toEqual([['first', 'last'], 1]);
    hangUp();
    session.onClose(() => heard.push('late'));
    expect(heard).toEqual(['first', 'last', 'late']);
  });

  test('says why before it closes, with the code of the reason, once', () => {
    for (const [reason, code] of [
      ['shutdown', 1001],
      ['revoked', 4401],
      ['idle', 4408],
    ] as const) {
      const { session, posted, closes } = open();
      session.close(reason);
      session.close('shutdown');
      expect([posted, closes]).toEqual([[{ t: 'bye', reason }], [code]]);
    }
  });

  // Catches work that goes on for a connection that is gone, and an answer that is sent to nobody.
  test('aborts what runs and sends and reads nothing more', async () => {
    const before = waiting.ended;
    const { session, speak, posted } = open();
    speak({ t: 'call', id: 1, op: 'changes_follow' });
    while (waiting.now === 0) await turn();
    session.close('revoked');
    const { length } = posted;
    speak({ t: 'call', id: 2, op: 'health' });
    speak({ t: 'ping', n: 1 });
    while (waiting.ended === before) await turn();
    expect(posted).toHaveLength(length);
  });
});

describe('hello', () => {
  const other = { ...OPERATOR, id: 'other', name: 'Other' };

  test('with a token changes who is there; a second one is refused and changes nothing', () => {
    const { session, speak, posted } = open({ authenticate: () => other });
    speak({ t: 'hello', v: 1, token: 'x' });
    expect([session.principal, posted[0]]).toMatchObject([other, { t: 'welcome', principal: { name: 'Other' } }]);
    speak({ t: 'hello', v: 1 });
    expect(posted[1]).toMatchObject({ t: 'err', id: null, e: { code: 'bad_request' } });
  });

  // Catches a connection that goes on under its old rights after a token was refused.
  test('with a token that is refused ends the session, and so does a principal that has too many', () => {
    const refused = open({
      authenticate: () => {
        throw new Error('no such key');
      },
    });
    refused.speak({ t: 'hello', v: 1, token: 'x' });
    expect([refused.closes, refused.posted.map(({ t }) => t)]).toEqual([[4401], ['err']]);
    const full = open({ authenticate: () => other, admits: () => false });
    full.speak({ t: 'hello', v: 1, token: 'x' });
    expect([full.closes, full.posted]).toEqual([[4429], []]);
  });

  test('a token is not read where the connection’s principal is settled', () => {
    const { session, speak } = open();
    speak({ t: 'hello', v: 1, token: 'whatever' });
    expect(session.principal).toBe(OPERATOR);
  });

  test('after any other frame is too late', () => {
    const { speak, posted } = open();
    speak({ t: 'ping', n: 3 });
    speak({ t: 'hello', v: 1 });
    expect(posted).toMatchObject([
      { t: 'pong', n: 3 },
      { t: 'err', id: null },
    ]);
  });
});
