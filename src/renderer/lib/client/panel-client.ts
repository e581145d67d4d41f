/** The panel's client: over the desktop's port or the WebSocket beside the page, reconnecting by itself. */
import { createClient, defaultBackoff } from '../../../contract/client/client.ts';
import type { Client } from '../../../contract/client/client-types.ts';
import type { Timers } from '../../../contract/client/transport.ts';
import { contract } from '../../../contract/index.ts';
import { connectPort, isDesktop } from './message-port.ts';
import { readSession } from './session.ts';
import { connectWebSocket } from './web-socket.ts';

const timers: Timers = {
  now: () => Date.now(),
  schedule(fn, delayMs) {
    const timer = setTimeout(fn, delayMs);
    return () => clearTimeout(timer);
  },
};

/** Creates the client and starts to connect. */
export function createPanelClient(): Client {
  return createClient({
    name: 'panel',
    connect: isDesktop() ? connectPort : connectWebSocket,
    timers,
    token: readSession,
    reconnect: { backoff: defaultBackoff, isHistory: (op) => contract[op].history },
  });
}
