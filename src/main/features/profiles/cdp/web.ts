/** Which addresses are those of the web, for clients that are held to it. */
import type { Json } from '../../../../contract/kernel/scalars.ts';

const WEB = new Set(['http:', 'https:', 'data:']);
/** Chromium takes other addresses of this scheme for those of its own pages. */
const ABOUT = /^about:(?:blank|srcdoc)(?:[?#]|$)/i;

/** Whether a document at this address has the rights of whoever opened it. A new page has no address yet. */
export const isInherited = (url: string): boolean => url === '' || ABOUT.test(url);

/**
 * Whether a page at this address is one of the web. That of an error has an address of Chromium's own; a blob is what its origin is, and one
 * without is as well a file's.
 */
export function isWeb(url: string): boolean {
  if (isInherited(url) || url.startsWith('chrome-error://')) return true;
  if (!URL.canParse(url)) return false;
  const { protocol, pathname } = new URL(url);
  return WEB.has(protocol) || (protocol === 'blob:' && /^https?:/.test(pathname));
}

/**
 * A pattern of requests, with `*` and `?`, without those that are none for the web: who answers a request for a file writes a page that has the
 * rights of one. Null when nothing of it is left.
 */
export function webPattern(pattern: Json): string | null {
  if (typeof pattern !== 'string') return null;
  if (pattern.startsWith('*')) return `http${pattern}`;
  return /^http/.test(pattern) ? pattern : null;
}

/**
 * First statement of scripts that wait for new documents. They are there before the host hears where a page is, so that they have to look for
 * themselves. Nothing of them has run by then, functions that they declare hide none of these names, and the page has not begun. A page without an
 * address of its own has the base of whoever opened it.
 */
const GUARD =
  '[location.href,document.baseURI].forEach((a)=>{if(!/^(?:https?:|data:|about:|blob:https?:|chrome-error:)/.test(a))throw null});';

/** A script for new documents that ends at once where the document is not of the web. */
export const inWebPages = (source: string): string => GUARD + source;
