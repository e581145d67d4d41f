/**
 * What recorded and downloaded content may do. It is shown on an origin without API, session or storage of the panel; these policies
 * also keep it from the network and from other frames.
 */

import { disposition } from './disposition.ts';

/** A file of a task. Nothing in it runs, whatever its type says. */
export const ARTIFACT_CSP =
  "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; media-src 'self'; form-action 'none'; base-uri 'none'; sandbox";

/**
 * A PDF file. The browser's viewer, which is apart from every page, does not open in a sandbox. `nosniff` and the exact type keep anything
 * else from being shown under this policy, and nothing runs under it either.
 */
const PDF_CSP = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'";
const PDF = 'application/pdf';

/**
 * Playwright's trace viewer. It shows recorded pages in frames whose resources are blobs and data, and loads the trace from its own
 * origin only: `?trace=data:…` or an address elsewhere reaches nothing.
 */
const VIEWER = [
  "default-src 'self'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline' blob: data:",
  "img-src 'self' data: blob:",
  "font-src 'self' data: blob:",
  "media-src 'self' data: blob:",
  "connect-src 'self'",
  "worker-src 'self'",
  "frame-src 'self' blob: data:",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

/** Types that a browser shows by itself and does not run. */
const PASSIVE = /^(?:image|video|audio)\/[\w.+-]+$/;
/** Text that is shown as what it is. */
const TEXT = /^(?:text\/[\w.+-]+|application\/(?:[\w.+-]+\+)?json|application\/x-ndjson)$/;

const COMMON = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  // Ports of one host are one site, which share a process unless they ask for one of their own: what computes here must not hold up the panel.
  'origin-agent-cluster': '?1',
  // The panel shows pictures of this origin; an address that nobody can guess is their protection.
  'cross-origin-resource-policy': 'cross-origin',
} as const;

/** Media type under which a file of type `mime` is sent: never one that runs as a script or a style. */
export function safeTypeOf(mime: string): string {
  const type = mime.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (PASSIVE.test(type)) return type;
  // Shown as a page, in a sandbox without scripts.
  if (type === 'text/html') return 'text/html; charset=utf-8';
  if (type === PDF) return PDF;
  return TEXT.test(type) ? 'text/plain; charset=utf-8' : 'application/octet-stream';
}

/** Headers of an artifact. What a browser cannot show is offered for saving. `frames` lists the origins that may frame it. */
export function artifactHeaders(
  { name, mime }: { name: string; mime: string },
  frames: string,
): Record<string, string> {
  const type = safeTypeOf(mime);
  const kind = type === 'application/octet-stream' ? 'attachment' : 'inline';
  return {
    ...COMMON,
    'content-type': type,
    'content-security-policy': `${type === PDF ? PDF_CSP : ARTIFACT_CSP}; frame-ancestors ${frames}`,
    'cache-control': 'private, max-age=3600, immutable',
    'content-disposition': disposition(kind, name),
  };
}

/** Headers of a file of the trace viewer. */
export function viewerHeaders(frames: string): Record<string, string> {
  return { ...COMMON, 'content-security-policy': `${VIEWER}; frame-ancestors ${frames}`, 'cache-control': 'no-cache' };
}
