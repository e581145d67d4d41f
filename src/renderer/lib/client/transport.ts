/** What a door looks like to the client: frames in both directions and an end. */
import type { ClientFrame, ServerFrame } from '../../../contract/kernel/frames.ts';

/** Why a transport ended. `signed_out`: no valid session; `refused`: this origin or client is not welcome. */
export type CloseCause = 'lost' | 'signed_out' | 'refused';

/** Callbacks of a transport; `close` comes exactly once, also when it never opened. */
export interface TransportEvents {
  open(): void;
  frame(frame: ServerFrame): void;
  close(cause: CloseCause): void;
}

/** One connection. */
export interface Transport {
  send(frame: ClientFrame): void;
  /** Ends the connection without calling back. */
  close(): void;
}

/** Opens a connection; must not call back before it has returned. */
export type Connect = (events: TransportEvents) => Transport;
