/** Notices a host that is gone although its connection looks open. */
import { IDLE_CLOSE_MS, PING_MS } from '../kernel/frames.ts';
import type { Timers } from './transport.ts';

/** Watches one connection at a time. */
export interface Heartbeat {
  start(): void;
  /** Something arrived. */
  heard(): void;
  stop(): void;
}

/** Pings every {@link PING_MS}; `silent` is called after {@link IDLE_CLOSE_MS} without a frame. */
export function createHeartbeat(timers: Timers, on: { ping(): void; silent(): void }): Heartbeat {
  let heardAt = 0;
  let cancel: () => void = () => {};

  function tick(): void {
    if (timers.now() - heardAt > IDLE_CLOSE_MS) return on.silent();
    on.ping();
    cancel = timers.schedule(tick, PING_MS);
  }
  const heard = () => {
    heardAt = timers.now();
  };

  return {
    start() {
      cancel();
      heard();
      cancel = timers.schedule(tick, PING_MS);
    },
    heard,
    stop: () => cancel(),
  };
}
