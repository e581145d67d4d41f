/** Signing in to the demo shop: form tokens, sessions, and the pages between them. */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { bodyOf, cookie, html, redirect, type Visit } from './http.ts';
import { loginPage, messagePage } from './pages.ts';

/** What opens the shop; no secret at all. */
export const DEMO_LOGIN = { user: 'demo', password: 'demo-pass' } as const;

/** Sessions and form tokens kept; the oldest go first. */
const MAX_KEPT = 1000;

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

function equal(a: string, b: string): boolean {
  const [x, y] = [Buffer.from(a), Buffer.from(b)];
  return x.length === y.length && timingSafeEqual(x, y);
}

/** Creates the sign-in of one site, without a session. */
export function createSignIn() {
  const sessions = remembered();
  const tokens = remembered();
  return {
    userOf: (request: IncomingMessage): string | null =>
      sessions.has(cookie(request, 'session')) ? DEMO_LOGIN.user : null,
    form({ response, user }: Visit): void {
      if (user === null) html(response, loginPage(tokens.issue(), null));
      else redirect(response, '/orders');
    },
    async login({ request, response }: Visit): Promise<void> {
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
    },
    logout({ request, response }: Visit): void {
      sessions.take(cookie(request, 'session'));
      redirect(response, '/', { 'set-cookie': 'session=; Path=/; Max-Age=0' });
    },
  };
}
