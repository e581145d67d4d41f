/** The channel to the host: Node's IPC, or the message port of an Electron utility process. */

/** Both channels, seen from the child. */
export interface Port {
  /** Sends one structured-cloneable message; ignored once the host has gone. */
  send(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
  /** Called once when the host has gone or has closed the channel. */
  onClose(listener: () => void): void;
  /** Resolves when everything sent so far has been handed to the system. */
  flush(): Promise<void>;
}

/** Electron's `process.parentPort`, of which only this much is used. */
interface ParentPort {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (event: { data: unknown }) => void): void;
  on(event: 'close', listener: () => void): void;
}

function parentPort(): ParentPort | undefined {
  const port: unknown = Reflect.get(process, 'parentPort');
  // Only Electron defines it, and as an object of this shape.
  return typeof port === 'object' && port !== null ? (port as ParentPort) : undefined;
}

function electronPort(port: ParentPort): Port {
  return {
    send: (message) => port.postMessage(message),
    onMessage: (listener) => port.on('message', (event) => listener(event.data)),
    onClose: (listener) => port.on('close', listener),
    // Chromium's pipe is written before the process ends, but from another thread: give it one turn.
    flush: () => new Promise((resolve) => setImmediate(resolve)),
  };
}

function nodePort(): Port {
  const pending = new Set<Promise<void>>();
  return {
    send(message) {
      if (!process.connected) return;
      const sent = new Promise<void>((resolve) => {
        process.send?.(message, undefined, undefined, () => resolve());
      });
      pending.add(sent);
      void sent.then(() => pending.delete(sent));
    },
    onMessage: (listener) => void process.on('message', listener),
    onClose: (listener) => void process.once('disconnect', listener),
    async flush() {
      await Promise.all(pending);
    },
  };
}

/**
 * Opens the channel that this process was started with.
 * @throws Error when it was started by hand
 */
export function openPort(): Port {
  const port = parentPort();
  if (port !== undefined) return electronPort(port);
  if (process.send === undefined) throw new Error('this program is started by TabAgent and talks to it over IPC');
  return nodePort();
}
