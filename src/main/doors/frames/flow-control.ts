/** Pacing of streams: no item is pulled from its source before the connection can take it. */
import type { ServerFrame } from '../../../contract/kernel/frames.ts';
import type { FramePort } from './frame-port.ts';

/** Bytes that may wait in a port that counts them. */
const MAX_BUFFERED_BYTES = 1024 * 1024;
/** Items after which a peer that cannot be measured is asked whether it keeps up. */
const ITEMS_PER_PING = 256;
/** Unanswered questions that are allowed, so that a peer that keeps up is never waited for. */
const MAX_UNANSWERED = 4;
/** Numbers of these pings; keep-alive pings are positive. */
let nextPing = -1;

/** Says when the next stream item may be sent. */
export interface Window {
  /** Settles when the port can take an item; undefined when it can right now. */
  ready(): Promise<void> | undefined;
  acknowledge(n: number): void;
  /** Lets everybody who waits go on. */
  close(): void;
}

/** Creates the pacing of one port. */
export function createWindow(port: FramePort, post: (frame: ServerFrame) => void): Window {
  if (port.bufferedBytes && port.drained) {
    const { bufferedBytes, drained } = port;
    return {
      ready: () => (bufferedBytes.call(port) > MAX_BUFFERED_BYTES ? drained.call(port) : undefined),
      acknowledge: () => {},
      close: () => {},
    };
  }

  const unanswered = new Set<number>();
  let sent = 0;
  let waiting: { promise: Promise<void>; go: () => void } | undefined;

  const release = () => {
    waiting?.go();
    waiting = undefined;
  };

  return {
    ready() {
      sent += 1;
      if (sent % ITEMS_PER_PING === 0) {
        unanswered.add(nextPing);
        post({ t: 'ping', n: nextPing });
        nextPing -= 1;
      }
      if (unanswered.size < MAX_UNANSWERED) return undefined;
      if (!waiting) {
        const { promise, resolve } = Promise.withResolvers<void>();
        waiting = { promise, go: resolve };
      }
      return waiting.promise;
    },
    acknowledge(n) {
      if (unanswered.delete(n)) release();
    },
    close() {
      unanswered.clear();
      release();
    },
  };
}
