/** The desktop door: the preload hands one MessagePort to the page, and another one whenever the page asks again. */

import type { Connect, Transport, TransportEvents } from '../../../contract/client/transport.ts';
import {
  DESKTOP_GLOBAL,
  type DesktopInfo,
  PORT_MESSAGE,
  type PortMessage,
  READY_MESSAGE,
} from '../../../contract/host/desktop.ts';
import type { ClientFrame, ServerFrame } from '../../../contract/kernel/frames.ts';

/** The parts of a MessagePort that are used, so that tests can bring their own. */
export type PortLike = Pick<MessagePort, 'postMessage' | 'start' | 'close' | 'addEventListener'>;

/** Speaks frames over a port that is already there. */
export function portTransport(port: PortLike, events: TransportEvents): Transport {
  let over = false;
  port.addEventListener('message', (event) => {
    if (!over) events.frame((event as MessageEvent<ServerFrame>).data);
  });
  port.addEventListener('close', () => {
    if (over) return;
    over = true;
    events.close('lost');
  });
  port.start();
  queueMicrotask(() => {
    if (!over) events.open();
  });
  return {
    send: (frame: ClientFrame) => port.postMessage(frame),
    close: () => {
      over = true;
      port.close();
    },
  };
}

/** What the preload script exposes, `null` in a browser. */
export function desktopInfo(): DesktopInfo | null {
  return (globalThis as { [DESKTOP_GLOBAL]?: DesktopInfo })[DESKTOP_GLOBAL] ?? null;
}

/** True when the page runs inside the desktop app. */
export const isDesktop = (): boolean => desktopInfo() !== null;

function isPortMessage(data: unknown): data is PortMessage {
  return typeof data === 'object' && data !== null && 'type' in data && data.type === PORT_MESSAGE;
}

/** Connects over the preload's port. */
export const connectPort: Connect = (events) => {
  let inner: Transport | null = null;
  const onMessage = (event: MessageEvent<unknown>) => {
    const port = event.ports[0];
    if (event.source !== window || !isPortMessage(event.data) || port === undefined) return;
    window.removeEventListener('message', onMessage);
    inner = portTransport(port, events);
  };
  window.addEventListener('message', onMessage);
  window.postMessage(READY_MESSAGE, location.origin);
  return {
    send: (frame) => inner?.send(frame),
    close: () => {
      window.removeEventListener('message', onMessage);
      inner?.close();
    },
  };
};
