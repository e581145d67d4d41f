/** Response headers of `app://panel`: content security policies and related headers. */
import { CONTENT_ORIGIN } from '../../../contract/host/desktop.ts';
import { cachingOf, PAGE_HEADERS, panelPolicy } from '../../core/web/page-policy.ts';

const COMMON = { 'x-content-type-options': 'nosniff', ...PAGE_HEADERS } as const;

/** Headers of a file of the panel; `path` is its URL path. */
export function pageHeaders(path: string): Record<string, string> {
  const file = path.replace(/^\//, '');
  return { ...COMMON, 'content-security-policy': panelPolicy(CONTENT_ORIGIN), 'cache-control': cachingOf(file) };
}
