/**
 * Custom schemes in plain Chromium: it knows none, and requests for them never reach a place where they could be
 * answered. So `app://panel` is a loopback server that answers with what the program's protocol handler says; the page
 * sees `http://panel.localhost:<port>` (a secure context, like the real scheme), everybody else sees `app://panel`.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream as WebStream } from 'node:stream/web';

type ProtocolHandler = (request: Request) => Response | Promise<Response>;

const handlers = new Map<string, ProtocolHandler>();
let origin = '';

/** Registers the handler of `<scheme>://`. */
export function setHandler(scheme: string, handler: ProtocolHandler): void {
  handlers.set(scheme, handler);
}

/** Starts the server that stands for `app://panel`. It does not keep the process alive. */
export async function startPanelServer(): Promise<void> {
  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  server.unref();
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  origin = `http://panel.localhost:${address.port}`;
}

/** `app://panel/…` → the address that the page is loaded from; other addresses stay. */
export function toPage(url: string): string {
  return url.startsWith('app://panel') ? origin + url.slice('app://panel'.length) : url;
}

/** The address as the program would see it under Electron. */
export function fromPage(url: string): string {
  return url === origin || url.startsWith(`${origin}/`)
    ? `app://panel${url.slice(origin.length)}`
    : url.replace(`blob:${origin}/`, 'blob:app://panel/');
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const handler = handlers.get('app');
  if (!handler || request.headers.host !== new URL(origin).host) {
    response.writeHead(404).end();
    return;
  }
  const headers = new Headers();
  for (const [name, value] of Object.entries(request.headers)) {
    if (typeof value === 'string' && name !== 'host' && name !== 'connection') headers.set(name, value);
  }
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  const method = request.method ?? 'GET';
  const result = await handler(new Request(`app://panel${request.url}`, { method, headers, signal: gone.signal }));
  response.writeHead(result.status, Object.fromEntries(result.headers));
  if (!result.body) response.end();
  else await pipeline(Readable.fromWeb(result.body as WebStream), response);
}
