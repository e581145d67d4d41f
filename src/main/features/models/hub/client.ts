/** Requests to the hub: redirects are checked one by one, the token goes to the hub alone, and a server that says nothing is left. */
import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '../../../../contract/kernel/errors.ts';
import type { HostRules } from './hosts.ts';

const MAX_REDIRECTS = 5;

/** What the client needs. */
export interface ClientDeps {
  rules: HostRules;
  endpoint: () => string;
  offline: () => boolean;
  /** The token; null for none. */
  token: () => Promise<string | null>;
  /** A server that sends nothing for so long is asked again, ms. */
  silenceMs?: number;
  /** Shortest pause before an attempt, ms; doubled with each one. */
  pauseMs?: number;
}

/** An answer whose body is read in pieces. */
export interface HubResponse {
  status: number;
  headers: Headers;
  /** Where it came from in the end. */
  url: URL;
  /** Pieces of the body. @throws Error when the connection is cut or silent */
  body(): AsyncIterable<Uint8Array>;
  /** Gives up the rest. */
  discard(): void;
}

/** Why no request is made. */
export const offlineError = () =>
  new AppError('service-unavailable', 'TabAgent is offline: switch on downloads in Settings → Inference.', {
    extra: { reason: 'offline' },
  });

/** What the status of a failure means. */
export function failureOf({ status, headers }: Pick<HubResponse, 'status' | 'headers'>, repo: string): AppError {
  const wait = retryAfter(headers);
  if (status === 401 || status === 403)
    return new AppError(
      'forbidden',
      `${repo} is gated or private. Accept its conditions on the hub, then store a token that may read it (Models → Download, or POST /v1/hf/token).`,
      { extra: { model: repo } },
    );
  if (status === 404)
    return new AppError('model-not-found', `The hub has no ${repo}, or not this revision of it.`, {
      extra: { model: repo },
    });
  if (status === 429 || (status === 503 && wait !== null))
    return new AppError('too-many-requests', 'The hub asks to wait.', { extra: { retry_after: wait ?? 60 } });
  return new AppError('gateway-timeout', `The hub answered ${status}.`, { extra: { upstream: 'hub' } });
}

/** Seconds that a server asks to wait; null when it does not say. */
export function retryAfter(headers: Headers): number | null {
  const value = headers.get('retry-after');
  if (value === null) return null;
  const seconds = /^\d{1,6}$/.test(value.trim()) ? Number(value) : (Date.parse(value) - Date.now()) / 1000;
  return Number.isFinite(seconds) ? Math.max(0, seconds) : null;
}

/** Creates the client. */
export function createHubClient(deps: ClientDeps) {
  const { rules, endpoint, offline, token, silenceMs = 60_000, pauseMs = 1_000 } = deps;

  async function open(address: string, headers: Record<string, string>, signal: AbortSignal): Promise<HubResponse> {
    if (offline()) throw offlineError();
    let url = rules.require(address, endpoint());
    for (let hops = 0; hops <= MAX_REDIRECTS; hops++) {
      const secret = rules.isTrusted(url) ? await token() : null;
      const silence = new AbortController();
      let timer = setTimeout(() => silence.abort(), silenceMs);
      const response = await fetch(url, {
        headers: {
          // A compressed body has another length and another hash.
          ...{ 'accept-encoding': 'identity', 'user-agent': 'tabagent', ...headers },
          ...(secret === null ? {} : { authorization: `Bearer ${secret}` }),
        },
        redirect: 'manual',
        signal: AbortSignal.any([signal, silence.signal]),
      }).finally(() => clearTimeout(timer));
      const location = response.headers.get('location');
      if (response.status < 300 || response.status >= 400 || location === null) {
        return {
          status: response.status,
          headers: response.headers,
          url,
          async *body() {
            if (response.body === null) return;
            try {
              for await (const piece of response.body as AsyncIterable<Uint8Array>) {
                clearTimeout(timer);
                yield piece;
                timer = setTimeout(() => silence.abort(), silenceMs);
              }
            } finally {
              clearTimeout(timer);
            }
          },
          discard: () => void response.body?.cancel().catch(() => undefined),
        };
      }
      await response.body?.cancel();
      url = rules.require(location, url.href);
    }
    throw new AppError('gateway-timeout', `The hub redirected more than ${MAX_REDIRECTS} times.`);
  }

  return {
    open,
    /** A whole small answer. @throws AppError for a status that is no success, `payload-too-large` beyond `maxBytes` */
    async text(address: string, what: string, maxBytes: number, signal: AbortSignal) {
      for (let attempt = 1; ; attempt++) {
        try {
          const response = await open(address, {}, signal);
          if (response.status !== 200) {
            response.discard();
            throw failureOf(response, what);
          }
          const pieces: Uint8Array[] = [];
          let size = 0;
          for await (const piece of response.body()) {
            size += piece.length;
            if (size > maxBytes) throw new AppError('payload-too-large', 'The hub answered more than is accepted.');
            pieces.push(piece);
          }
          return { text: Buffer.concat(pieces).toString('utf8'), headers: response.headers, url: response.url };
        } catch (error) {
          signal.throwIfAborted();
          if (attempt >= 3 || !isTemporary(error)) throw unreachable(error);
          await delay(pauseMs * 2 ** (attempt - 1), undefined, { signal });
        }
      }
    },
    pauseMs,
  };
}
export type HubClient = ReturnType<typeof createHubClient>;

/** Whether the same request may succeed a little later. */
export const isTemporary = (error: unknown): boolean =>
  !(error instanceof AppError) || error.slug === 'gateway-timeout';

/** What the system says when no network leads anywhere. */
const OFFLINE = new Set(['ENOTFOUND', 'EAI_AGAIN', 'ENETUNREACH', 'ENETDOWN']);

/** What was thrown, as the error for a caller. */
export function unreachable(error: unknown): unknown {
  if (error instanceof AppError) return error;
  const code = (error as { cause?: { code?: string } }).cause?.code;
  // Faults of the disk have a meaning of their own.
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error;
  const isOffline = code !== undefined && OFFLINE.has(code);
  return new AppError('gateway-timeout', isOffline ? 'No internet connection.' : 'Hugging Face cannot be reached.', {
    cause: error,
    extra: { upstream: 'hub' },
  });
}
