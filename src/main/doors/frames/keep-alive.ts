/** Pings of a connection that cannot see its peer die, and the end of a silent one. */
import { IDLE_CLOSE_MS, PING_MS } from '../../../contract/kernel/frames.ts';
import type { Clock } from '../../core/clock.ts';

/** Watches one connection. */
export interface KeepAlive {
  /** Last round trip, ms. */
  readonly rttMs: number | null;
  /** Something arrived. */
  heard(): void;
  pong(n: number): void;
  stop(): void;
}

/** Starts to watch. `silent` is called once, after {@link IDLE_CLOSE_MS} without a message. */
export function createKeepAlive(clock: Clock, on: { ping(n: number): void; silent(): void }): KeepAlive {
  let rttMs: number | null = null;
  let lastHeard = clock.monotonic();
  let pingNumber = 0;
  let pingedAt = 0;
  let cancel = clock.schedule(tick, PING_MS);

  function tick(): void {
    const silence = clock.monotonic() - lastHeard;
    if (silence >= IDLE_CLOSE_MS) return on.silent();
    pingNumber += 1;
    pingedAt = clock.monotonic();
    on.ping(pingNumber);
    cancel = clock.schedule(tick, Math.min(PING_MS, Math.max(1, IDLE_CLOSE_MS - silence)));
  }

  return {
    get rttMs() {
      return rttMs;
    },
    heard() {
      lastHeard = clock.monotonic();
    },
    pong(n) {
      if (n === pingNumber) rttMs = Math.round((clock.monotonic() - pingedAt) * 10) / 10;
    },
    stop: () => cancel(),
  };
}
