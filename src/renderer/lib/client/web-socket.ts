/** The WebSocket door: same origin, signed in by the session token that `hello` carries. */

import type { CloseCause, Connect } from '../../../contract/client/transport.ts';
import { ANSWER_BOUNDS, parseBounded } from '../../../contract/kernel/bounds.ts';
import { CLOSE, type ServerFrame, SUBPROTOCOL } from '../../../contract/kernel/frames.ts';
import { keepSession, readSession } from './session.ts';

/** Address of the WebSocket door beside the page. */
function rpcUrl(): string {
  return `${location.protocol === 'https:' ? 'wss:' : 'ws:'}//${location.host}/rpc`;
}

/**
 * Whether the server knows this browser. A refused WebSocket upgrade looks to a page like a dead server, so the
 * question is asked over HTTP first.
 * @throws TypeError when the server cannot be reached
 */
async function isSignedIn(signal: AbortSignal): Promise<boolean> {
  const token = readSession();
  if (token === null) return false;
  const headers = { accept: 'application/json', authorization: `Bearer ${token}` };
  const answer = await fetch('/v1/auth/status', { signal, headers });
  // Only an answer of the host is a reason to forget the session, not that of something else on its port.
  if (answer.status === 401) keepSession(null);
  if (!answer.ok) return false;
  const body: unknown = await answer.json();
  return typeof body === 'object' && body !== null && 'authenticated' in body && body.authenticated === true;
}

function parse(data: unknown): ServerFrame | null {
  if (typeof data !== 'string') return null;
  try {
    const value = parseBounded(data, ANSWER_BOUNDS);
    return typeof value === 'object' && value !== null && 't' in value ? (value as ServerFrame) : null;
  } catch {
    return null;
  }
}

/** Connects to `/rpc` of the page's own origin. */
export const connectWebSocket: Connect = (events) => {
  const abort = new AbortController();
  let socket: WebSocket | null = null;
  let over = false;
  const end = (cause: CloseCause) => {
    if (over) return;
    over = true;
    events.close(cause);
  };

  isSignedIn(abort.signal).then(
    (yes) => {
      if (over) return;
      if (!yes) return end('signed_out');
      socket = new WebSocket(rpcUrl(), SUBPROTOCOL);
      socket.onopen = () => events.open();
      socket.onmessage = (event) => {
        const frame = parse(event.data);
        if (frame !== null) events.frame(frame);
      };
      socket.onclose = (event) => {
        if (event.code === CLOSE.badToken) end('signed_out');
        else end(event.code === CLOSE.refused ? 'refused' : 'lost');
      };
    },
    () => end('lost'),
  );

  return {
    send: (frame) => {
      if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(frame));
    },
    close: () => {
      over = true;
      abort.abort();
      socket?.close(1000);
    },
  };
};
