/** `ipcMain` and message ports of the stand-in's main process. */
import { EventEmitter } from 'node:events';
import type { MessagePortMain as RealPort } from 'electron';

/** `ipcMain`. */
export const ipcMain = new EventEmitter();

/** Where the other end of a transferred port lives. */
export interface RemoteEnd {
  post(data: unknown): void;
  close(): void;
}

type PortShape = Pick<RealPort, 'postMessage' | 'start' | 'close'>;

/** One end of a channel. Messages wait until `start`, as in Electron. */
export class MessagePortMain extends EventEmitter implements PortShape {
  #other: MessagePortMain | RemoteEnd | null = null;
  #started = false;
  #waiting: unknown[] = [];
  #closed = false;

  /** Connects this end; for {@link MessageChannelMain} and for transfers. */
  connect(other: MessagePortMain | RemoteEnd): void {
    this.#other = other;
  }

  /** The end that stays in the main process when this one is transferred. */
  peer(): MessagePortMain {
    if (!(this.#other instanceof MessagePortMain)) throw new Error('this port was transferred already');
    return this.#other;
  }

  postMessage(message: unknown): void {
    if (this.#closed || this.#other === null) return;
    // What Electron cannot clone must fail here too.
    const data: unknown = structuredClone(message);
    if (this.#other instanceof MessagePortMain) this.#other.receive(data);
    else this.#other.post(data);
  }

  /** A message from the other end. */
  receive(data: unknown): void {
    if (this.#started) setImmediate(() => this.emit('message', { data, ports: [] }));
    else this.#waiting.push(data);
  }

  start(): void {
    this.#started = true;
    for (const data of this.#waiting.splice(0)) this.receive(data);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    const other = this.#other;
    if (other instanceof MessagePortMain) other.ended();
    else other?.close();
  }

  /** The other end has gone. */
  ended(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.emit('close');
  }
}

/** Two connected ports. */
export class MessageChannelMain {
  readonly port1 = new MessagePortMain();
  readonly port2 = new MessagePortMain();

  constructor() {
    this.port1.connect(this.port2);
    this.port2.connect(this.port1);
  }
}
