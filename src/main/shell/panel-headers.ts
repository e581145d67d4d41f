/** Response headers of `app://panel`: content security policies and what goes with them. */

/**
 * Policy of the panel. Mantine and CodeMirror make `<style>` elements and `style` attributes at run time, which is why
 * styles, and only styles, may be inline; scripts never are. Workers are made from blobs by the log viewer's search.
 */
const PANEL_CSP = [
  "default-src 'self'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self' data:",
  "media-src 'self' blob:",
  "connect-src 'self'",
  "worker-src 'self' blob:",
  "frame-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'self'",
].join('; ');

/** Policy of Playwright's trace viewer: it shows recorded pages in frames whose resources are blobs and data. */
const TRACE_VIEWER_CSP = [
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
].join('; ');

/** Policy of artifacts: whatever a task brought home is data here and never runs with the panel's rights. */
const ARTIFACT_CSP = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; media-src 'self'; sandbox";

const COMMON = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
} as const;

/** Headers of a file of the panel; `path` is its URL path. */
export function pageHeaders(path: string): Record<string, string> {
  const immutable = /^\/assets\/.+-[\w-]{8}\.\w+$/.test(path);
  return {
    ...COMMON,
    'content-security-policy': path.startsWith('/trace-viewer/') ? TRACE_VIEWER_CSP : PANEL_CSP,
    // Vite puts a hash into the names of assets; everything else may differ after an update.
    'cache-control': immutable ? 'max-age=31536000, immutable' : 'no-cache',
  };
}

/** Types that a browser can show but not run. */
const SHOWN = /^(image\/(?!svg)|video\/|audio\/|text\/plain|application\/(json|pdf)$)/;

/** Headers of an artifact. Anything that is not plainly passive is offered for saving only. */
export function artifactHeaders(content: { name: string; mime: string }): Record<string, string> {
  const disposition = SHOWN.test(content.mime) ? 'inline' : 'attachment';
  return {
    ...COMMON,
    'content-security-policy': ARTIFACT_CSP,
    'cache-control': 'private, no-cache',
    // RFC 6266 with the encoding of RFC 8187: one ASCII form for every name.
    'content-disposition': `${disposition}; filename*=UTF-8''${encodeURIComponent(content.name).replace(/['()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)}`,
  };
}

const TYPES: Record<string, string> = {
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

/** Media type of a file of the panel by its extension. */
export function typeOf(path: string): string {
  return TYPES[path.slice(path.lastIndexOf('.') + 1).toLowerCase()] ?? 'application/octet-stream';
}
