/** What a page of the stand-in runs before its own scripts: the preload script in an isolated world, as in Electron. */
import { readFileSync } from 'node:fs';

/** Name of the isolated world. */
export const WORLD = 'Electron Isolated Context';
/** Function by which the isolated world talks to the main process. */
export const BINDING = '__standInSend';
/** Object of the isolated world that the main process talks to. */
export const RECEIVER = '__standIn';

const EXPOSE_EVENT = '__stand-in-expose';

/** Script of the page's own world: takes over what `contextBridge` exposes, before any script of the page runs. */
export const MAIN_WORLD_SOURCE = `(() => {
  if (window !== window.top) return;
  const freeze = (value) => {
    if (typeof value === 'object' && value !== null) { Object.values(value).forEach(freeze); Object.freeze(value); }
    return value;
  };
  window.addEventListener('${EXPOSE_EVENT}', (event) => {
    event.stopImmediatePropagation();
    const { name, value } = JSON.parse(event.detail);
    Object.defineProperty(window, name, { value: freeze(value), enumerable: true });
  }, true);
})()`;

/**
 * Script of the isolated world: `ipcRenderer` and `contextBridge` over {@link BINDING}, then the preload script inside
 * a function, with the `require` and `process` that Electron's sandbox offers. Values cross as JSON; the bridge
 * exposes data only.
 */
export function isolatedSource(preloadFile: string): string {
  return `(() => {
  if (window !== window.top || location.href === 'about:blank') return;
  const send = (message) => globalThis.${BINDING}(JSON.stringify(message));
  const listeners = new Map();
  const ports = new Map();
  const ipcRenderer = {
    on(channel, listener) { listeners.set(channel, [...(listeners.get(channel) ?? []), listener]); return ipcRenderer; },
    send(channel, ...args) { send({ t: 'ipc', channel, args }); },
  };
  const contextBridge = {
    exposeInMainWorld(name, value) {
      const check = (part) => {
        if (typeof part === 'function') throw new Error('the stand-in exposes data only');
        if (typeof part === 'object' && part !== null) Object.values(part).forEach(check);
      };
      check(value);
      window.dispatchEvent(new CustomEvent('${EXPOSE_EVENT}', { detail: JSON.stringify({ name, value }) }));
    },
  };
  globalThis.${RECEIVER} = {
    ipc(channel, args, portIds) {
      const received = portIds.map((id) => {
        const { port1, port2 } = new MessageChannel();
        ports.set(id, port1);
        port1.onmessage = (event) => send({ t: 'port', id, data: event.data });
        port1.addEventListener('close', () => { ports.delete(id); send({ t: 'port-close', id }); });
        return port2;
      });
      for (const listener of listeners.get(channel) ?? []) listener({ ports: received }, ...args);
    },
    port(id, data) { ports.get(id)?.postMessage(data); },
    closePort(id) { ports.get(id)?.close(); ports.delete(id); },
  };
  const require = (name) => {
    if (name === 'electron') return { ipcRenderer, contextBridge };
    throw new Error('module not found: ' + name);
  };
  const process = { platform: ${JSON.stringify(process.platform)}, contextIsolated: true, sandboxed: true, type: 'renderer' };
  const module = { exports: {} };
  (function (require, module, exports, process) {
${readFileSync(preloadFile, 'utf8')}
  })(require, module, module.exports, process);
})()`;
}
