/** A frame port over anything shaped like a MessagePort: Node's `worker_threads`, Electron's `MessagePortMain`. */
import { boundedFrame } from '../../../contract/kernel/bounds.ts';
import type { FramePort } from './frame-port.ts';

/** The part of a message port that is used. Electron wraps messages in an event with `data`, Node does not. */
export interface MessagePortLike {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (message: unknown) => void): unknown;
  on(event: 'close', listener: () => void): unknown;
  start(): void;
  close(): void;
}

/** Adapts a port and starts it with the first listener. Frames travel by structured clone. */
export function messagePort(
  port: MessagePortLike,
  unwrap: (message: unknown) => unknown = (message) => message,
): FramePort {
  let open = true;
  port.on('close', () => {
    open = false;
  });
  return {
    post(frame) {
      if (open) port.postMessage(frame);
    },
    onMessage(listener) {
      port.on('message', (message) => listener(boundedFrame(unwrap(message))));
      port.start();
    },
    onClose: (listener) => void port.on('close', listener),
    close: () => port.close(),
  };
}
