/** The client as the panel sees it. */

import type { CallIdOf, Operations, StreamIdOf } from '../../../contract/index.ts';
import type { InputOf, OutputOf } from '../../../contract/kernel/define.ts';
import type { AppError } from '../../../contract/kernel/errors.ts';
import type { PrincipalInfo } from '../../../contract/kernel/frames.ts';

/** What the connection is doing. `signed_out` and `refused` do not retry by themselves. */
export type Phase = 'connecting' | 'online' | 'offline' | 'signed_out' | 'refused';

/** State of the connection; a new object on every change. */
export interface ClientStatus {
  phase: Phase;
  /** Unix ms of the next attempt while offline. */
  retryAt: number | null;
  principal: PrincipalInfo | null;
  /** Version of the host, once it said welcome. */
  version: string | null;
  /** How often the connection came up; more than one means it was lost in between. */
  connections: number;
}

/** Options of {@link Client.call}. */
export interface CallOptions {
  signal?: AbortSignal;
  /** Idempotency key (api.md §4.5). */
  idem?: string;
}

/** Options of {@link Client.stream}. */
export interface StreamOptions<T> {
  /** Ends the stream; the host is told. */
  signal: AbortSignal;
  /** First item wanted is the one after this sequence number. */
  since?: number;
  onItem(item: T): void;
  /** The host has nothing more to say. */
  onEnd?(): void;
  /** The operation failed. A lost connection is not a failure: the stream goes on where it was. */
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
  status(): ClientStatus;
  subscribe(listener: () => void): () => void;
  /** Connects now instead of at `retryAt`. */
  retry(): void;
  close(): void;
}
