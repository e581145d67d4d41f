/** The IPC door: one MessagePort for the panel's page, handed out after its sender was checked. */
import { ipcMain, MessageChannelMain, type MessagePortMain, type WebContents, type WebFrameMain } from 'electron';
import { PORT_CHANNEL } from '../../contract/host/desktop.ts';
import { boundedFrame } from '../../contract/kernel/bounds.ts';
import { createListeners } from '../core/listeners.ts';
import type { Principal } from '../core/operation/operation.ts';
import type { DesktopPort, FramePort, ShellLog } from './host-port.ts';
import { isPanelPage } from './panel/panel-url.ts';

/** The person at the computer: everything is allowed and nothing is limited. */
export const DESKTOP_PRINCIPAL: Principal = {
  kind: 'panel',
  id: 'desktop',
  name: 'Desktop panel',
  scope: 'admin',
  areas: ['models', 'automation', 'host', 'any'],
  rateMultiplier: Number.POSITIVE_INFINITY,
};

/** What the door needs. */
export interface IpcDoorDeps {
  connectPort: DesktopPort['connectPort'];
  /** Contents of the panel's window, null while there is none. */
  panel(): WebContents | null;
  log: ShellLog;
}

/**
 * Opens the door. A page has one port: asking again, leaving the page, a crash and closing the window all end the port
 * before, and with it the calls that ran over it.
 * @returns closes the door and its port
 */
export function openIpcDoor({ connectPort, panel, log }: IpcDoorDeps): () => void {
  let disconnect: (() => void) | null = null;
  const close = () => {
    disconnect?.();
    disconnect = null;
  };
  const watched = new WeakSet<WebContents>();

  const onRequest = (event: Electron.IpcMainEvent) => {
    const frame = event.senderFrame;
    if (event.sender !== panel() || frame === null || !isPanelFrame(frame)) {
      log.warn('a port was refused', { url: frame?.url.slice(0, 200) ?? null });
      return;
    }
    close();
    if (!watched.has(event.sender)) {
      watched.add(event.sender);
      event.sender.on('did-navigate', close);
      event.sender.on('render-process-gone', close);
      event.sender.on('destroyed', close);
    }
    const { port1, port2 } = new MessageChannelMain();
    disconnect = connectPort(framePort(port1, log), DESKTOP_PRINCIPAL);
    frame.postMessage(PORT_CHANNEL, null, [port2]);
  };

  ipcMain.on(PORT_CHANNEL, onRequest);
  return () => {
    ipcMain.off(PORT_CHANNEL, onRequest);
    close();
  };
}

/** Whether a frame is the panel's page itself: on top, and of our own origin. */
export function isPanelFrame(frame: Pick<WebFrameMain, 'parent' | 'url' | 'detached'>): boolean {
  return !frame.detached && frame.parent === null && isPanelPage(frame.url);
}

function framePort(port: MessagePortMain, log: ShellLog): FramePort {
  const closed = createListeners<[]>((error) => log.error("a listener of the panel's port failed", { error }));
  let open = true;
  const ended = () => {
    if (!open) return;
    open = false;
    closed.notify();
  };
  // The event is emitted only when the other end closes.
  port.once('close', ended);
  return {
    post: (frame) => {
      if (open) port.postMessage(frame);
    },
    onMessage: (listener) => {
      port.on('message', (event) => listener(boundedFrame(event.data)));
      port.start();
    },
    onClose: (listener) => void closed.add(listener),
    close: () => {
      port.close();
      ended();
    },
  };
}
