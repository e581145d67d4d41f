/**
 * Redirects of HTTP requests, after the Fetch Standard's "HTTP-redirect fetch" (https://fetch.spec.whatwg.org/#http-redirect-fetch) and stricter
 * where a request leaves its origin: `fetch` itself passes every header but `Authorization`, `Cookie`, `Proxy-Authorization` and `Host` on to
 * another origin, and the body as well. The origin is compared as a whole, because a port or a scheme alone can lead to another service
 * (CVE-2022-27774, CVE-2022-27776 of curl; CVE-2018-1000007 for headers of one's own; CVE-2023-45143 and CVE-2024-24758 of undici).
 */
import { Failure } from '../failure.ts';

/** One request of a chain. */
export interface HttpRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Headers;
  readonly body: string | null;
}

/** The next request of a chain. */
export interface Redirected {
  readonly request: HttpRequest;
  /** Names of headers that another origin does not get. */
  readonly dropped: readonly string[];
}

/** What of a request is secret, by where it came from or by what it holds. */
export interface SecretsOf {
  header(name: string, value: string): boolean;
  body(text: string): boolean;
}

/** Redirects that are followed, as in the Fetch Standard. */
export const MAX_REDIRECTS = 20;

const REDIRECTS: readonly number[] = [301, 302, 303, 307, 308];

/**
 * Headers that another origin gets: what a client is and can read, and what its body is. Any other may be a credential, whatever its name:
 * services choose names of their own.
 */
const HARMLESS: readonly string[] = [
  'accept',
  'accept-charset',
  'accept-encoding',
  'accept-language',
  'content-encoding',
  'content-language',
  'content-type',
  'user-agent',
];

/** Headers that describe a body, which goes with them. */
const BODY_HEADERS = [
  'content-encoding',
  'content-language',
  'content-length',
  'content-location',
  'content-type',
  'digest',
  'content-digest',
  'repr-digest',
  'transfer-encoding',
];

function refused(detail: string, reason: string, location?: URL): Failure {
  return new Failure('expectation-failed', detail, {
    retryable: false,
    extra: { reason, ...(location === undefined ? {} : { location_origin: location.origin }) },
  });
}

/** Target of a redirect; null when the answer is none. Header values arrive as Latin-1; addresses in them are UTF-8. */
function targetOf(from: URL, response: Response): URL | null {
  const location = REDIRECTS.includes(response.status) ? response.headers.get('location') : null;
  if (location === null) return null;
  const url = URL.parse(Buffer.from(location, 'latin1').toString('utf8'), from.href);
  if (url === null || !/^https?:$/.test(url.protocol)) {
    const scheme = url === null ? 'what is no address' : `an address with ${url.protocol}`;
    throw refused(
      `${from.host} redirects to ${scheme}, which is not followed: only http and https are.`,
      'redirect_scheme',
    );
  }
  if (url.username !== '' || url.password !== '') {
    const detail = `${from.host} redirects to an address with a user name or password, which is not followed; put the address without them into the command.`;
    throw refused(detail, 'redirect_credentials', url);
  }
  // A fragment stays unless the target has one of its own (RFC 9110, 10.2.2).
  if (url.hash === '') url.hash = from.hash;
  return url;
}

/**
 * The request that follows an answer, or null when the answer is no redirect. Another origin gets no header but {@link HARMLESS} ones without a
 * secret, nor do later hops that lead back: whoever redirected chose them.
 * @throws Failure `expectation-failed` when the target is no plain http or https address, or would get a body with a secret
 */
export function redirected(
  { method, url: from, headers: sent, body: sentBody }: HttpRequest,
  response: Response,
  isSecret: SecretsOf,
): Redirected | null {
  const url = targetOf(from, response);
  if (url === null) return null;
  const { status } = response;
  const becomesGet =
    status === 303 ? method !== 'GET' && method !== 'HEAD' : (status === 301 || status === 302) && method === 'POST';
  const body = becomesGet ? null : sentBody;
  const headers = new Headers(sent);
  if (becomesGet) for (const name of BODY_HEADERS) headers.delete(name);
  const dropped: string[] = [];
  if (url.origin !== from.origin) {
    if (body !== null && isSecret.body(body)) {
      const detail = `${from.host} redirects (${status}) to ${url.host}, which would get the body with its secrets. Nothing was sent there; put that address into the command if you trust it.`;
      throw refused(detail, 'redirect_secret', url);
    }
    for (const [name, value] of sent) {
      if (HARMLESS.includes(name) && !isSecret.header(name, value)) continue;
      if (headers.has(name)) dropped.push(name);
      headers.delete(name);
    }
  }
  return { request: { method: becomesGet ? 'GET' : method, url, headers, body }, dropped };
}

/** @throws Failure as {@link redirected} does; this one for a chain without end */
export function tooManyRedirects(host: string): Failure {
  return new Failure('service-unavailable', `${host} redirects in circles.`, {
    retryable: false,
    extra: { reason: 'redirects' },
  });
}
