/** The connection of a client: hello and welcome, liveness, and the way back after it was lost. */
import { type ClientFrame, FRAME_VERSION, type ServerFrame } from '../kernel/frames.ts';
import type { ClientOptions } from './client-types.ts';
import { createHeartbeat } from './heartbeat.ts';
import type { StatusStore } from './status.ts';
import type { CloseCause, Transport } from './transport.ts';

/** What the link tells. */
export interface LinkEvents {
  online(): void;
  /** A frame about a call. */
  frame(frame: ServerFrame): void;
  /** The connection is gone; the status says what happens next. `final`: this client never connects again. */
  lost(final: boolean): void;
}

/** The connection. */
export interface Link {
  open(): void;
  send(frame: ClientFrame): void;
  retry(): void;
  close(): void;
}

/** Creates a link; it connects with `open`. */
export function createLink(options: ClientOptions, status: StatusStore, on: LinkEvents): Link {
  const { connect, timers, name, reconnect } = options;
  let transport: Transport | null = null;
  let attempt = 0;
  let closed = false;
  let cancelRetry: () => void = () => {};
  const heartbeat = createHeartbeat(timers, {
    ping: () => transport?.send({ t: 'ping' }),
    silent: () => hangUp('lost'),
  });

  function open(): void {
    cancelRetry();
    let current: Transport | null = null;
    // A transport that was replaced may still call back.
    const isCurrent = () => current !== null && current === transport;
    current = connect({
      open: () => {
        if (isCurrent())
          current?.send({ t: 'hello', v: FRAME_VERSION, client: { name, version: String(FRAME_VERSION) } });
      },
      frame: (frame) => {
        if (isCurrent()) receive(frame);
      },
      close: (cause) => {
        if (isCurrent()) lost(cause);
      },
    });
    transport = current;
  }

  function lost(cause: CloseCause): void {
    transport = null;
    heartbeat.stop();
    if (cause !== 'lost' || closed || reconnect === undefined) {
      const phase = cause === 'lost' ? 'offline' : cause;
      status.set({ phase, retryAt: null, principal: null });
      return on.lost(closed || reconnect === undefined);
    }
    attempt += 1;
    const wait = reconnect.backoff(attempt);
    // One failed first attempt is not an outage yet: the host may still be starting.
    const phase = status.get().connections === 0 && attempt < 2 ? 'connecting' : 'offline';
    cancelRetry = timers.schedule(open, wait);
    status.set({ phase, retryAt: timers.now() + wait });
    on.lost(false);
  }

  function hangUp(cause: CloseCause): void {
    transport?.close();
    lost(cause);
  }

  function welcome({ principal, server }: Extract<ServerFrame, { t: 'welcome' }>): void {
    if (principal.kind === 'anonymous') return hangUp('signed_out');
    attempt = 0;
    heartbeat.start();
    const connections = status.get().connections + 1;
    status.set({ phase: 'online', retryAt: null, principal, version: server.version, connections });
    on.online();
  }

  function receive(frame: ServerFrame): void {
    heartbeat.heard();
    switch (frame.t) {
      case 'welcome':
        return welcome(frame);
      case 'bye':
        return frame.reason === 'revoked' ? hangUp('signed_out') : undefined;
      case 'ping':
        return transport?.send(frame.n === undefined ? { t: 'pong' } : { t: 'pong', n: frame.n });
      case 'pong':
        return;
      case 'ok':
      case 'next':
      case 'end':
      case 'err':
        return on.frame(frame);
    }
  }

  return {
    open,
    send: (frame) => transport?.send(frame),
    retry() {
      const { phase } = status.get();
      if (phase === 'online' || closed) return;
      transport?.close();
      transport = null;
      status.set({ retryAt: null, ...(phase === 'offline' ? {} : { phase: 'connecting' }) });
      open();
    },
    close() {
      if (closed) return;
      closed = true;
      cancelRetry();
      hangUp('lost');
    },
  };
}
