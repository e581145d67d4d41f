/**
 * Custom schemes in plain Chromium: it knows none, and requests for them never reach a place where they could be
 * answered. So `app://panel` and `content://artifacts` are a loopback server that answers with what the program's protocol
 * handlers say; the page sees `http://panel.localhost:<port>` (a secure context, like the real scheme), everybody else sees
 * `app://panel`.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream as WebStream } from 'node:stream/web';

type ProtocolHandler = (request: Request) => Response | Promise<Response>;

const handlers = new Map<string, ProtocolHandler>();
let port = 0;

/** Origins of the program, and the names under which the page sees them. */
const ORIGINS = [
  ['app://panel', 'panel.localhost'],
  ['content://artifacts', 'artifacts.localhost'],
] as const;
const pageOrigin = (name: string) => `http://${name}:${port}`;

/** Registers the handler of `<scheme>://`. */
export function setHandler(scheme: string, handler: ProtocolHandler): void {
  handlers.set(scheme, handler);
}

/** Starts the server that stands for the program's origins. It does not keep the process alive. */
export async function startPanelServer(): Promise<void> {
  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  server.unref();
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  port = address.port;
}

/** `app://panel/…` → the address that the page is loaded from; other addresses stay. Headers and sources are texts that name origins. */
export function toPage(text: string): string {
  return ORIGINS.reduce((all, [origin, name]) => all.replaceAll(origin, pageOrigin(name)), text);
}

/** The address as the program would see it under Electron. */
export function fromPage(url: string): string {
  for (const [origin, name] of ORIGINS) {
    const page = pageOrigin(name);
    if (url === page || url.startsWith(`${page}/`)) return origin + url.slice(page.length);
    if (url.startsWith(`blob:${page}/`)) return `blob:${origin}${url.slice(`blob:${page}`.length)}`;
  }
  return url;
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const [origin] = ORIGINS.find(([, name]) => request.headers.host === `${name}:${port}`) ?? [];
  const handler = origin === undefined ? undefined : handlers.get(new URL(origin).protocol.slice(0, -1));
  if (!handler) {
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
  const result = await handler(new Request(`${origin}${request.url}`, { method, headers, signal: gone.signal }));
  const answered = [...result.headers].map(([name, value]) => [name, toPage(value)]);
  response.writeHead(result.status, Object.fromEntries(answered));
  if (!result.body) response.end();
  else await pipeline(Readable.fromWeb(result.body as WebStream), response);
}
