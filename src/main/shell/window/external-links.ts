/** Addresses outside the app: what may be opened in the system's browser, and what only after a question. */

/** Sites of the product itself. */
const KNOWN_HOSTS: readonly string[] = ['tabagent.dev', 'docs.tabagent.dev'];

/** `open` at once, `ask` a person first, or `refuse`. */
export type LinkVerdict = 'open' | 'ask' | 'refuse';

/**
 * Judges an address. Only https may leave the app, and http to our own API on this computer; `file:`, `javascript:` and
 * programs' own schemes never do, because the system would run what is behind them.
 * @param apiUrl address of the HTTP door, null while it is closed
 * @param trusted hosts a person has agreed to since the start
 */
export function judgeLink(url: string, apiUrl: string | null, trusted: ReadonlySet<string>): LinkVerdict {
  const target = URL.parse(url);
  if (target === null || target.username !== '' || target.password !== '') return 'refuse';
  if (apiUrl !== null && target.origin === URL.parse(apiUrl)?.origin) return 'open';
  if (target.protocol !== 'https:') return 'refuse';
  return KNOWN_HOSTS.includes(target.host) || trusted.has(target.host) ? 'open' : 'ask';
}
