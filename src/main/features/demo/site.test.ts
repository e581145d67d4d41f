import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ORDERS } from './orders.ts';
import { DEMO_LOGIN } from './sign-in.ts';
import { createDemoSite } from './site.ts';

const site = createDemoSite();
let base = '';
beforeAll(async () => {
  expect(site.url).toBeNull();
  base = await site.start();
});
afterAll(() => site.stop());

const get = (path: string, init: RequestInit = {}) => fetch(base + path, { redirect: 'manual', ...init });

async function signIn(password: string = DEMO_LOGIN.password, useToken = true): Promise<Response> {
  const form = await (await get('/login')).text();
  const token = useToken ? (/name="token" value="([^"]+)"/.exec(form)?.[1] ?? '') : 'forged';
  return get('/login', { method: 'POST', body: new URLSearchParams({ user: DEMO_LOGIN.user, password, token }) });
}

describe('the demo site', () => {
  it('starts once, on loopback', async () => {
    expect(await site.start()).toBe(base);
    expect(site.url).toBe(base);
    expect(base).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  });

  it('needs a login for the orders, and refuses a wrong password and a forged form', async () => {
    expect((await get('/orders')).headers.get('location')).toBe('/login');
    expect((await signIn('wrong')).status).toBe(401);
    expect((await signIn(DEMO_LOGIN.password, false)).status).toBe(403);
    const answer = await signIn();
    expect(answer.status).toBe(303);
    const cookie = (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
    const orders = await (await get('/orders?sort=total&direction=desc&per_page=5', { headers: { cookie } })).text();
    const totals = [...orders.matchAll(/data-column="total">€([\d.]+)/g)].map((match) => Number(match[1]));
    expect(totals).toEqual(
      ORDERS.map((order) => order.total)
        .sort((a, b) => b - a)
        .slice(0, 5),
    );
    const csv = await get('/orders.csv', { headers: { cookie } });
    expect(csv.headers.get('content-disposition')).toContain('orders.csv');
    expect((await csv.text()).trim().split('\r\n')).toHaveLength(49);
    await get('/logout', { method: 'POST', headers: { cookie } });
    expect((await get('/orders', { headers: { cookie } })).status).toBe(303);
  });

  it('pages through every order exactly once', async () => {
    const seen: number[] = [];
    for (let page = 1; page <= 5; page++) {
      const { items } = (await (await get(`/api/orders?sort=customer&page=${page}`)).json()) as {
        items: { id: number }[];
      };
      seen.push(...items.map((order) => order.id));
    }
    expect(seen.sort()).toEqual(ORDERS.map((order) => order.id));
  });

  it('answers slowly, fails on purpose, and echoes', async () => {
    const start = performance.now();
    expect((await get('/slow?ms=120')).status).toBe(200);
    expect(performance.now() - start).toBeGreaterThanOrEqual(100);
    expect((await get('/error')).status).toBe(500);
    expect((await get('/nope')).status).toBe(404);
    const echo = await get('/api/echo?a=1', { method: 'POST', body: '<b>' });
    expect(await echo.json()).toMatchObject({ method: 'POST', query: { a: '1' }, body: '<b>' });
  });

  it('refuses foreign host names and puts nothing of a visitor into a page unescaped', async () => {
    const { request } = await import('node:http');
    const status = await new Promise((resolve) => {
      request(base, { headers: { host: 'evil.example' } }, (response) => resolve(response.resume().statusCode)).end();
    });
    expect(status).toBe(421);
    expect(await (await get('/<script>alert(1)</script>')).text()).not.toContain('<script>');
  });

  it('stops at once, also during a slow answer', async () => {
    const other = createDemoSite();
    const url = await other.start();
    const slow = fetch(`${url}/slow?ms=30000`).catch(() => 'cut off');
    await fetch(url);
    await other.stop();
    expect(await slow).toBe('cut off');
    expect(other.url).toBeNull();
  });
});
