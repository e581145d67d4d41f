/** What the panel's pages may do, whichever door serves them: content security policies, media types, caching. */
import mime from 'mime/lite';

const policy = (...rules: string[]) => rules.join('; ');

/**
 * Rules that every page shares. Mantine, CodeMirror and the API references make styles at run time, which is why styles, and
 * only styles, may be inline; scripts never are. Workers are made from blobs by the log viewer's search.
 */
const BASE = [
  "default-src 'self'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "worker-src 'self' blob:",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'self'",
];

/** Policy of the panel; it shows pictures, videos and frames of the content origin and reads files there to preview them. Null while that is closed. */
export function panelPolicy(contentOrigin: string | null): string {
  const content = contentOrigin === null ? '' : ` ${contentOrigin}`;
  const own = BASE.map((rule) => (/^(?:img|connect)-src/.test(rule) ? rule + content : rule));
  return policy(...own, `frame-src 'self'${content}`, `media-src 'self' blob:${content}`);
}

/** Policy of the API documentation. */
export const DOCS_CSP = policy(...BASE, "frame-src 'none'");

/** Headers that go with every policy. */
export const PAGE_HEADERS = {
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
} as const;

/** `Cache-Control` of a file of the panel: Vite puts a hash into the names of assets; everything else may differ after an update. */
export function cachingOf(path: string): string {
  return /^assets\/.+-[\w-]{8}\.\w+$/.test(path) ? 'max-age=31536000, immutable' : 'no-cache';
}

/** Text that names its encoding, so that no page depends on a browser's guess. */
const TEXT = /^text\/|[/+]json$/;

/** Media type of a file of the panel by its extension; a browser neither shows nor runs what has no known type. */
export function mediaTypeOf(path: string): string {
  if (path.endsWith('.ico')) return 'image/x-icon'; // Registered by a vendor, so not in the short table.
  const type = mime.getType(path) ?? 'application/octet-stream';
  return TEXT.test(type) ? `${type}; charset=utf-8` : type;
}
