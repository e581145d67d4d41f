/** Connections in memory whose other end the test plays. */

import type { Reconnect } from '../../src/contract/client/client-types.ts';
import type { CloseCause, Connect, Timers, TransportEvents } from '../../src/contract/client/transport.ts';
import { contract } from '../../src/contract/index.ts';
import type { ClientFrame, ServerFrame } from '../../src/contract/kernel/frames.ts';

/** One end of an in-memory connection: what the client sent, and ways to answer or break it. */
export interface Wire {
  sent: ClientFrame[];
  say(frame: ServerFrame): void;
  welcome(kind?: 'panel' | 'anonymous', history?: string): void;
  drop(cause?: CloseCause): void;
  closed: boolean;
}

/** Connections that were made; a test empties it. */
export const wires: Wire[] = [];

export const connect: Connect = (events: TransportEvents) => {
  const wire: Wire = {
    sent: [],
    closed: false,
    say: (frame) => events.frame(frame),
    welcome: (kind = 'panel', history) => {
      events.open();
      events.frame({
        t: 'welcome',
        v: 1,
        server: { name: 'tabagent', version: '1.2.3', ...(history && { history }) },
        capabilities: [],
        principal: { kind, name: 'test', scopes: ['admin'], areas: ['any'] },
        limits: { frame_bytes: 1, live_calls: 64 },
      });
    },
    drop: (cause = 'lost') => events.close(cause),
  };
  wires.push(wire);
  return {
    send: (frame) => wire.sent.push(frame),
    close: () => {
      wire.closed = true;
    },
  };
};

export const timers: Timers = {
  now: () => Date.now(),
  schedule(fn, delayMs) {
    const timer = setTimeout(fn, delayMs);
    return () => clearTimeout(timer);
  },
};
export const reconnect: Reconnect = { backoff: () => 1_000, isHistory: (op) => contract[op].history };

export const wire = (index = -1): Wire => {
  const found = wires.at(index);
  if (found === undefined) throw new Error('no connection');
  return found;
};
export const calls = (of: Wire) => of.sent.filter((frame) => frame.t === 'call');
