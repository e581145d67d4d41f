/**
 * How the panel and the desktop shell meet: names and shapes that main process, preload script and page share.
 * The page says that it is ready, the shell checks who asks, and one MessagePort that speaks frames.ts comes back.
 */

/** Origin of the panel in the desktop app. */
export const PANEL_ORIGIN = 'app://panel';

/** Origin of recorded and downloaded content in the desktop app; over HTTP it is a second port of the host. */
export const CONTENT_ORIGIN = 'content://artifacts';

/** IPC channel on which the preload script asks for a port and on which the port arrives. */
export const PORT_CHANNEL = 'tabagent:port';

/** Window message by which the page asks for a port; may be sent again, which ends the port before. */
export const READY_MESSAGE = 'tabagent:ready';

/** `data.type` of the window message that brings the port in `ports[0]`; its `source` is the window itself. */
export const PORT_MESSAGE = 'tabagent:port';

/** `data` of the window message that brings a port. */
export interface PortMessage {
  type: typeof PORT_MESSAGE;
  kind: 'desktop';
  /** `process.platform` of the main process. */
  platform: string;
}

/** `data.type` of the window message that tells where dropped files lie; the page's own event does not say. */
export const DROPPED_MESSAGE = 'tabagent:dropped';

/** `data` of that message. */
export interface DroppedMessage {
  type: typeof DROPPED_MESSAGE;
  /** Absolute paths, in the order of the files. */
  paths: readonly string[];
}

/** Name of the preload script's object in the page's global scope; absent in a browser. */
export const DESKTOP_GLOBAL = 'tabagentDesktop';

/** What the page knows from its first line on. */
export interface DesktopInfo {
  kind: 'desktop';
  /** `process.platform` of the main process. */
  platform: string;
  /** {@link CONTENT_ORIGIN}: where the page finds what tasks recorded. */
  contentOrigin: string;
}
