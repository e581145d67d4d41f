/** The panel's one connection to the host: typed calls and streams over any transport, reconnecting by itself. */

import { contract, type StreamIdOf } from '../../../contract/index.ts';
import { AppError, errorOf } from '../../../contract/kernel/errors.ts';
import { FRAME_VERSION, type Gap, IDLE_CLOSE_MS, PING_MS, type ServerFrame } from '../../../contract/kernel/frames.ts';
import type { Client, ClientStatus, StreamOptions } from './client-types.ts';
import type { CloseCause, Connect, Transport } from './transport.ts';

/** Options of {@link createClient}. */
export interface ClientOptions {
  connect: Connect;
  /** Waiting time in ms before attempt `n`, from 1. */
  backoff?: (attempt: number) => number;
}

interface LiveCall {
  resolve(value: unknown): void;
  reject(error: AppError): void;
}

interface LiveStream {
  op: StreamIdOf;
  input: Record<string, unknown>;
  last: number | undefined;
  history: boolean;
  options: StreamOptions<unknown>;
}

/** 0.5 s, 1 s, 2 s, 4 s, then 8 s, each up to a fifth longer so that many panels do not return at once. */
export function defaultBackoff(attempt: number): number {
  return Math.min(8_000, 500 * 2 ** (attempt - 1)) * (1 + Math.random() / 5);
}

/** The error of everything that needs a connection while there is none. */
export function offlineError(): AppError {
  return new AppError('service-unavailable', 'The host cannot be reached. The panel is trying to connect again.', {
    extra: { reason: 'offline' },
  });
}

function isGap(item: unknown): item is Gap {
  return typeof item === 'object' && item !== null && 'type' in item && item.type === 'gap' && 'next_since' in item;
}

