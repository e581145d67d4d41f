/** Reading requests and answering them, without a framework. */
import type { IncomingMessage, ServerResponse } from 'node:http';

/** Largest request body, bytes. */
const MAX_BODY = 64 * 1024;

/** A request with what the routes need of it. */
export interface Visit {
  request: IncomingMessage;
  response: ServerResponse;
  url: URL;
  user: string | null;
}

/** Value of a cookie; empty when it is not there. */
export function cookie(request: IncomingMessage, name: string): string {
  const pair = (request.headers.cookie ?? '').split(/;\s*/).find((part) => part.startsWith(`${name}=`));
  return pair?.slice(name.length + 1) ?? '';
}

/** Reads a body; null when it is too large. */
export async function bodyOf(request: IncomingMessage): Promise<string | null> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > MAX_BODY) return null;
    parts.push(chunk);
  }
  return Buffer.concat(parts).toString('utf8');
}

/** Any answer, with the headers that every answer has. */
export function answer(
  response: ServerResponse,
  status: number,
  type: string,
  body: string,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, {
    'content-type': `${type}; charset=utf-8`,
    'cache-control': 'no-store',
    'content-security-policy':
      "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    'x-content-type-options': 'nosniff',
    ...headers,
  });
  response.end(body);
}

/** A page. */
export const html = (response: ServerResponse, body: string, status = 200, headers?: Record<string, string>) =>
  answer(response, status, 'text/html', body, headers);
/** A JSON answer. */
export const json = (response: ServerResponse, value: unknown, status = 200) =>
  answer(response, status, 'application/json', `${JSON.stringify(value, null, 2)}\n`);
/** An answer that leads to another page. */
export const redirect = (response: ServerResponse, location: string, headers: Record<string, string> = {}) =>
  answer(response, 303, 'text/plain', '', { location, ...headers });
