/** The client as its users see it. */
import type { CallIdOf, Operations, StreamIdOf } from '../index.ts';
import type { InputOf, OutputOf } from '../kernel/define.ts';
import type { AppError } from '../kernel/errors.ts';
import type { PrincipalInfo } from '../kernel/frames.ts';
import type { CancelSignal, CloseCause, Connect, Timers } from './transport.ts';

/** What the connection is doing. Only `offline` retries by itself, and only with {@link ClientOptions.reconnect}. */
export type Phase = 'connecting' | 'online' | 'offline' | Exclude<CloseCause, 'lost'>;

/** State of the connection; a new object on every change. */
export interface ClientStatus {
  phase: Phase;
  /** Unix ms of the next attempt while offline; null when there is none to come. */
  retryAt: number | null;
  principal: PrincipalInfo | null;
  /** Version of the host, once it has sent `welcome`. */
  version: string | null;
  /** History that the host's sequence numbers count in, once it has sent `welcome`. Another one: its database was replaced. */
  history: string | null;
  /** How often the connection was established; more than one means that it was lost in between. */
  connections: number;
}

/** How a client comes back after a lost connection. */
export interface Reconnect {
  /** Waiting time in ms before attempt `n`, from 1. */
  backoff(attempt: number): number;
  /** Whether a stream's items carry sequence numbers that it can be resumed from. */
  isHistory(op: StreamIdOf): boolean;
}

/** Options of `createClient`. */
export interface ClientOptions {
  connect: Connect;
  timers: Timers;
  /** Who is calling, as `hello` tells the host: `panel`, `cli`. */
  name: string;
  /** Token that `hello` carries; asked for at each connection. Absent where the transport signs in. */
  token?: () => string | null;
  /** Without it a lost connection ends every call and stream. */
  reconnect?: Reconnect;
}

/** Options of {@link Client.call}. */
export interface CallOptions {
  signal?: CancelSignal;
  /** Idempotency key, 1 to 200 characters: a repeated call with it gets the stored answer. */
  idem?: string;
}

/** Options of {@link Client.stream}. */
export interface StreamOptions<T> {
  /** Ends the stream; the host is told. */
  signal: CancelSignal;
  /** First item wanted is the one after this sequence number. */
  since?: number;
  onItem(item: T): void;
  /** The stream is complete. */
  onEnd?(): void;
  /** The operation failed. With {@link ClientOptions.reconnect} a lost connection is no failure: the stream is resumed. */
  onError?(error: AppError): void;
}

/** The client. */
export interface Client {
  /** One answer. @throws AppError what the host answered, or `service-unavailable` with `reason: 'offline'` */
  call<K extends CallIdOf>(
    op: K,
    input: InputOf<Operations[K]>,
    options?: CallOptions,
  ): Promise<OutputOf<Operations[K]>>;
  /** Many answers. History streams resume after a lost connection without loss or repetition. */
  stream<K extends StreamIdOf>(
    op: K,
    input: InputOf<Operations[K]>,
    options: StreamOptions<OutputOf<Operations[K]>>,
  ): void;
  /**
   * Any operation by any spelling of its id: yields one item for a call, many for a stream. A lost connection ends it.
   * @throws AppError while iterating
   */
  raw(op: string, input: unknown, options?: CallOptions): AsyncGenerator<unknown, void>;
  status(): ClientStatus;
  subscribe(listener: () => void): () => void;
  /** Connects now instead of at `retryAt`. */
  retry(): void;
  /** Ends the connection for good; what is open fails with the offline error. */
  close(): void;
}
