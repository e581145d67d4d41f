/** Writing answers: values as JSON, failures as problems. Everything the HTTP door says goes through here. */
import { STATUS_CODES } from 'node:http';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { type AppError, toAppError } from '../../../../contract/kernel/errors.ts';
import type { DispatchResult } from '../../../core/operation/operation.ts';
import { problemBody, problemHeaders } from '../../wire/problem.ts';
import type { Exchange } from '../request/exchange.ts';
import { acceptsCoding } from './coding.ts';

const compress = promisify(gzip);
const JSON_TYPE: readonly string[] = ['content-type', 'application/json; charset=utf-8'];
/** Shorter bodies are not worth compressing. */
const COMPRESS_FROM = 1024;
/** A refused body larger than this is not read to its end: the connection is closed instead. */
const DRAIN_LIMIT = 1024 * 1024;

/** Sends a finished body. Nothing happens when the client has gone. */
export function send(exchange: Exchange, status: number, headers: readonly string[], body: string | Buffer): void {
  const { res } = exchange;
  if (res.headersSent || res.destroyed) {
    exchange.head();
    return;
  }
  const head = exchange.head();
  for (const part of headers) head.push(part);
  const length = Buffer.byteLength(body);
  head.push('content-length', String(length));
  res.writeHead(status, head);
  // As many bytes as characters: ASCII, which goes out as it is, without a look at each character.
  res.end(body, length === body.length ? 'latin1' : 'utf8');
}

/** Sends JSON, compressed when it is long and the client asks for that. */
export function sendJson(exchange: Exchange, status: number, headers: readonly string[], value: unknown): void {
  const body = JSON.stringify(value);
  const typed = headers.length === 0 ? JSON_TYPE : [...headers, ...JSON_TYPE];
  if (body.length <= COMPRESS_FROM) return send(exchange, status, typed, body);
  const plain = [...typed, 'vary', 'Accept-Encoding'];
  if (!acceptsCoding(exchange.req.headers['accept-encoding'], 'gzip')) return send(exchange, status, plain, body);
  compress(body)
    .then(
      (packed) => send(exchange, status, [...plain, 'content-encoding', 'gzip'], packed),
      () => send(exchange, status, plain, body),
    )
    .catch((fault: unknown) => exchange.destroy(fault));
}

/**
 * Sends the problem of whatever was thrown. This is what every request comes to that goes wrong, so it never throws: where no problem can
 * be sent any more, the connection is cut, because a client would take what it has for the whole answer, or wait for ever.
 */
export function sendProblem(exchange: Exchange, thrown: unknown): void {
  const { res } = exchange;
  if (res.headersSent && !res.writableEnded && !res.destroyed) return exchange.destroy(thrown);
  try {
    answerProblem(exchange, toAppError(thrown));
  } catch (fault) {
    exchange.destroy(fault);
  }
}

function answerProblem(exchange: Exchange, error: AppError): void {
  const { instance, requestId, openai, problem, req } = exchange;
  const own = problem === undefined ? {} : { 'content-type': 'application/json; charset=utf-8' };
  const headers = Object.entries({ ...problemHeaders(error), ...own }).flat();
  const length = Number(req.headers['content-length'] ?? 0);
  if (error.slug === 'payload-too-large' || (!req.complete && length > DRAIN_LIMIT)) {
    headers.push('connection', 'close');
  }
  const body = problem?.(error, { instance, requestId }) ?? problemBody(error, { instance, requestId, openai });
  send(exchange, error.status, headers, JSON.stringify(body));
}

/** Sends the answer of an operation that gave a value. */
export function sendResult(exchange: Exchange, result: Extract<DispatchResult, { kind: 'value' }>): void {
  const { operation, value, replayed, accepted } = result;
  const headers: string[] = [];
  if (replayed) headers.push('idempotency-replayed', 'true');
  const location = accepted ? '/v1/jobs/{job_id}' : operation.http?.location;
  if (location !== undefined) {
    const url = fill(location, value);
    if (url !== undefined) headers.push('location', url);
  }
  const etag = etagOf(value);
  if (etag !== undefined) {
    headers.push('etag', etag);
    const { method } = exchange.req;
    if ((method === 'GET' || method === 'HEAD') && matches(exchange.req.headers['if-none-match'], etag)) {
      return send(exchange, 304, headers, '');
    }
  }
  sendJson(exchange, accepted ? 202 : (operation.http?.status ?? 200), headers, value);
}

/** `{name}` of a template from the members of the answer; undefined when one is missing. */
function fill(template: string, value: unknown): string | undefined {
  let complete = true;
  const url = template.replace(/\{(\w+)\}/g, (_all, name: string) => {
    const member = (value as Record<string, unknown> | null)?.[name];
    if (typeof member !== 'string') complete = false;
    return encodeURIComponent(String(member));
  });
  return complete ? url : undefined;
}

function etagOf(value: unknown): string | undefined {
  const version = (value as { version?: unknown } | null)?.version;
  return typeof version === 'number' ? `"${version}"` : undefined;
}

/** Weak comparison of `If-None-Match` (RFC 9110 §13.1.2). */
export function matches(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  return header.split(',').some((candidate) => {
    const tag = candidate.trim().replace(/^W\//, '');
    return tag === '*' || tag === etag.replace(/^W\//, '');
  });
}

/** A problem as the whole text of an HTTP answer, for sockets that never became a request or are to be upgraded. */
export function rawProblem(error: AppError, context: { requestId: string; instance?: string }): string {
  const body = JSON.stringify(problemBody(error, context));
  const headers = {
    'x-request-id': context.requestId,
    'x-tabagent-contract': '1',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...problemHeaders(error),
    'content-length': String(Buffer.byteLength(body)),
    connection: 'close',
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${error.status} ${STATUS_CODES[error.status] ?? 'Error'}\r\n${lines.join('')}\r\n${body}`;
}
