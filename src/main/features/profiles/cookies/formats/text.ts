/** Cookies as lines: Netscape's file, the headers Cookie and Set-Cookie. */
import type { Cookie } from '../../../../../contract/automation/profile/cookies.ts';
import {
  collect,
  expiresOf,
  type Parsed,
  PLAIN,
  requireLines,
  requireShort,
  sameSiteOf,
  Unreadable,
} from './parsed.ts';

/** The lines that say something. */
function linesOf(text: string): { line: number; item: string }[] {
  requireLines(text);
  const lines = text.split(/\r\n|\r|\n/).map((item, i) => ({ line: i + 1, item }));
  return lines.filter(({ item }) => item.trim() !== '');
}

/** How curl marks a cookie that scripts cannot read. */
const HTTP_ONLY = '#HttpOnly_';

function netscapeLine(line: string): Cookie {
  const httpOnly = line.startsWith(HTTP_ONLY);
  const fields = (httpOnly ? requireShort(line).slice(HTTP_ONLY.length) : requireShort(line)).split('\t');
  const [host = '', subdomains = '', path = '', secure = '', expires = '', name = '', ...rest] = fields;
  if (fields.length < 6) throw new Unreadable(`has ${fields.length} of the 7 fields that tabs separate`);
  if (!/^(true|false)$/i.test(subdomains)) throw new Unreadable('the second field has to be TRUE or FALSE');
  if (!/^-?\d+(\.\d+)?$/.test(expires)) throw new Unreadable('the fifth field has to be a number of seconds');
  const bare = host.replace(/^\./, '');
  return {
    ...PLAIN,
    name,
    value: rest.join('\t'),
    domain: /^true$/i.test(subdomains) ? `.${bare}` : bare,
    path: path || '/',
    expires: expiresOf(expires),
    httpOnly,
    secure: /^true$/i.test(secure),
  };
}

/** Reads Netscape's file, as curl, wget, yt-dlp and most extensions write it. */
export async function parseNetscape(text: string): Promise<Parsed> {
  const lines = linesOf(text).filter(({ item }) => !item.startsWith('#') || item.startsWith(HTTP_ONLY));
  return collect(lines, netscapeLine);
}

function pairOf(text: string): { name: string; value: string } {
  const at = text.indexOf('=');
  if (at <= 0) throw new Unreadable('has no name before an equals sign');
  return { name: text.slice(0, at).trim(), value: text.slice(at + 1).trim() };
}

const requireDomain = (domain: string | undefined): string => {
  if (domain === undefined) throw new Unreadable('the text does not say where it belongs; give a domain');
  return domain;
};

/** Reads a Cookie header, with or without its name, of one line or several. */
export async function parseHeader(text: string, domain: string | undefined): Promise<Parsed> {
  return collect(linesOf(text), (line) => {
    const pairs = requireShort(line)
      .replace(/^\s*cookie\s*:/i, '')
      .split(';');
    return pairs
      .filter((pair) => pair.trim() !== '')
      .map((pair) => ({ ...PLAIN, ...pairOf(pair.trim()), domain: requireDomain(domain), secure: isMarked(pair) }));
  });
}

/** Prefixes of names that only secure cookies may have. */
const isMarked = (pair: string) => /^\s*__(host|secure)-/i.test(pair);

/** Reads one Set-Cookie line (RFC 6265, section 5.2). */
export function setCookieLine(line: string, host: string | undefined): Cookie {
  const [pair = '', ...attributes] = requireShort(line)
    .replace(/^\s*set-cookie\s*:/i, '')
    .split(';');
  const cookie: Cookie = { ...PLAIN, ...pairOf(pair.trim()), domain: host ?? '' };
  let maxAge: number | null = null;
  for (const attribute of attributes) {
    const [name = '', ...rest] = attribute.split('=');
    const value = rest.join('=').trim();
    switch (name.trim().toLowerCase()) {
      case 'domain':
        if (value !== '') cookie.domain = `.${value.replace(/^\./, '')}`;
        break;
      case 'path':
        if (value.startsWith('/')) cookie.path = value;
        break;
      case 'expires':
        cookie.expires = expiresOf(value);
        break;
      case 'max-age':
        if (/^-?\d+$/.test(value)) maxAge = Date.now() / 1000 + Number(value);
        break;
      case 'secure':
        cookie.secure = true;
        break;
      case 'httponly':
        cookie.httpOnly = true;
        break;
      case 'samesite':
        cookie.sameSite = sameSiteOf(value);
        break;
      case 'partitioned':
        throw new Unreadable('a partitioned cookie belongs to a site that Set-Cookie does not say');
      default: // RFC 6265: what is not known is ignored.
    }
  }
  if (cookie.domain === '') requireDomain(undefined);
  return { ...cookie, expires: maxAge ?? cookie.expires };
}

export async function parseSetCookie(text: string, domain: string | undefined): Promise<Parsed> {
  return collect(linesOf(text), (line) => setCookieLine(line, domain));
}
