/** The WebSocket door as a command line reaches it: with the token that only this user can read. */
import WebSocket from 'ws';
import type { CloseCause, Connect } from '../../contract/client/transport.ts';
import { CLOSE, type ServerFrame, SUBPROTOCOL } from '../../contract/kernel/frames.ts';

const CONNECT_TIMEOUT_MS = 5000;

const CAUSES: Readonly<Record<number, CloseCause>> = { [CLOSE.badToken]: 'signed_out', [CLOSE.refused]: 'refused' };

/** Connects to the host at `url`. */
export function connectWebSocket(url: string, token: string): Connect {
  return (events) => {
    const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/rpc`, SUBPROTOCOL, {
      headers: { authorization: `Bearer ${token}` },
      handshakeTimeout: CONNECT_TIMEOUT_MS,
      perMessageDeflate: false,
    });
    socket.on('open', () => events.open());
    socket.on('message', (data) => events.frame(JSON.parse(String(data)) as ServerFrame));
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
