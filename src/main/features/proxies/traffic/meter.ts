/** Counts what goes through a forwarder, at the sockets of its browser, by the host that it goes to. TLS stays closed. */
import type { Socket } from 'node:net';
import type { Traffic } from '../../../../contract/automation/profile/traffic.ts';

/** Bytes by host. */
export type ByHost = Map<string, Traffic>;

/** Hosts that are told apart; a page that makes names up cannot fill the memory. */
const MOST_HOSTS = 200;
/** Where the rest is summed; no host is called so. */
export const OTHERS = '';

/** Adds to what a host has. */
export function addTo(sums: ByHost, host: string, { up_bytes, down_bytes }: Traffic): void {
  const key = sums.has(host) || sums.size < MOST_HOSTS ? host : OTHERS;
  const sum = sums.get(key) ?? { up_bytes: 0, down_bytes: 0 };
  sums.set(key, { up_bytes: sum.up_bytes + up_bytes, down_bytes: sum.down_bytes + down_bytes });
}

export const NONE: Traffic = { up_bytes: 0, down_bytes: 0 };

export const plus = (one: Traffic, other: Traffic): Traffic => ({
  up_bytes: one.up_bytes + other.up_bytes,
  down_bytes: one.down_bytes + other.down_bytes,
});

/** Of all hosts. */
export const sumOf = (sums: ByHost): Traffic => [...sums.values()].reduce(plus, NONE);

/** Both ways together. */
export const both = ({ up_bytes, down_bytes }: Traffic): number => up_bytes + down_bytes;

export interface Meter {
  /** From now on a connection is for `host`; the same connection may serve many. */
  watch(socket: Socket, host: string): void;
  /** What came since the last time. */
  take(): ByHost;
}

/** Creates a meter. Reading the counters of sockets costs nothing per chunk. */
export function createMeter(): Meter {
  const open = new Map<Socket, { host: string; up: number; down: number }>();
  let fresh: ByHost = new Map();
  const settle = (socket: Socket): void => {
    const seen = open.get(socket);
    if (seen === undefined) return;
    // A socket that is destroyed forgets what it had not sent yet.
    const up_bytes = Math.max(0, socket.bytesRead - seen.up);
    const down_bytes = Math.max(0, socket.bytesWritten - seen.down);
    if (up_bytes + down_bytes === 0) return;
    addTo(fresh, seen.host, { up_bytes, down_bytes });
    seen.up += up_bytes;
    seen.down += down_bytes;
  };
  return {
    watch(socket, host) {
      const seen = open.get(socket);
      if (seen !== undefined) {
        settle(socket);
        seen.host = host;
        return;
      }
      open.set(socket, { host, up: 0, down: 0 });
      socket.once('close', () => {
        settle(socket);
        open.delete(socket);
      });
    },
    take() {
      for (const socket of open.keys()) settle(socket);
      const taken = fresh;
      fresh = new Map();
      return taken;
    },
  };
}
