/** The connection of a client: hello and welcome, liveness, and the way back after it was lost. */
import { type ClientFrame, FRAME_VERSION, type ServerFrame } from '../kernel/frames.ts';
import type { ClientOptions, Reconnect } from './client-types.ts';
import { createHeartbeat, type Heartbeat } from './heartbeat.ts';
import type { StatusStore } from './status.ts';
import type { CloseCause, Connect, Transport, TransportEvents } from './transport.ts';

/** Events of the link. */
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
  return new ClientLink(options, status, on);
}

class ClientLink implements Link {
  readonly #options: ClientOptions;
  readonly #status: StatusStore;
  readonly #on: LinkEvents;
  readonly #heartbeat: Heartbeat;
  #transport: Transport | null = null;
  #attempt = 0;
  #closed = false;
  #cancelRetry: () => void = () => {};

  constructor(options: ClientOptions, status: StatusStore, on: LinkEvents) {
    this.#options = options;
    this.#status = status;
    this.#on = on;
    this.#heartbeat = createHeartbeat(options.timers, {
      ping: () => this.send({ t: 'ping' }),
      silent: () => this.#hangUp('lost'),
    });
  }

  open(): void {
    this.#cancelRetry();
    const client = { name: this.#options.name, version: String(FRAME_VERSION) };
    this.#transport = openQuietly(this.#options.connect, {
      open: () => {
        const token = this.#options.token?.() ?? undefined;
        this.send({ t: 'hello', v: FRAME_VERSION, client, ...(token === undefined ? {} : { token }) });
      },
      frame: (frame) => this.#receive(frame),
      close: (cause) => this.#lost(cause),
    });
  }

  send(frame: ClientFrame): void {
    this.#transport?.send(frame);
  }

  retry(): void {
    const { phase } = this.#status.get();
    if (phase === 'online' || this.#closed) return;
    this.#transport?.close();
    this.#status.set({ retryAt: null, ...(phase === 'offline' ? {} : { phase: 'connecting' }) });
    this.open();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#cancelRetry();
    this.#hangUp('lost');
  }

  #receive(frame: ServerFrame): void {
    this.#heartbeat.heard();
    switch (frame.t) {
      case 'welcome':
        return this.#welcome(frame);
      case 'bye':
        return frame.reason === 'revoked' ? this.#hangUp('signed_out') : undefined;
      case 'ping':
        return this.send(frame.n === undefined ? { t: 'pong' } : { t: 'pong', n: frame.n });
      case 'pong':
        return;
      case 'ok':
      case 'next':
      case 'end':
      case 'err':
        return this.#on.frame(frame);
    }
  }

  #welcome({ principal, server }: Extract<ServerFrame, { t: 'welcome' }>): void {
    if (principal.kind === 'anonymous') return this.#hangUp('signed_out');
    this.#attempt = 0;
    this.#heartbeat.start();
    const connections = this.#status.get().connections + 1;
    const { version, history = null } = server;
    this.#status.set({ phase: 'online', retryAt: null, principal, version, history, connections });
    this.#on.online();
  }

  #hangUp(cause: CloseCause): void {
    this.#transport?.close();
    this.#lost(cause);
  }

  #lost(cause: CloseCause): void {
    const { reconnect } = this.#options;
    this.#transport = null;
    this.#heartbeat.stop();
    if (cause === 'lost' && !this.#closed && reconnect !== undefined) return this.#retryLater(reconnect);
    this.#status.set({ phase: cause === 'lost' ? 'offline' : cause, retryAt: null, principal: null });
    this.#on.lost(this.#closed || reconnect === undefined);
  }

  #retryLater(reconnect: Reconnect): void {
    const { timers } = this.#options;
    this.#attempt += 1;
    const wait = reconnect.backoff(this.#attempt);
    // One failed first attempt is not an outage yet: the host may still be starting.
    const phase = this.#status.get().connections === 0 && this.#attempt < 2 ? 'connecting' : 'offline';
    this.#cancelRetry = timers.schedule(() => this.open(), wait);
    this.#status.set({ phase, retryAt: timers.now() + wait });
    this.#on.lost(false);
  }
}

/** A transport that calls back no more once it was closed or has ended: one that was replaced may still try to. */
function openQuietly(connect: Connect, on: TransportEvents): Transport {
  let over = false;
  const transport = connect({
    open: () => {
      if (!over) on.open();
    },
    frame: (frame) => {
      if (!over) on.frame(frame);
    },
    close: (cause) => {
      if (over) return;
      over = true;
      on.close(cause);
    },
  });
  return {
    send: (frame) => transport.send(frame),
    close() {
      over = true;
      transport.close();
    },
  };
}
