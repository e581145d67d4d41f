/** A client against a simulated host whose connection breaks at any place: the promises that hold whatever happens. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { manualClock } from '../../../tests/support/core.ts';
import { contract } from '../index.ts';
import type { CallId, ClientFrame, ServerFrame } from '../kernel/frames.ts';
import { createClient } from './client.ts';
import type { TransportEvents } from './transport.ts';

/** Answers health at once when asked to, and follows a log from `since`; forgets everything with the connection. */
class SimulatedHost {
  readonly log: number[] = [];
  /** Calls that reached the host, by the number that the test gave them. */
  readonly ran: number[] = [];
  #connection: { on: TransportEvents; calls: CallId[]; followers: { id: CallId; at: number }[] } | null = null;

  readonly connect = (on: TransportEvents) => {
    const connection = { on, calls: [] as CallId[], followers: [] as { id: CallId; at: number }[] };
    this.#connection = connection;
    return {
      send: (frame: ClientFrame) => {
        if (this.#connection === connection) this.#hear(frame);
      },
      close: () => {
        if (this.#connection === connection) this.#connection = null;
      },
    };
  };

  #hear(frame: ClientFrame): void {
    const connection = this.#connection;
    if (frame.t === 'cancel') {
      const calls = connection?.calls ?? [];
      if (calls.includes(frame.id)) calls.splice(calls.indexOf(frame.id), 1);
    }
    if (frame.t !== 'call' || connection === null) return;
    if (frame.op === 'health') {
      connection.calls.push(frame.id);
      this.ran.push(Number(frame.idem));
    } else connection.followers.push({ id: frame.id, at: Number((frame.input as { since?: number }).since ?? 0) });
  }

  open(): void {
    this.#connection?.on.open();
    this.#say({
      t: 'welcome',
      v: 1,
      server: { name: 'tabagent', version: '1' },
      capabilities: [],
      principal: { kind: 'panel', name: '', scopes: [], areas: [] },
      limits: { frame_bytes: 1, live_calls: 64 },
    });
  }

  /** Answers the oldest open call. */
  answer(): void {
    const id = this.#connection?.calls.shift();
    if (id !== undefined) this.#say({ t: 'ok', id, v: { status: 'ok' } });
  }

  append(): void {
    this.log.push(this.log.length + 1);
  }

  /** Sends followers up to `most` items that they have not had. */
  deliver(most: number): void {
    for (const follower of this.#connection?.followers ?? []) {
      for (const seq of this.log.filter((at) => at > follower.at).slice(0, most)) {
        follower.at = seq;
        this.#say({ t: 'next', id: follower.id, seq, v: { type: 'task.updated', entity: 'task', seq } });
      }
    }
  }

  break(): void {
    const { on } = this.#connection ?? {};
    this.#connection = null;
    on?.close('lost');
  }

  #say(frame: ServerFrame): void {
    this.#connection?.on.frame(frame);
  }
}

type Step = 'open' | 'break' | 'answer' | 'append' | 'call' | 'wait' | { deliver: number } | { abort: number };
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom<Step[]>('open', 'answer', 'append', 'append', 'call') },
  { weight: 1, arbitrary: fc.constantFrom<Step[]>('break', 'wait') },
  fc.record({ deliver: fc.nat(3) }),
  fc.record({ abort: fc.nat(20) }),
);

// Catches a call that hangs, is answered twice or is repeated behind its caller's back, and a change that is lost or doubled.
test('every call settles once and runs at most once; a history stream gives each item once and in order', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      const clock = manualClock();
      const host = new SimulatedHost();
      const client = createClient({
        name: 'test',
        timers: clock,
        connect: host.connect,
        reconnect: { backoff: () => 1000, isHistory: (op) => contract[op].history },
      });
      const seen: number[] = [];
      const stop = new AbortController();
      client.stream(
        'changes_follow',
        {},
        { signal: stop.signal, onItem: (item) => 'entity' in item && seen.push(item.seq) },
      );
      const settled: number[] = [];
      const aborts: AbortController[] = [];

      for (const each of steps) {
        if (each === 'call') {
          const abort = new AbortController();
          const number = aborts.push(abort) - 1;
          const settle = () => void settled.push(number);
          client.call('health', {}, { signal: abort.signal, idem: String(number) }).then(settle, settle);
        } else if (each === 'wait') clock.advance(1000);
        else if (typeof each === 'string') host[each]();
        else if ('deliver' in each) host.deliver(each.deliver);
        else aborts[each.abort]?.abort();
        // What came so far is a beginning of the log, whatever was lost.
        expect(seen).toEqual(host.log.slice(0, seen.length));
      }

      host.break();
      clock.advance(1000);
      host.open();
      host.deliver(host.log.length);
      expect(seen).toEqual(host.log);
      client.close();
      await new Promise((resolve) => setImmediate(resolve));
      expect(settled.sort((a, b) => a - b)).toEqual(aborts.map((_, number) => number));
      expect(new Set(host.ran).size).toBe(host.ran.length);
    }),
    { numRuns: 300 },
  );
});
