/** Locks: where pages may go, what windows they may open, which rights they get. Everything not named is refused. */
import { app, type Session, type WebContents } from 'electron';
import { CONTENT_ORIGIN } from '../../../contract/host/desktop.ts';
import type { ShellLog } from '../host-port.ts';
import { isContentUrl, isPanelPage, isPanelUrl } from '../panel/panel-url.ts';

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
    openExternal(url);
    return { action: 'deny' };
  });
}

/** What a frame inside the panel may show: recorded content on its own origin, and what the trace viewer makes of it. */
function isFramed(url: string): boolean {
  return (
    isContentUrl(url) || url === 'about:blank' || url === 'about:srcdoc' || url.startsWith(`blob:${CONTENT_ORIGIN}/`)
  );
}

function withoutQuery(url: string): string {
  return url.replace(/[?#].*$/s, '').slice(0, 200);
}
