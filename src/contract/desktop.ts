/**
 * How the panel and the desktop shell meet: names and shapes that main process, preload script and page share.
 * The page asks for a port, the shell checks who asks, and one MessagePort that speaks frames.ts comes back.
 */

/** Origin of the panel in the desktop app. */
export const PANEL_ORIGIN = 'app://panel';

/** IPC channel on which the preload script asks for a port and on which the port arrives. */
export const PORT_CHANNEL = 'tabagent:port';

/** `data.type` of the window message that brings the port to the page. */
export const PORT_MESSAGE = 'tabagent:port';

/** Name of the preload script's object in the page's global scope. */
export const DESKTOP_GLOBAL = 'tabagentDesktop';

/** What the preload script gives the page. Absent in a browser, which is how the page tells the two apart. */
export interface DesktopBridge {
  kind: 'desktop';
  /** `process.platform` of the main process. */
  platform: string;
  /**
   * Asks for a new port. It arrives as a `message` event of `window` whose `data` is a {@link PortMessage}, whose
   * `source` is `window` itself and whose `ports[0]` is the port. A port asked for earlier is closed.
   */
  connect(): void;
}

/** `data` of the window message that brings a port. */
export interface PortMessage {
  type: typeof PORT_MESSAGE;
  kind: 'desktop';
  platform: string;
}
