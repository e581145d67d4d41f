/**
 * The whole bridge between the page and the desktop shell. It runs sandboxed in an isolated world: the page sees two
 * facts and the port, never `ipcRenderer`.
 */
import { contextBridge, ipcRenderer, webUtils } from 'electron';
import {
  CONTENT_ORIGIN,
  DESKTOP_GLOBAL,
  type DesktopInfo,
  DROPPED_MESSAGE,
  type DroppedMessage,
  PORT_CHANNEL,
  PORT_MESSAGE,
  type PortMessage,
  READY_MESSAGE,
} from '../contract/host/desktop.ts';

const desktop = { kind: 'desktop', platform: process.platform } as const;
const info: DesktopInfo = { ...desktop, contentOrigin: CONTENT_ORIGIN };
contextBridge.exposeInMainWorld(DESKTOP_GLOBAL, info);

// Messages from frames inside the page are ignored, even of the same origin.
window.addEventListener('message', (event) => {
  if (event.source === window && event.data === READY_MESSAGE) ipcRenderer.send(PORT_CHANNEL);
});

// Before the page sees the drop: its answer comes later, as a message.
window.addEventListener(
  'drop',
  ({ isTrusted, dataTransfer }) => {
    if (!isTrusted || dataTransfer === null || dataTransfer.files.length === 0) return;
    const paths = [...dataTransfer.files].map((file) => webUtils.getPathForFile(file));
    const message: DroppedMessage = { type: DROPPED_MESSAGE, paths };
    window.postMessage(message, window.location.origin);
  },
  true,
);

// A context bridge cannot carry ports; a message to our own window can.
ipcRenderer.on(PORT_CHANNEL, ({ ports }) => {
  const message: PortMessage = { type: PORT_MESSAGE, ...desktop };
  window.postMessage(message, window.location.origin, ports);
});
