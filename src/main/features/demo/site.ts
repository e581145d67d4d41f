/** The demo shop: a site on loopback for first tasks and for tests. It starts when it is first asked for. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answer, html } from './http.ts';
import { messagePage } from './pages.ts';
import { demoRoutes } from './routes.ts';
import { createSignIn } from './sign-in.ts';

/** The demo site of one host. */
export interface DemoSite {
  /** Starts the site unless it runs, and answers its address, such as `http://127.0.0.1:41234`. */
  start(): Promise<string>;
  /** Its address while it runs. */
  readonly url: string | null;
  stop(): Promise<void>;
}

/**
 * Makes the site; nothing listens before {@link DemoSite.start}.
 * @param preferredPort port of the run before, so that addresses in commands stay right; 0 takes any
 */
export function createDemoSite(preferredPort = 0): DemoSite {
  const signIn = createSignIn();
  const stopping = new AbortController();
  const routes = demoRoutes(signIn, stopping.signal);
  let server: Server | null = null;
  let starting: Promise<string> | null = null;
  let address: string | null = null;

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // A name that a foreign page points at this port is refused, so that it cannot read what is here.
    const host = request.headers.host ?? '';
    if (!/^(127\.0\.0\.1|localhost)(:\d+)?$/.test(host)) return answer(response, 421, 'text/plain', 'unknown host\n');
    const url = URL.parse(request.url ?? '/', `http://${host}`);
    if (url === null) return answer(response, 400, 'text/plain', 'bad address\n');
    const user = signIn.userOf(request);
    const method = request.method === 'HEAD' ? 'GET' : (request.method ?? 'GET');
    const route = routes.get(`${method} ${url.pathname}`);
    if (route !== undefined) return route({ request, response, url, user });
    html(response, messagePage('Not found', `There is nothing at ${url.pathname}.`, user), 404);
  }

  async function listen(): Promise<string> {
    const created = createServer((request, response) => {
      handle(request, response).catch(() => {
        // The visitor left, or the site stops: there is no connection to answer on.
        response.destroy();
      });
    });
    server = created;
    try {
      created.listen(preferredPort, '127.0.0.1');
      await once(created, 'listening');
    } catch {
      // Another program has the port now: any other will do.
      created.listen(0, '127.0.0.1');
      await once(created, 'listening');
    }
    // A TCP server's address is never a string.
    address = `http://127.0.0.1:${(created.address() as AddressInfo).port}`;
    return address;
  }

  return {
    get url() {
      return address;
    },
    start() {
      starting ??= listen().catch((error: unknown) => {
        starting = null;
        throw error;
      });
      return starting;
    },
    async stop() {
      stopping.abort();
      await starting?.catch(() => undefined);
      if (server === null) return;
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
      server = null;
      address = null;
    },
  };
}
