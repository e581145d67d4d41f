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
 * Why the server would not let this browser in, null when it does. A refused WebSocket upgrade looks to a page like a dead server, so
 * the question is asked over HTTP first. A host that is stopping still answers on connections that are open: only what it says of this
 * browser counts, everything else is a host that cannot be reached.
 * @throws TypeError when the server cannot be reached
 */
async function refusal(signal: AbortSignal): Promise<CloseCause | null> {
  const token = readSession();
  if (token === null) return 'signed_out';
  const headers = { accept: 'application/json', authorization: `Bearer ${token}` };
  const answer = await fetch('/v1/auth/status', { signal, headers });
  // Only an answer of the host is a reason to forget the session, not that of something else on its port.
  if (answer.status === 401) {
    keepSession(null);
    return 'signed_out';
  }
  if (answer.status === 403 || answer.status === 421) return 'refused';
  if (!answer.ok) return 'lost';
  const body: unknown = await answer.json();
  const isKnown = typeof body === 'object' && body !== null && 'authenticated' in body && body.authenticated === true;
  return isKnown ? null : 'signed_out';
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

  refusal(abort.signal).then(
    (cause) => {
      if (over) return;
      if (cause !== null) return end(cause);
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
