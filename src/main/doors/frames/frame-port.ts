/** What a door provides so that frames can travel over it. */
import type { ServerFrame } from '../../../contract/kernel/frames.ts';

/** One connection that carries frames: an IPC port, a WebSocket, a data channel, memory. */
export interface FramePort {
  /** Sends one frame; ignored once closed. */
  post(frame: ServerFrame): void;
  /** Called with each message; an `AppError` stands for one that could not be read. */
  /** `bytes` is the size of the message where it came from outside. */
  onMessage(listener: (message: unknown, bytes?: number) => void): void;
  /** Called once, whichever side closed. */
  onClose(listener: () => void): void;
  /** Code and reason are for doors that have them. */
  close(code?: number, reason?: string): void;
  /** Bytes waiting to be sent. Without it, streams are paced by the peer's pongs instead. */
  bufferedBytes?(): number;
  /** Settles once at most `bytes` wait, or the port is closed. */
  drained?(bytes: number): Promise<void>;
}
