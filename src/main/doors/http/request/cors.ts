/** Preflight requests. The origin was checked before; the answer lists the allowed methods and headers. */
import type { IncomingMessage } from 'node:http';
import { send } from '../reply/answer.ts';
import type { Exchange } from './exchange.ts';

const METHODS = 'GET, POST, PUT, PATCH, DELETE';
const HEADERS = new Set([
  'authorization',
  'x-api-key',
  'content-type',
  'idempotency-key',
  'if-match',
  'if-none-match',
  'last-event-id',
  'prefer',
  'x-request-id',
]);
/** What the official SDKs add. */
const SDK_HEADER = /^(?:openai|x-stainless)-[a-z0-9-]+$/;

/** True for a question whether a request may be sent. */
export function isPreflight(req: IncomingMessage): boolean {
  return (
    req.method === 'OPTIONS' &&
    req.headers.origin !== undefined &&
    req.headers['access-control-request-method'] !== undefined
  );
}

/** Answers it. */
export function sendPreflight(exchange: Exchange): void {
  const asked = exchange.req.headers['access-control-request-headers'] ?? '';
  const allowed = asked
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => HEADERS.has(name) || SDK_HEADER.test(name));
  send(
    exchange,
    204,
    [
      'access-control-allow-methods',
      METHODS,
      ...(allowed.length > 0 ? ['access-control-allow-headers', allowed.join(', ')] : []),
      'access-control-allow-private-network',
      'true',
      'access-control-max-age',
      '600',
    ],
    '',
  );
}
