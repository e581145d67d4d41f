/** The demo shop: a site on loopback for first tasks and for tests. It starts when it is first asked for. */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { orderQuery, ordersCsv, selectOrders } from './orders.ts';
import { homePage, loginPage, messagePage, ordersPage } from './pages.ts';

/** What opens the shop; no secret at all. */
export const DEMO_LOGIN = { user: 'demo', password: 'demo-pass' } as const;

/** The demo site of one host. */
export interface DemoSite {
  /** Starts the site unless it runs, and answers its address, such as `http://127.0.0.1:41234`. */
  start(): Promise<string>;
  /** Its address while it runs. */
  readonly url: string | null;
  stop(): Promise<void>;
}

/** Largest request body, bytes. */
const MAX_BODY = 64 * 1024;
/** Sessions and form tokens kept; the oldest go first. */
const MAX_KEPT = 1000;
/** Longest answer time of the slow page, ms. */
const MAX_DELAY = 60_000;

/** A request with what the routes need of it. */
interface Visit {
  request: IncomingMessage;
  response: ServerResponse;
  url: URL;
  user: string | null;
}

/** A set that forgets its oldest members. */
function remembered() {
  const known = new Set<string>();
  return {
    issue(): string {
      const token = randomBytes(18).toString('base64url');
      known.add(token);
      for (const oldest of known) {
        if (known.size <= MAX_KEPT) break;
        known.delete(oldest);
      }
      return token;
    },
    has: (token: string) => known.has(token),
    take: (token: string) => known.delete(token),
  };
}

function cookie(request: IncomingMessage, name: string): string {
  const pair = (request.headers.cookie ?? '').split(/;\s*/).find((part) => part.startsWith(`${name}=`));
  return pair?.slice(name.length + 1) ?? '';
}

/** Reads a body; null when it is too large. */
async function bodyOf(request: IncomingMessage): Promise<string | null> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > MAX_BODY) return null;
    parts.push(chunk);
  }
  return Buffer.concat(parts).toString('utf8');
}

function equal(a: string, b: string): boolean {
  const [x, y] = [Buffer.from(a), Buffer.from(b)];
  return x.length === y.length && timingSafeEqual(x, y);
}

function answer(
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

const html = (response: ServerResponse, body: string, status = 200, headers?: Record<string, string>) =>
  answer(response, status, 'text/html', body, headers);
const json = (response: ServerResponse, value: unknown, status = 200) =>
  answer(response, status, 'application/json', `${JSON.stringify(value, null, 2)}\n`);
const redirect = (response: ServerResponse, location: string, headers: Record<string, string> = {}) =>
  answer(response, 303, 'text/plain', '', { location, ...headers });

/**
 * Makes the site; nothing listens before {@link DemoSite.start}.
 * @param preferredPort port of the run before, so that addresses in commands stay right; 0 takes any
 */
export function createDemoSite(preferredPort = 0): DemoSite {
  const sessions = remembered();
  const tokens = remembered();
  const stopping = new AbortController();
  let server: Server | null = null;
  let starting: Promise<string> | null = null;
  let address: string | null = null;

  async function login({ request, response }: Visit): Promise<void> {
    const body = await bodyOf(request);
    if (body === null) return html(response, messagePage('Too large', 'The form is too large.', null), 413);
    const form = new URLSearchParams(body);
    if (!tokens.take(form.get('token') ?? '')) {
      return html(response, loginPage(tokens.issue(), 'The form was out of date. Please try again.'), 403);
    }
    if (!equal(form.get('user') ?? '', DEMO_LOGIN.user) || !equal(form.get('password') ?? '', DEMO_LOGIN.password)) {
      return html(response, loginPage(tokens.issue(), 'User or password is wrong.'), 401);
    }
    redirect(response, '/orders', {
      'set-cookie': `session=${sessions.issue()}; Path=/; HttpOnly; SameSite=Lax; Max-Age=86400`,
    });
  }

  function orders({ response, url, user }: Visit): void {
    if (user === null) return redirect(response, '/login');
    const query = orderQuery(url.searchParams);
    html(response, ordersPage(user, query, selectOrders(query)));
  }

  function csv({ response, user }: Visit): void {
    if (user === null) return redirect(response, '/login');
    answer(response, 200, 'text/csv', ordersCsv(), { 'content-disposition': 'attachment; filename="orders.csv"' });
  }

  async function slow({ response, url, user }: Visit): Promise<void> {
    const asked = Number.parseInt(url.searchParams.get('ms') ?? '', 10);
    const ms = Math.min(MAX_DELAY, Math.max(0, Number.isNaN(asked) ? 2000 : asked));
    await delay(ms, undefined, { signal: stopping.signal });
    html(response, messagePage('Slow page', `This answer took ${ms} ms.`, user));
  }

  function apiOrders({ response, url }: Visit): void {
    const query = orderQuery(url.searchParams);
    const { items, pages, total } = selectOrders(query);
    json(response, { items, page: query.page, pages, total });
  }

  async function echo({ request, response, url }: Visit): Promise<void> {
    const body = await bodyOf(request);
    if (body === null) return json(response, { error: 'the body is too large' }, 413);
    json(response, {
      method: request.method,
      query: Object.fromEntries(url.searchParams),
      headers: request.headers,
      body,
    });
  }

  const routes: Record<string, (visit: Visit) => void | Promise<void>> = {
    'GET /': ({ response, user }) => html(response, homePage(user)),
    'GET /login': ({ response, user }) =>
      user === null ? html(response, loginPage(tokens.issue(), null)) : redirect(response, '/orders'),
    'POST /login': login,
    'POST /logout': ({ request, response }) => {
      sessions.take(cookie(request, 'session'));
      redirect(response, '/', { 'set-cookie': 'session=; Path=/; Max-Age=0' });
    },
    'GET /orders': orders,
    'GET /orders.csv': csv,
    'GET /slow': slow,
    'GET /error': ({ response, user }) =>
      html(response, messagePage('Something went wrong', 'This page fails on purpose, with status 500.', user), 500),
    'GET /api/orders': apiOrders,
    'GET /api/echo': echo,
    'POST /api/echo': echo,
  };

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // A name that a foreign page points at this port is refused, so that it cannot read what is here.
    const host = request.headers.host ?? '';
    if (!/^(127\.0\.0\.1|localhost)(:\d+)?$/.test(host)) return answer(response, 421, 'text/plain', 'unknown host\n');
    const url = URL.parse(request.url ?? '/', `http://${host}`);
    if (url === null) return answer(response, 400, 'text/plain', 'bad address\n');
    const user = sessions.has(cookie(request, 'session')) ? DEMO_LOGIN.user : null;
    const method = request.method === 'HEAD' ? 'GET' : (request.method ?? 'GET');
    const name = `${method} ${url.pathname}`;
    const route = Object.hasOwn(routes, name) ? routes[name] : undefined;
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
