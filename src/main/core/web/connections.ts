/** What a listener takes from connections that it does not know yet: how much in one request head, and from how many at once. */
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';

/**
 * Largest request head, bytes. A browser sends the cookies of a host to all its ports, and keeps 180 of 4 KiB each (Chromium, Firefox):
 * any other local server could otherwise make every request to this one too large.
 */
export const MAX_HEAD_BYTES = 768 * 1024;
/** Largest request head without its cookies, which nothing here reads; characters. */
export const MAX_HEAD_WITHOUT_COOKIES = 16 * 1024;

/** Whether a request head is too large when its cookies are left out. */
export function isHeadTooLarge({ url = '', rawHeaders }: Pick<IncomingMessage, 'url' | 'rawHeaders'>): boolean {
  let length = url.length;
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? '';
    const value = rawHeaders[index + 1] ?? '';
    if (length + name.length + value.length <= MAX_HEAD_WITHOUT_COOKIES) length += name.length + value.length;
    else if (name.toLowerCase() !== 'cookie') return true;
  }
  return length > MAX_HEAD_WITHOUT_COOKIES;
}

/** The connections of a door whose other end is not known. */
export interface UnknownConnections {
  watch(server: Server): void;
  /** Takes a connection out: its other end is known now, or has a limit elsewhere. */
  known(socket: Duplex): void;
}

/**
 * Keeps at most `most` of them. Beyond that the oldest gives way, because refusing the newest would let anybody who holds enough of them
 * lock the operator's browser out. Memory before trust is bounded by as many request heads.
 */
export function limitUnknown(most: number): UnknownConnections {
  const unknown = new Set<Duplex>();
  return {
    watch(server) {
      server.on('connection', (socket: Duplex) => {
        const [oldest] = unknown;
        if (unknown.size >= most && oldest) {
          unknown.delete(oldest);
          oldest.destroy();
        }
        unknown.add(socket);
        socket.once('close', () => unknown.delete(socket));
      });
    },
    known: (socket) => void unknown.delete(socket),
  };
}