/** Creates a client and starts to connect. */
export function createClient({ connect, backoff = defaultBackoff }: ClientOptions): Client {
  let status: ClientStatus = { phase: 'connecting', retryAt: null, principal: null, version: null, connections: 0 };
  let transport: Transport | null = null;
  let nextId = 1;
  let attempt = 0;
  let retryTimer: ReturnType<typeof setTimeout> | undefined;
  let pingTimer: ReturnType<typeof setInterval> | undefined;
  let heardAt = 0;
  let closed = false;
  const calls = new Map<number, LiveCall>();
  const streams = new Map<number, LiveStream>();
  const queued: { start(): void; refuse(error: AppError): void }[] = [];
  const listeners = new Set<() => void>();

  const set = (patch: Partial<ClientStatus>) => {
    status = { ...status, ...patch };
    for (const listener of listeners) listener();
  };

  const open = () => {
    clearTimeout(retryTimer);
    retryTimer = undefined;
    let current: Transport | null = null;
    const mine = () => current !== null && current === transport;
    current = connect({
      open: () => {
        if (mine())
          current?.send({ t: 'hello', v: FRAME_VERSION, client: { name: 'panel', version: String(FRAME_VERSION) } });
      },
      frame: (frame) => {
        if (mine()) receive(frame);
      },
      close: (cause) => {
        if (mine()) lost(cause);
      },
    });
    transport = current;
    heardAt = Date.now();
  };

  const lost = (cause: CloseCause) => {
    transport = null;
    clearInterval(pingTimer);
    const error = offlineError();
    for (const live of calls.values()) live.reject(error);
    calls.clear();
    if (closed) return;
    if (cause !== 'lost') {
      for (const call of queued.splice(0)) call.refuse(error);
      set({ phase: cause, retryAt: null, principal: null });
      return;
    }
    attempt += 1;
    const wait = backoff(attempt);
    // A first connection that is slow to come is not an outage yet; what was asked meanwhile waits one attempt.
    const phase = status.connections === 0 && attempt < 2 ? 'connecting' : 'offline';
    if (phase === 'offline') for (const call of queued.splice(0)) call.refuse(error);
    set({ phase, retryAt: Date.now() + wait });
    retryTimer = setTimeout(open, wait);
  };

  const drop = () => {
    transport?.close();
    lost('lost');
  };

  const welcome = (frame: Extract<ServerFrame, { t: 'welcome' }>) => {
    if (frame.principal.kind === 'anonymous') {
      transport?.close();
      lost('signed_out');
      return;
    }
    attempt = 0;
    clearInterval(pingTimer);
    pingTimer = setInterval(() => {
      if (Date.now() - heardAt > IDLE_CLOSE_MS) drop();
      else transport?.send({ t: 'ping' });
    }, PING_MS);
    set({
      phase: 'online',
      retryAt: null,
      principal: frame.principal,
      version: frame.server.version,
      connections: status.connections + 1,
    });
    for (const [id, stream] of streams) subscribe(id, stream);
    for (const call of queued.splice(0)) call.start();
  };

  const receive = (frame: ServerFrame) => {
    heardAt = Date.now();
    switch (frame.t) {
      case 'welcome':
        return welcome(frame);
      case 'ok':
        return settle(frame.id, (live) => live.resolve(frame.v));
      case 'next':
        return item(frame.id, frame.seq, frame.v);
      case 'end':
        return finish(frame.id, (stream) => stream.options.onEnd?.());
      case 'err':
        if (frame.id === null) return;
        settle(frame.id, (live) => live.reject(errorOf(frame.e)));
        return finish(frame.id, (stream) => stream.options.onError?.(errorOf(frame.e)));
      case 'bye':
        if (frame.reason === 'revoked') {
          transport?.close();
          lost('signed_out');
        }
        return;
      case 'ping':
        transport?.send(frame.n === undefined ? { t: 'pong' } : { t: 'pong', n: frame.n });
        return;
      case 'pong':
        return;
    }
  };

  const settle = (id: string | number, act: (live: LiveCall) => void) => {
    const live = calls.get(Number(id));
    if (live === undefined) return;
    calls.delete(Number(id));
    act(live);
  };

  const finish = (id: string | number, act: (stream: LiveStream) => void) => {
    const stream = streams.get(Number(id));
    if (stream === undefined) return;
    streams.delete(Number(id));
    act(stream);
  };

  const item = (id: string | number, frameSeq: number, value: unknown) => {
    const stream = streams.get(Number(id));
    if (stream === undefined) return;
    if (stream.history) {
      if (isGap(value)) {
        stream.last = value.next_since;
      } else {
        // After a reconnect the host may repeat what was on its way when the connection broke.
        const seq = seqOf(value) ?? frameSeq;
        if (stream.last !== undefined && seq <= stream.last && !isHello(value)) return;
        stream.last = Math.max(seq, stream.last ?? 0);
      }
    }
    stream.options.onItem(value);
  };

  const subscribe = (id: number, stream: LiveStream) => {
    const input = stream.last === undefined ? stream.input : { ...stream.input, since: stream.last };
    transport?.send({ t: 'call', id, op: stream.op, input });
  };

  const whenOnline = (start: () => void, refuse: (error: AppError) => void) => {
    if (status.phase === 'online') start();
    else if (status.phase === 'connecting') queued.push({ start, refuse });
    else refuse(offlineError());
  };

  open();

  return {
    call: (op, input, { signal, idem } = {}) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(new AppError('cancelled'));
        const id = nextId++;
        let sent = false;
        let over = false;
        const onAbort = () => {
          over = true;
          if (sent && calls.delete(id)) transport?.send({ t: 'cancel', id });
          reject(new AppError('cancelled'));
        };
        signal?.addEventListener('abort', onAbort, { once: true });
        const done = () => signal?.removeEventListener('abort', onAbort);
        const fail = (error: AppError) => {
          done();
          reject(error);
        };
        whenOnline(() => {
          if (over) return;
          sent = true;
          calls.set(id, {
            resolve: (value) => {
              done();
              // The host has validated its answer against the same contract.
              resolve(value as never);
            },
            reject: fail,
          });
          transport?.send({ t: 'call', id, op, input, ...(idem === undefined ? {} : { idem }) });
        }, fail);
      }),

    stream: (op, input, options) => {
      if (options.signal.aborted) return;
      const id = nextId++;
      const stream: LiveStream = {
        op,
        input: (input ?? {}) as Record<string, unknown>,
        last: options.since,
        history: contract[op].history,
        options: options as StreamOptions<unknown>,
      };
      streams.set(id, stream);
      options.signal.addEventListener(
        'abort',
        () => {
          if (streams.delete(id)) transport?.send({ t: 'cancel', id });
        },
        { once: true },
      );
      if (status.phase === 'online') subscribe(id, stream);
    },

    status: () => status,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    retry: () => {
      if (status.phase === 'online' || closed) return;
      transport?.close();
      transport = null;
      set({ retryAt: null, ...(status.phase === 'offline' ? {} : { phase: 'connecting' as const }) });
      open();
    },
    close: () => {
      closed = true;
      clearTimeout(retryTimer);
      clearInterval(pingTimer);
      transport?.close();
      if (transport !== null) lost('lost');
    },
  };
}

function seqOf(value: unknown): number | undefined {
  return typeof value === 'object' && value !== null && 'seq' in value && typeof value.seq === 'number'
    ? value.seq
    : undefined;
}

function isHello(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'type' in value && value.type === 'hello';
}
