/**
 * The session token of a signed-in browser, kept in the storage of the panel's origin: unlike a cookie, which a browser sends to every
 * port of 127.0.0.1, it goes nowhere by itself.
 */
const KEY = 'tabagent.session';
/** Where storage is blocked the session lasts as long as the page. */
let unstored: string | null = null;

/** The token, `null` for a browser that is not signed in. */
export function readSession(): string | null {
  return quietly(() => localStorage.getItem(KEY)) ?? unstored;
}

/** Keeps a token; `null` forgets it. */
export function keepSession(token: string | null): void {
  unstored = token;
  quietly(() => (token === null ? localStorage.removeItem(KEY) : localStorage.setItem(KEY, token)));
}

function quietly<T>(work: () => T): T | null {
  try {
    return work();
  } catch {
    return null;
  }
}
