/** What the panel makes of the host's answer before it opens its socket. */
import { afterEach, expect, test, vi } from 'vitest';
import { keepSession, readSession } from '../../../src/renderer/lib/client/session.ts';
import { connectWebSocket } from '../../../src/renderer/lib/client/web-socket.ts';

afterEach(() => {
  vi.unstubAllGlobals();
  keepSession(null);
});

/** Why the connection ended when the host answers like that. */
function endOf(answer: () => Promise<Response>): Promise<string> {
  vi.stubGlobal('fetch', answer);
  keepSession('token');
  return new Promise((close) => void connectWebSocket({ open: () => close('open'), frame: () => undefined, close }));
}

const problem = (status: number) => async () => Response.json({ status }, { status });

// Would catch: a host that is stopping, or a proxy whose host is away, taken for one that does not know this browser: the panel would
// show "Sign in" until somebody checks again.
test.each([
  [503, 'lost'],
  [502, 'lost'],
  [500, 'lost'],
  [429, 'lost'],
  [404, 'lost'],
  [403, 'refused'],
])('an answer with %i ends as %s, and the session is kept', async (status, cause) => {
  expect(await endOf(problem(status))).toBe(cause);
  expect(readSession()).toBe('token');
});

test('only a host that says so ends the session', async () => {
  expect(await endOf(problem(401))).toBe('signed_out');
  expect(readSession()).toBeNull();
  expect(await endOf(() => Promise.reject(new TypeError('Failed to fetch')))).toBe('lost');
  expect(await endOf(async () => Response.json({ authenticated: false }))).toBe('signed_out');
});
