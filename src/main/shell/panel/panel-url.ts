/** Addresses of the panel inside the app, and which addresses are ours. */
import { CONTENT_ORIGIN, PANEL_ORIGIN } from '../../../contract/host/desktop.ts';

/** The custom scheme; standard and secure, so that it has origins, storage and the rights of https. */
export const PANEL_SCHEME = 'app';
const PANEL_HOST = 'panel';
/** The scheme of recorded and downloaded content: an origin of its own, without the panel's storage and port. */
export const CONTENT_SCHEME = 'content';

/** The panel's page. */
export const PANEL_PAGE = `${PANEL_ORIGIN}/index.html`;

/**
 * Address of a screen.
 * @param route path of the panel's hash history, for example `/tasks/tsk_…`
 */
export function panelUrl(route = '/'): string {
  return `${PANEL_PAGE}#${route}`;
}

/** Whether an address belongs to the panel's origin. Node knows no origin for custom schemes, so the parts are compared. */
export function isPanelUrl(url: string): boolean {
  const parsed = URL.parse(url);
  return (
    parsed !== null && parsed.protocol === `${PANEL_SCHEME}:` && parsed.host === PANEL_HOST && parsed.username === ''
  );
}

/** Whether an address belongs to the origin of recorded and downloaded content. */
export function isContentUrl(url: string): boolean {
  const parsed = URL.parse(url);
  return parsed !== null && `${parsed.protocol}//${parsed.host}` === CONTENT_ORIGIN && parsed.username === '';
}

/** Whether an address is the panel's page itself, on any screen. */
export function isPanelPage(url: string): boolean {
  const parsed = URL.parse(url);
  return isPanelUrl(url) && (parsed?.pathname === '/index.html' || parsed?.pathname === '/');
}
