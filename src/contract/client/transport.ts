/** What a door looks like to the client: frames in both directions and an end. */
import type { ClientFrame, ServerFrame } from '../kernel/frames.ts';

/** Why a transport ended. `signed_out`: no valid session; `refused`: this origin or client is not allowed. */
export type CloseCause = 'lost' | 'signed_out' | 'refused';

/** Callbacks of a transport; `close` comes exactly once, also when it never opened. */
export interface TransportEvents {
  open(): void;
  frame(frame: ServerFrame): void;
  close(cause: CloseCause): void;
}

/** One connection. */
export interface Transport {
  /** Ignored while the connection is not open. */
  send(frame: ClientFrame): void;
  /** Ends the connection without calling back. */
  close(): void;
}

/** Opens a connection; must not call back before it has returned. */
export type Connect = (events: TransportEvents) => Transport;

/** Time, from the environment that the client runs in. */
export interface Timers {
  /** Unix ms. */
  now(): number;
  /** Runs `fn` once after `delayMs`. @returns cancels it */
  schedule(fn: () => void, delayMs: number): () => void;
}

/** The members of the web's `AbortSignal` that the client needs. */
export interface CancelSignal {
  readonly aborted: boolean;
  addEventListener(type: 'abort', listener: () => void, options?: { once?: boolean }): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}
