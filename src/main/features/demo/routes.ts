/** The pages of the demo shop and its small API, by method and path. */
import { setTimeout as delay } from 'node:timers/promises';
import { answer, bodyOf, html, json, redirect, type Visit } from './http.ts';
import { orderQuery, ordersCsv, selectOrders } from './orders.ts';
import { homePage, messagePage, ordersPage } from './pages.ts';
import type { createSignIn } from './sign-in.ts';

/** Longest answer time of the slow page, ms. */
const MAX_DELAY = 60_000;

function orders({ response, url, user }: Visit): void {
  if (user === null) return redirect(response, '/login');
  const query = orderQuery(url.searchParams);
  html(response, ordersPage(user, query, selectOrders(query)));
}

function csv({ response, user }: Visit): void {
  if (user === null) return redirect(response, '/login');
  answer(response, 200, 'text/csv', ordersCsv(), { 'content-disposition': 'attachment; filename="orders.csv"' });
}

async function slow({ response, url, user }: Visit, stopping: AbortSignal): Promise<void> {
  const asked = Number.parseInt(url.searchParams.get('ms') ?? '', 10);
  const ms = Math.min(MAX_DELAY, Math.max(0, Number.isNaN(asked) ? 2000 : asked));
  await delay(ms, undefined, { signal: stopping });
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

/** @param stopping aborted when the site stops, which ends slow answers */
export function demoRoutes(
  signIn: ReturnType<typeof createSignIn>,
  stopping: AbortSignal,
): ReadonlyMap<string, (visit: Visit) => void | Promise<void>> {
  return new Map<string, (visit: Visit) => void | Promise<void>>([
    ['GET /', ({ response, user }) => html(response, homePage(user))],
    ['GET /login', signIn.form],
    ['POST /login', signIn.login],
    ['POST /logout', signIn.logout],
    ['GET /orders', orders],
    ['GET /orders.csv', csv],
    ['GET /slow', (visit) => slow(visit, stopping)],
    [
      'GET /error',
      ({ response, user }) =>
        html(response, messagePage('Something went wrong', 'This page fails on purpose, with status 500.', user), 500),
    ],
    ['GET /api/orders', apiOrders],
    ['GET /api/echo', echo],
    ['POST /api/echo', echo],
  ]);
}
