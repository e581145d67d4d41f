/** Locks: where pages may go, what windows they may open, which rights they get. Everything not named is refused. */
import { app, type Session, type WebContents } from 'electron';
import type { ShellLog } from '../host-port.ts';
import { isPanelPage, isPanelUrl } from '../panel/panel-url.ts';

/** The one right that the panel has; it is what "Copy" needs. */
const GRANTED = 'clipboard-sanitized-write';

/** Refuses every permission but copying text, and every device. */
export function guardSession(session: Session): void {
  session.setPermissionRequestHandler((contents, permission, answer) => {
    answer(permission === GRANTED && isPanelUrl(contents.getURL()));
  });
  session.setPermissionCheckHandler(
    (_contents, permission, origin) =>
      permission === GRANTED && isPanelUrl(origin.endsWith('/') ? origin : `${origin}/`),
  );
  session.setDevicePermissionHandler(() => false);
}

/** Locks the navigation of all pages of the program, present and future. */
export function guardContents(openExternal: (url: string) => void, log: ShellLog): void {
  app.on('web-contents-created', (_event, contents) => guard(contents, openExternal, log));
}

function guard(contents: WebContents, openExternal: (url: string) => void, log: ShellLog): void {
  contents.on('will-frame-navigate', (event) => {
    if (event.isMainFrame ? isPanelPage(event.url) : isFramed(event.url)) return;
    event.preventDefault();
    log.warn('navigation refused', { url: withoutQuery(event.url), main_frame: event.isMainFrame });
    if (event.isMainFrame) openExternal(event.url);
  });
  contents.on('will-redirect', (event) => {
    if (!isPanelUrl(event.url)) event.preventDefault();
  });
  contents.on('will-attach-webview', (event) => event.preventDefault());
  contents.setWindowOpenHandler(({ url }) => {
    if (!isViewer(url)) {
      openExternal(url);
      return { action: 'deny' };
    }
    return {
      action: 'allow',
      overrideBrowserWindowOptions: {
        autoHideMenuBar: true,
        webPreferences: { sandbox: true, contextIsolation: true, nodeIntegration: false, spellcheck: false },
      },
    };
  });
}

/** What a frame inside the panel may show: the trace viewer and what it makes itself. */
function isFramed(url: string): boolean {
  return isPanelUrl(url) || url === 'about:blank' || url === 'about:srcdoc' || url.startsWith('blob:app://panel/');
}

/** What may have a window of its own, without a preload script: the trace viewer and artifacts. */
function isViewer(url: string): boolean {
  return isPanelUrl(url) && /^\/(trace-viewer|v1\/artifacts)\//.test(new URL(url).pathname);
}

function withoutQuery(url: string): string {
  return url.replace(/[?#].*$/s, '').slice(0, 200);
}
