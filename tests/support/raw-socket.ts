/** A WebSocket client without manners: it frames what it is told and never answers a close. */
import { randomBytes } from 'node:crypto';
import net from 'node:net';

/** A connection that was upgraded. */
export interface RawSocket {
  /** Sends a text frame. */
  send(frame: object): void;
  /** Sends bytes as they are. */
  write(bytes: Buffer): void;
  /** Settles with the next pong: all that was written before the ping has been read. */
  ponged(): Promise<void>;
  /** Settles when the server has sent a close frame. */
  closing: Promise<number>;
  /** Settles when the connection is gone. */
  gone: Promise<void>;
  destroy(): void;
}

/** Upgrades a connection to `/rpc` (RFC 6455 §4). */
export async function openRawSocket(url: string, headers: Record<string, string>): Promise<RawSocket> {
  const { host, port, hostname } = new URL(url);
  const socket = net.connect(Number(port), hostname);
  const upgraded = Promise.withResolvers<void>();
  const closing = Promise.withResolvers<number>();
  const gone = Promise.withResolvers<void>();
  let rest = Buffer.alloc(0);
  let open = false;
  let onPong: (() => void) | undefined;

  socket.setNoDelay(true);
  socket.on('error', () => {});
  socket.on('close', () => gone.resolve());
  socket.on('data', (chunk: Buffer) => {
    rest = Buffer.concat([rest, chunk]);
    if (!open) {
      const end = rest.indexOf('\r\n\r\n');
      if (end === -1) return;
      open = true;
      rest = rest.subarray(end + 4);
      upgraded.resolve();
    }
    readFrames();
  });

  function readFrames(): void {
    for (;;) {
      if (rest.length < 2) return;
      const opcode = rest.readUInt8(0) & 0x0f;
      const short = rest.readUInt8(1) & 0x7f;
      const start = short === 126 ? 4 : 2;
      if (rest.length < start) return;
      const length = short === 126 ? rest.readUInt16BE(2) : short;
      if (rest.length < start + length) return;
      if (opcode === 10) onPong?.();
      if (opcode === 8) closing.resolve(rest.readUInt16BE(start));
      rest = rest.subarray(start + length);
    }
  }

  const lines = Object.entries({
    host,
    connection: 'Upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': randomBytes(16).toString('base64'),
    ...headers,
  });
  socket.write(`GET /rpc HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`);
  await upgraded.promise;

  return {
    ponged: () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      onPong = resolve;
      return promise;
    },
    closing: closing.promise,
    gone: gone.promise,
    destroy: () => socket.destroy(),
    write: (bytes) => void socket.write(bytes),
    send(frame) {
      const data = Buffer.from(JSON.stringify(frame));
      if (data.length > 125) throw new Error('only short frames are framed here');
      const mask = randomBytes(4);
      const masked = data.map((byte, index) => byte ^ (mask[index % 4] ?? 0));
      socket.write(Buffer.concat([Buffer.from([0x81, 0x80 | data.length]), mask, masked]));
    },
  };
}
