/** The WebSocket door as a command line reaches it: with the token that only this user can read. */
import WebSocket from 'ws';
import type { CloseCause, Connect } from '../../contract/client/transport.ts';
import { ANSWER_BOUNDS, parseBounded } from '../../contract/kernel/bounds.ts';
import { CLOSE, type ServerFrame, SUBPROTOCOL } from '../../contract/kernel/frames.ts';

const CONNECT_TIMEOUT_MS = 5000;

const CAUSES: Readonly<Record<number, CloseCause>> = { [CLOSE.badToken]: 'signed_out', [CLOSE.refused]: 'refused' };

/** A frame, or null for what no host sends: something else listens at that port. */
function read(text: string): ServerFrame | null {
  try {
    const frame = parseBounded(text, ANSWER_BOUNDS);
    return typeof frame === 'object' && frame !== null && 't' in frame ? (frame as ServerFrame) : null;
  } catch {
    return null;
  }
}

/** Connects to the host at `url`. */
export function connectWebSocket(url: string, token: string): Connect {
  return (events) => {
    const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/rpc`, SUBPROTOCOL, {
      headers: { authorization: `Bearer ${token}` },
      handshakeTimeout: CONNECT_TIMEOUT_MS,
      perMessageDeflate: false,
    });
    socket.on('open', () => events.open());
    socket.on('message', (data) => {
      const frame = read(String(data));
      if (frame === null) socket.terminate();
      else events.frame(frame);
    });
    // Followed by `close`; without a listener the error would be thrown.
    socket.on('error', () => {});
    const onClose = (code: number) => events.close(CAUSES[code] ?? 'lost');
    socket.on('close', onClose);
    return {
      send: (frame) => {
        if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(frame));
      },
      close: () => {
        socket.off('close', onClose);
        socket.close();
      },
    };
  };
}
