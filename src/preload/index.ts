/**
 * The whole bridge between the page and the desktop shell. It runs sandboxed in an isolated world: the page sees one
 * frozen object and the port, never `ipcRenderer`.
 */
import { contextBridge, ipcRenderer } from 'electron';
import { DESKTOP_GLOBAL, type DesktopBridge, PORT_CHANNEL, PORT_MESSAGE, type PortMessage } from '../contract/desktop.ts';

const { platform } = process;

// A context bridge cannot carry ports; a message to our own window can.
ipcRenderer.on(PORT_CHANNEL, ({ ports }) => {
  const message: PortMessage = { type: PORT_MESSAGE, kind: 'desktop', platform };
  window.postMessage(message, window.location.origin, ports);
});

const bridge: DesktopBridge = {
  kind: 'desktop',
  platform,
  connect: () => ipcRenderer.send(PORT_CHANNEL),
};
contextBridge.exposeInMainWorld(DESKTOP_GLOBAL, bridge);
