/** Response headers of `app://panel`: content security policies and related headers. */
import { cachingOf, PAGE_HEADERS, panelPolicyOf } from '../../core/web/page-policy.ts';

/** Policy of artifacts: files that tasks recorded are data and never run with the panel's rights. */
const ARTIFACT_CSP = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; media-src 'self'; sandbox";

const COMMON = { 'x-content-type-options': 'nosniff', ...PAGE_HEADERS } as const;

/** Headers of a file of the panel; `path` is its URL path. */
export function pageHeaders(path: string): Record<string, string> {
  const file = path.replace(/^\//, '');
  return { ...COMMON, 'content-security-policy': panelPolicyOf(file), 'cache-control': cachingOf(file) };
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
