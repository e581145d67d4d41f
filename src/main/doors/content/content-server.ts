/** The content origin over HTTP: a second loopback port that shows what was recorded and downloaded, and knows no API and no caller. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream as WebStream } from 'node:stream/web';
import type { Faults } from '../../core/faults.ts';
import { isHeadTooLarge, limitUnknown, MAX_HEAD_BYTES } from '../../core/web/connections.ts';
import { listen } from '../http/listen.ts';

const HOST = '127.0.0.1';
/** Connections at once; a screen full of pictures takes six. */
const MAX_CONNECTIONS = 128;
/** A connection on which nothing moves for this long is closed, ms. */
const IDLE_MS = 60_000;

/** The server. */
export interface ContentServer {
  /** Its origin, `http://127.0.0.1:40123`; null while it is closed. */
  url(): string | null;
  /** Opens the port; 0 takes any free one. @throws PortInUseError */
  start(port: number): Promise<void>;
  stop(): Promise<void>;
}

/** Creates the server; `pages` answers its requests. */
export function createContentServer(deps: {
  pages: (request: Request) => Promise<Response>;
  faults: Pick<Faults, 'report'>;
}): ContentServer {
  const { pages, faults } = deps;
  let port: number | null = null;
  let server: Server | undefined;

  async function answer(req: IncomingMessage, res: ServerResponse): Promise<void> {
    if (isHeadTooLarge(req)) return end(res, 431, 'The request headers are too large.');
    // Another name for this address is how a page elsewhere would make it its own (DNS rebinding).
    if (req.headers.host !== `${HOST}:${port}` && req.headers.host !== `localhost:${port}`) {
      return end(res, 403, 'This address is not served here.');
    }
    // The Fetch standard makes no request of some methods, so they are refused before.
    if (req.method !== 'GET' && req.method !== 'HEAD') return end(res, 405, 'Method not allowed');
    const url = URL.parse(req.url ?? '', `http://${HOST}:${port}`);
    if (url === null || !req.url?.startsWith('/')) return end(res, 400, 'Bad address');
    const { range, origin } = req.headers;
    const headers = { ...(range === undefined ? {} : { range }), ...(origin === undefined ? {} : { origin }) };
    const response = await pages(new Request(url, { method: req.method, headers }));
    res.writeHead(response.status, Object.fromEntries(response.headers));
    if (response.body === null) return void res.end();
    // Who goes away in the middle of a video is no failure of ours.
    await pipeline(Readable.fromWeb(response.body as WebStream), res).catch(() => res.destroy());
  }

  return {
    url: () => (port === null ? null : `http://${HOST}:${port}`),
    async start(wanted) {
      const created = createServer({ maxHeaderSize: MAX_HEAD_BYTES }, (req, res) => {
        answer(req, res).catch((error: unknown) => {
          faults.report('content', error);
          if (res.headersSent) res.destroy();
          else end(res, 500, 'This cannot be shown.');
        });
      });
      // Readers that take nothing hold a file open each.
      limitUnknown(MAX_CONNECTIONS).watch(created);
      created.timeout = IDLE_MS;
      port = await listen(created, HOST, wanted);
      server = created;
    },
    async stop() {
      const { promise, resolve } = Promise.withResolvers<void>();
      if (server === undefined) return;
      server.close(() => resolve());
      server.closeAllConnections();
      port = null;
      await promise;
    },
  };
}

function end(res: ServerResponse, status: number, text: string): void {
  res.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' });
  res.end(text);
}
