/** Back-pressure on streams: no item is pulled from its source before the connection can take it. */
import type { ServerFrame } from '../../../contract/kernel/frames.ts';
import type { FramePort } from './frame-port.ts';
import { HIGH_WATER_BYTES } from './limits.ts';

/** Items after which a peer whose backlog cannot be measured is pinged, to see whether it keeps up. */
const ITEMS_PER_PING = 256;
/** Unanswered pings that are allowed, so that a peer that keeps up is never waited for. */
const MAX_UNANSWERED = 4;
/** Numbers of these pings; keep-alive pings are positive. */
let nextPing = -1;

/** Says when the next stream item may be sent. */
export interface FlowControl {
  /** Settles when the port can take an item; undefined when it can right now. */
  ready(): Promise<void> | undefined;
  /** A pong arrived. */
  acknowledge(n: number): void;
  /** Releases every stream that waits. */
  close(): void;
}

/** Creates the flow control of one port. */
export function createFlowControl(port: FramePort, post: (frame: ServerFrame) => void): FlowControl {
  if (port.bufferedBytes && port.drained) {
    const { bufferedBytes, drained } = port;
    return {
      ready: () => (bufferedBytes.call(port) > HIGH_WATER_BYTES ? drained.call(port, HIGH_WATER_BYTES) : undefined),
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
