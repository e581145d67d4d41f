/** What a browser takes for a cookie, so that a refusal says why. The browser itself has the last word. */
import { isIP } from 'node:net';
import type { Cookie } from '../../../../contract/automation/profile/cookies.ts';

/** RFC 6265bis, section 5.7: more is not kept. */
const MAX_PAIR_BYTES = 4096;
const FORBIDDEN = /[\u0000-\u0008\u000a-\u001f\u007f]/;

/** Where a cookie is kept: two with the same place are one. */
export const placeOf = ({ name, domain, path, partitionKey }: Cookie): string =>
  JSON.stringify([name, domain.toLowerCase(), path, partitionKey?.topLevelSite ?? null]);

/** The domain as browsers write it: lower case, international names in ASCII; null for what is no host. */
export function hostOf(domain: string): string | null {
  const bare = domain.replace(/^\./, '');
  if (/[\s/?#@\\]/.test(bare) || (bare.includes(':') && !bare.startsWith('['))) return null;
  try {
    return new URL(`http://${bare}/`).hostname || null;
  } catch {
    return null;
  }
}

/** The rules of the names `__Secure-` and `__Host-`. */
function brokenPrefix(cookie: Cookie): string | null {
  if (/^__(secure|host)-/i.test(cookie.name) && !cookie.secure) return 'a cookie of this name has to be secure';
  if (!/^__host-/i.test(cookie.name)) return null;
  if (cookie.domain.startsWith('.')) return 'a __Host- cookie belongs to one host, not to its subdomains';
  return cookie.path === '/' ? null : 'a __Host- cookie has the path /';
}

/** Why a browser would not take a cookie, or null. @param now unix seconds */
export function refusalOf(cookie: Cookie, now: number): string | null {
  const { name, value, domain, expires } = cookie;
  if (name === '' && value === '') return 'has neither name nor value';
  if (/[=;]/.test(name) || value.includes(';') || FORBIDDEN.test(name + value))
    return 'holds characters that no cookie may';
  if (Buffer.byteLength(name + value) > MAX_PAIR_BYTES) return `is longer than ${MAX_PAIR_BYTES} bytes`;
  const host = hostOf(domain);
  if (host === null) return 'its domain is no host name';
  if (domain.startsWith('.') && isIP(host) !== 0) return 'an address has no subdomains';
  if (!cookie.path.startsWith('/') || FORBIDDEN.test(cookie.path)) return 'its path has to begin with /';
  if (expires !== null && expires <= now) return 'has expired';
  if (cookie.sameSite === 'None' && !cookie.secure) return 'SameSite=None needs a secure cookie';
  if (cookie.partitionKey !== null && !cookie.secure) return 'a partitioned cookie has to be secure';
  return brokenPrefix(cookie);
}

/** Whether a cookie belongs to a domain or a subdomain of it. */
export function isOfDomain(cookie: Pick<Cookie, 'domain'>, domain: string): boolean {
  const host = cookie.domain.replace(/^\./, '').toLowerCase();
  const wanted = hostOf(domain) ?? domain.toLowerCase();
  return host === wanted || host.endsWith(`.${wanted}`);
}

/** Whether a browser sends a cookie to a host. */
export function isSentTo(cookie: Pick<Cookie, 'domain'>, host: string): boolean {
  const wanted = hostOf(host) ?? host.toLowerCase();
  const bare = cookie.domain.replace(/^\./, '').toLowerCase();
  return wanted === bare || (cookie.domain.startsWith('.') && wanted.endsWith(`.${bare}`));
}
