/** The frame protocol (docs/wire.md) over anything that carries messages both ways. */
import { AppError, toAppError } from '../../../contract/kernel/errors.ts';
import { CLOSE, type ClientFrame, FRAME_VERSION, type ServerFrame } from '../../../contract/kernel/frames.ts';
import type { Clock } from '../../core/clock.ts';
import type { DoorName, Principal } from '../../core/operation/operation.ts';
import { infoOf } from '../../features/connections/index.ts';
import type { ServerDispatcher } from '../dispatch/dispatcher.ts';
import { problemBody } from '../wire/problem.ts';
import { createFlowControl } from './flow-control.ts';
import type { FramePort } from './frame-port.ts';
import { createKeepAlive } from './keep-alive.ts';
import { MAX_FRAME_BYTES, MAX_LIVE_CALLS } from './limits.ts';
import { createLiveCalls } from './live-calls.ts';
import { readFrame } from './read-frame.ts';

/** Who is at the other end of a port. */
export interface Peer {
  principal: Principal;
  /** Address for rate limits. */
  remote: string;
  /** Session token of a cookie principal. */
  sessionToken?: string;
}

/** What a session needs. */
export interface SessionDeps {
  dispatcher: ServerDispatcher;
  clock: Clock;
  version: string;
}

/** How one session behaves. */
export interface SessionOptions {
  door: DoorName;
  peer: Peer;
  /** Accepts the token of a `hello`; absent where a connection's principal is settled. @throws AppError `unauthorized` */
  authenticate?: (token: string) => Principal;
  /** Whether the connection may go on with the principal that `hello` has changed it to. */
  admits: (principal: Principal) => boolean;
  /** Ping every 30 s and close after 75 s of silence; for doors that cannot see the peer die. */
  keepAlive: boolean;
}

/** One connection that speaks frames. */
export interface FrameSession {
  readonly principal: Principal;
  /** Last measured round trip, ms. */
  readonly rttMs: number | null;
  /** Sends the reason, aborts every call and closes. */
  close(reason: 'shutdown' | 'revoked' | 'idle'): void;
  onClose(listener: () => void): void;
}

const CLOSE_CODES = { shutdown: CLOSE.shutdown, revoked: CLOSE.badToken, idle: CLOSE.idle } as const;
const CAPABILITIES = ['streams', 'cancel', 'idempotency'];

/** `instance` of problems. */
const instanceOf = (op: string) => `/rpc#${op}`;

/** Serves one connection until it closes. */
export function openFrameSession(port: FramePort, deps: SessionDeps, options: SessionOptions): FrameSession {
  const { dispatcher, clock, version } = deps;
  const { door, peer } = options;
  let principal = peer.principal;
  let greeted = false;
  /** No frame is sent or read any more. */
  let ended = false;
  let closed = false;
  const closeListeners: (() => void)[] = [];

  const post = (frame: ServerFrame) => {
    if (!ended) port.post(frame);
  };
  const refuse = (error: AppError, instance = instanceOf('')) =>
    post({ t: 'err', id: null, e: problemBody(error, { instance }) });
  const flowControl = createFlowControl(port, post);
  const calls = createLiveCalls({ dispatcher, post, ready: flowControl.ready, instance: instanceOf });
  const keepAlive = options.keepAlive
    ? createKeepAlive(clock, { ping: (n) => post({ t: 'ping', n }), silent: () => session.close('idle') })
    : undefined;

  /** Ends the session at once: a peer decides how long its connection takes to close, not how long it is served. */
  function end(): void {
    if (ended) return;
    ended = true;
    keepAlive?.stop();
    flowControl.close();
    calls.abortAll();
  }

  function hangUp(code: number): void {
    end();
    port.close(code);
  }

  function hello(frame: Extract<ClientFrame, { t: 'hello' }>): void {
    if (greeted) return refuse(new AppError('bad-request', 'hello must be the first frame.'));
    if (frame.token !== undefined && options.authenticate) {
      try {
        principal = options.authenticate(frame.token);
      } catch (thrown) {
        refuse(toAppError(thrown));
        return hangUp(CLOSE.badToken);
      }
      if (!options.admits(principal)) return hangUp(CLOSE.tooMany);
    }
    post({
      t: 'welcome',
      v: FRAME_VERSION,
      server: { name: 'tabagent', version },
      capabilities: CAPABILITIES,
      principal: infoOf(principal),
      limits: { frame_bytes: MAX_FRAME_BYTES, live_calls: MAX_LIVE_CALLS },
    });
  }

  function accept(frame: ClientFrame): void {
    switch (frame.t) {
      case 'hello':
        return hello(frame);
      case 'call':
        return calls.start(frame, { ...peer, principal, door });
      case 'cancel':
        return calls.cancel(frame.id);
      case 'ping':
        return post({ t: 'pong', ...(frame.n === undefined ? {} : { n: frame.n }) });
      case 'pong':
        if (frame.n === undefined) return;
        flowControl.acknowledge(frame.n);
        keepAlive?.pong(frame.n);
    }
  }

  port.onMessage((message) => {
    if (ended) return;
    keepAlive?.heard();
    let frame: ClientFrame;
    try {
      frame = readFrame(message);
    } catch (thrown) {
      return refuse(toAppError(thrown));
    }
    accept(frame);
    greeted = true;
  });
  port.onClose(() => {
    if (closed) return;
    closed = true;
    end();
    for (const listener of closeListeners) listener();
  });

  const session: FrameSession = {
    get principal() {
      return principal;
    },
    get rttMs() {
      return keepAlive?.rttMs ?? null;
    },
    close(reason) {
      if (ended) return;
      post({ t: 'bye', reason });
      hangUp(CLOSE_CODES[reason]);
    },
    onClose(listener) {
      if (closed) listener();
      else closeListeners.push(listener);
    },
  };
  return session;
}
