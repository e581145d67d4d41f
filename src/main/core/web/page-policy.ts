/** What the panel's pages may do, whichever door serves them: content security policies, media types, caching. */

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

/** Policy of the panel. */
export const PANEL_CSP = policy(...BASE, "frame-src 'self'", "media-src 'self' blob:");

/** Policy of the API documentation. */
export const DOCS_CSP = policy(...BASE, "frame-src 'none'");

/** Policy of Playwright's trace viewer: it shows recorded pages in frames whose resources are blobs and data. */
export const TRACE_VIEWER_CSP = policy(
  "default-src 'self'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline' blob: data:",
  "img-src 'self' data: blob:",
  "font-src 'self' data: blob:",
  "media-src 'self' data: blob:",
  "connect-src 'self' data: blob:",
  "worker-src 'self' blob:",
  "frame-src 'self' blob: data:",
  "object-src 'none'",
  "base-uri 'self'",
  "form-action 'none'",
  "frame-ancestors 'self'",
);

/** Headers that go with every policy. */
export const PAGE_HEADERS = {
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
} as const;

/** Policy of a file of the panel, by its path below the panel's root without a leading slash. */
export function panelPolicyOf(path: string): string {
  return path.startsWith('trace-viewer/') ? TRACE_VIEWER_CSP : PANEL_CSP;
}

/** `Cache-Control` of a file of the panel: Vite puts a hash into the names of assets; everything else may differ after an update. */
export function cachingOf(path: string): string {
  return /^assets\/.+-[\w-]{8}\.\w+$/.test(path) ? 'max-age=31536000, immutable' : 'no-cache';
}

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  mjs: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  json: 'application/json; charset=utf-8',
  map: 'application/json; charset=utf-8',
  webmanifest: 'application/manifest+json; charset=utf-8',
  svg: 'image/svg+xml',
  png: 'image/png',
  jpg: 'image/jpeg',
  webp: 'image/webp',
  ico: 'image/x-icon',
  woff: 'font/woff',
  woff2: 'font/woff2',
  ttf: 'font/ttf',
  wasm: 'application/wasm',
  txt: 'text/plain; charset=utf-8',
};

/** Media type of a file by its extension. */
export function mediaTypeOf(path: string): string {
  return MEDIA_TYPES[path.slice(path.lastIndexOf('.') + 1).toLowerCase()] ?? 'application/octet-stream';
}
