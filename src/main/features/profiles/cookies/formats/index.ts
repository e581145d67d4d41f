/** Reads and writes cookies as text. */
import type { Cookie } from '../../../../../contract/automation/profile/cookies.ts';
import { AppError } from '../../../../../contract/kernel/errors.ts';
import { parseJsonCookies } from './json.ts';
import { type Parsed, requireLines } from './parsed.ts';
import { parseHeader, parseNetscape, parseSetCookie } from './text.ts';

/** Forms of a text; `auto` tells by how it begins. */
export type ReadFormat = 'auto' | 'json' | 'netscape' | 'header' | 'set_cookie' | 'har';

function detected(text: string): Exclude<ReadFormat, 'auto'> {
  if (/^[[{]/.test(text.trimStart())) return 'json';
  requireLines(text);
  const lines = text.split('\n');
  if (lines.some((line) => /^set-cookie\s*:/i.test(line.trimStart()))) return 'set_cookie';
  const isNetscape = lines.some((line) => ['TRUE', 'FALSE'].includes(line.split('\t', 3)[1]?.toUpperCase() ?? ''));
  return isNetscape || /^# (?:Netscape|HTTP) /.test(text) ? 'netscape' : 'header';
}

/**
 * Reads cookies from a text.
 * @param domain where those belong whose text does not say
 * @throws AppError `validation-error` when the text as a whole is not of its form
 */
export async function readCookies(text: string, format: ReadFormat, domain: string | undefined): Promise<Parsed> {
  if (text.trim() === '') throw new AppError('validation-error', 'There is no text.', { errors: { text: 'is empty' } });
  switch (format === 'auto' ? detected(text) : format) {
    case 'json':
    case 'har':
      return parseJsonCookies(text, domain);
    case 'netscape':
      return parseNetscape(text);
    case 'set_cookie':
      return parseSetCookie(text, domain);
    case 'header':
      return parseHeader(text, domain);
  }
}

const flag = (value: boolean) => (value ? 'TRUE' : 'FALSE');

/** As curl and most exporters write it. It has no room for SameSite and partitions. */
function netscape(cookies: readonly Cookie[]): string {
  const lines = cookies.map((cookie) => {
    const { name, value, domain, path, secure, httpOnly } = cookie;
    const expires = String(Math.ceil(cookie.expires ?? 0));
    const fields = [domain, flag(domain.startsWith('.')), path, flag(secure), expires, name, value];
    return `${httpOnly ? '#HttpOnly_' : ''}${fields.join('\t')}`;
  });
  return `${['# Netscape HTTP Cookie File', ...lines].join('\n')}\n`;
}

/** Writes cookies as text; `json` as Playwright's `addCookies` takes them, but for session cookies, which have no `expires`. */
export function writeCookies(cookies: readonly Cookie[], format: 'json' | 'netscape' | 'header'): string {
  switch (format) {
    case 'json':
      return `${JSON.stringify(cookies, null, 2)}\n`;
    case 'netscape':
      return netscape(cookies);
    case 'header':
      return cookies.map(({ name, value }) => `${name}=${value}`).join('; ');
  }
}
