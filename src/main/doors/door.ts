/** What the host does with a door, whichever it is. */
import type { DoorName } from '../core/operation/operation.ts';

/** Where a door that listens on the network listens. */
export interface DoorAddress {
  host: string;
  /** 0: any that is free. */
  port: number;
}

/** One way in. */
export interface Door {
  readonly name: DoorName;
  /** Begins to serve; may be called again after it failed. @throws errors of the system */
  start(address: DoorAddress): Promise<void>;
  /** Refuses new work at once, gives what runs `graceMs`, then closes its connections. */
  stop(graceMs: number): Promise<void>;
}
