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
 * Ends a script that is not in a page of the web. The host hears of a page after it is there, so that scripts have to look for themselves. In pages of
 * the web, which may have changed whatever can be changed, nothing is used that can be; elsewhere nothing of the client has run before, and nothing
 * that it declares hides these names. A page without an address of its own has the base of whoever opened it; worklets have none at all.
 */
const GUARD =
  "if(typeof location==='object'&&location.protocol!=='https:'&&location.protocol!=='http:')" +
  "[location.href,typeof document==='object'?document.baseURI:'about:'].forEach((a)=>{if(!/^(?:https?:|data:|about:|blob:https?:|chrome-error:)/.test(a))throw null});";

/** A script that ends at once where it is not in a page of the web. */
export const inWebPages = (source: string): string => GUARD + source;

/** A function, in the text of one, that is none elsewhere: whatever the text is, its beginning is computed first. */
export const calledInWebPages = (declaration: string): string => `(()=>{${GUARD}})(),${declaration}`;
