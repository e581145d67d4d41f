/** The frame protocol (docs/wire.md) over anything that carries messages both ways. */
import { AppError, toAppError } from '../../../contract/kernel/errors.ts';
import { CLOSE, type ClientFrame, FRAME_VERSION, type ServerFrame } from '../../../contract/kernel/frames.ts';
import type { Clock } from '../../core/clock.ts';
import type { Faults } from '../../core/faults.ts';
import { createListeners, type Listeners } from '../../core/listeners.ts';
import type { DoorName, Principal } from '../../core/operation/operation.ts';
import { infoOf } from '../../features/connections/index.ts';
import type { ServerDispatcher } from '../dispatch/dispatcher.ts';
import { problemBody } from '../wire/problem.ts';
import { createFlowControl, type FlowControl } from './flow-control.ts';
import type { FramePort } from './frame-port.ts';
import { createKeepAlive, type KeepAlive } from './keep-alive.ts';
import { MAX_FRAME_BYTES, MAX_LIVE_CALLS } from './limits.ts';
import { createLiveCalls, type LiveCalls } from './live-calls.ts';
import { readFrame } from './read-frame.ts';

/** The other end of a port. */
export interface Peer {
  principal: Principal;
  /** Address for rate limits. */
  remote: string;
  /** Origin of the page at the other end. */
  origin?: string;
}

/** What a session needs. */
export interface SessionDeps {
  dispatcher: ServerDispatcher;
  clock: Clock;
  version: string;
  /** Name of the history that sequence numbers count in. */
  history: string;
  /** Takes what listeners throw. */
  faults: Pick<Faults, 'report'>;
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

/** Why the host ends a connection. */
type ByeReason = Extract<ServerFrame, { t: 'bye' }>['reason'];

/** One connection that speaks frames. */
export interface FrameSession {
  readonly principal: Principal;
  /** Last measured round trip, ms. */
  readonly rttMs: number | null;
  /** Sends the reason, aborts every call and closes. */
  close(reason: ByeReason): void;
  /** Called once, at once when it is closed already. What a listener throws is reported and stops no other. */
  onClose(listener: () => void): void;
}

const CLOSE_CODES: Record<ByeReason, number> = {
  shutdown: CLOSE.shutdown,
  revoked: CLOSE.badToken,
  idle: CLOSE.idle,
};
const CAPABILITIES = ['streams', 'cancel', 'idempotency'];

/** `instance` of problems. */
const instanceOf = (op: string) => `/rpc#${op}`;

/** Serves one connection until it closes. */
export function openFrameSession(port: FramePort, deps: SessionDeps, options: SessionOptions): FrameSession {
  return new Session(port, deps, options);
}

class Session implements FrameSession {
  readonly #port: FramePort;
  readonly #server: Pick<SessionDeps, 'version' | 'history'>;
  readonly #options: SessionOptions;
  readonly #flowControl: FlowControl;
  readonly #calls: LiveCalls;
  readonly #keepAlive: KeepAlive | undefined;
  readonly #closeListeners: Listeners<[]>;
  #principal: Principal;
  /** Stops watching the credential of the principal. */
  #release: () => void = () => undefined;
  #greeted = false;
  /** No frame is sent or read any more. */
  #ended = false;
  #closed = false;

  constructor(port: FramePort, { dispatcher, clock, version, history, faults }: SessionDeps, options: SessionOptions) {
    const post = (frame: ServerFrame) => this.#post(frame);
    this.#port = port;
    this.#server = { version, history };
    this.#options = options;
    this.#principal = options.peer.principal;
    const report = (error: unknown) => faults.report('frames', error);
    this.#closeListeners = createListeners(report);
    this.#flowControl = createFlowControl(port, post);
    this.#calls = createLiveCalls({ dispatcher, post, ready: this.#flowControl.ready, instance: instanceOf, report });
    if (options.keepAlive) {
      this.#keepAlive = createKeepAlive(clock, {
        ping: (n) => post({ t: 'ping', n }),
        silent: () => this.close('idle'),
      });
    }
    port.onMessage((message, bytes = 0) => this.#read(message, bytes));
    port.onClose(() => this.#portClosed());
    this.#actAs(options.peer.principal);
  }

  #actAs(principal: Principal): void {
    this.#release();
    this.#principal = principal;
    this.#release = principal.grant?.onEnd(() => this.close('revoked')) ?? (() => undefined);
  }

  get principal(): Principal {
    return this.#principal;
  }

  get rttMs(): number | null {
    return this.#keepAlive?.rttMs ?? null;
  }

  close(reason: ByeReason): void {
    if (this.#ended) return;
    this.#post({ t: 'bye', reason });
    this.#hangUp(CLOSE_CODES[reason]);
  }

  onClose(listener: () => void): void {
    if (this.#closed) listener();
    else this.#closeListeners.add(listener);
  }

  #post(frame: ServerFrame): void {
    if (!this.#ended) this.#port.post(frame);
  }

  /** Answers a message that belongs to no call. */
  #refuse(error: AppError): void {
    this.#post({ t: 'err', id: null, e: problemBody(error, { instance: instanceOf('') }) });
  }

  #read(message: unknown, bytes: number): void {
    if (this.#ended) return;
    this.#keepAlive?.heard();
    let frame: ClientFrame;
    try {
      frame = readFrame(message);
    } catch (thrown) {
      return this.#refuse(toAppError(thrown));
    }
    this.#accept(frame, bytes);
    this.#greeted = true;
  }

  #accept(frame: ClientFrame, bytes: number): void {
    switch (frame.t) {
      case 'hello':
        return this.#hello(frame);
      case 'call':
        return this.#calls.start(
          frame,
          { ...this.#options.peer, principal: this.#principal, door: this.#options.door },
          bytes,
        );
      case 'cancel':
        return this.#calls.cancel(frame.id);
      case 'ping':
        return this.#post({ t: 'pong', ...(frame.n === undefined ? {} : { n: frame.n }) });
      case 'pong':
        if (frame.n === undefined) return;
        this.#flowControl.acknowledge(frame.n);
        this.#keepAlive?.pong(frame.n);
    }
  }

  #hello({ token }: Extract<ClientFrame, { t: 'hello' }>): void {
    if (this.#greeted) return this.#refuse(new AppError('bad-request', 'hello must be the first frame.'));
    const { authenticate, admits } = this.#options;
    if (token !== undefined && authenticate) {
      try {
        this.#actAs(authenticate(token));
      } catch (thrown) {
        this.#refuse(toAppError(thrown));
        return this.#hangUp(CLOSE.badToken);
      }
      if (!admits(this.#principal)) return this.#hangUp(CLOSE.tooMany);
    }
    this.#post({
      t: 'welcome',
      v: FRAME_VERSION,
      server: { name: 'tabagent', ...this.#server },
      capabilities: CAPABILITIES,
      principal: infoOf(this.#principal),
      limits: { frame_bytes: MAX_FRAME_BYTES, live_calls: MAX_LIVE_CALLS },
    });
  }

  /** Ends the session at once: a peer decides how long its connection takes to close, not how long it is served. */
  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#release();
    this.#keepAlive?.stop();
    this.#flowControl.close();
    this.#calls.abortAll();
  }

  #hangUp(code: number): void {
    this.#end();
    this.#port.close(code);
  }

  #portClosed(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#end();
    this.#closeListeners.notify();
  }
}
