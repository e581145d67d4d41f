/** Failures of HTTP requests, classified by what the operator can do about them. */
import { Failure } from '../failure.ts';

type Reason = 'refused' | 'dns' | 'tls' | 'timeout' | 'reset' | 'unreachable' | 'request' | 'network';

/** Codes of Node.js, libuv, OpenSSL and undici. */
const CODES: readonly [pattern: RegExp, reason: Reason][] = [
  [/^ECONNREFUSED$/, 'refused'],
  [/^(ENOTFOUND|EAI_)/, 'dns'],
  [/^(ETIMEDOUT|UND_ERR_(CONNECT|HEADERS|BODY)_TIMEOUT)$/, 'timeout'],
  [/^(ECONNRESET|EPIPE|UND_ERR_SOCKET|HPE_)/, 'reset'],
  [/^(EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL|EACCES|EPERM)$/, 'unreachable'],
  [/^(ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|HOSTNAME_MISMATCH|EPROTO)/, 'tls'],
];

const TEXTS: Record<Reason, (host: string, code: string) => string> = {
  refused: (host) => `Nothing listens at ${host}: the connection was refused.`,
  dns: (host) => `The name of ${host} cannot be resolved.`,
  tls: (host, code) => `The certificate or TLS set-up of ${host} is not accepted (${code}).`,
  timeout: (host) => `${host} did not answer in time.`,
  reset: (host) => `${host} closed the connection before its answer was complete.`,
  unreachable: (host) => `${host} cannot be reached from this machine.`,
  request: (_host, message) => `The request cannot be sent: ${message}`,
  network: (host, message) => `The request to ${host} failed: ${message}`,
};

/** undici wraps the cause, and a name with several addresses fails with several errors. */
function innermost(error: unknown): Error {
  if (error instanceof AggregateError && error.errors.length > 0) return innermost(error.errors[0]);
  if (error instanceof Error && error.cause instanceof Error) return innermost(error.cause);
  return error instanceof Error ? error : new Error(String(error));
}

/** Turns what `fetch` threw into a failure. Network trouble is worth another attempt; a wrong certificate or request is not. */
export function networkFailure(error: unknown, url: URL): Failure {
  const cause = innermost(error);
  const code = 'code' in cause ? String(cause.code) : '';
  const reason =
    CODES.find(([pattern]) => pattern.test(code))?.[1] ??
    (cause instanceof TypeError && code === '' ? 'request' : 'network');
  const detail = TEXTS[reason](url.host, reason === 'request' || reason === 'network' ? cause.message : code);
  return new Failure(reason === 'timeout' ? 'gateway-timeout' : 'service-unavailable', detail, {
    retryable: !['tls', 'request'].includes(reason),
    extra: { reason, ...(code === '' ? {} : { error_code: code }) },
    cause: error,
  });
}

/** Seconds of a `Retry-After` header (RFC 9110, 10.2.3): a number or a date. */
export function retryAfter(header: string | null, now: number): number | undefined {
  if (header === null) return undefined;
  const seconds = /^\d+$/.test(header.trim()) ? Number(header) : (Date.parse(header) - now) / 1000;
  return Number.isFinite(seconds) ? Math.min(86_400, Math.max(0, Math.ceil(seconds))) : undefined;
}
