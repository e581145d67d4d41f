/** Where a forwarder sends what it is given. */
import type { ProxyScheme } from '../../../../contract/automation/proxies.ts';

/** A proxy with its credentials in plain text: it lives in memory only, as long as its forwarder. */
export interface Upstream {
  scheme: ProxyScheme;
  host: string;
  port: number;
  username: string | null;
  password: string | null;
}

/** Variants of the schemes with which the proxy, and not this computer, resolves names. */
const REMOTE_NAMES = { http: 'http', https: 'https', socks4: 'socks4a', socks5: 'socks5h' } as const;

/** Whether it speaks SOCKS. */
export const isSocks = ({ scheme }: Pick<Upstream, 'scheme'>): boolean => scheme === 'socks4' || scheme === 'socks5';

/** Address for the library. @param at where the proxy is reached, when that is not its own address */
export function upstreamUrl(upstream: Upstream, at: { host: string; port: number } = upstream): string {
  const { scheme, username, password } = upstream;
  const secret = password === null ? '' : `:${encodeURIComponent(password)}`;
  const user = username === null && password === null ? '' : `${encodeURIComponent(username ?? '')}${secret}@`;
  const host = at.host.includes(':') ? `[${at.host}]` : at.host;
  return `${REMOTE_NAMES[scheme]}://${user}${host}:${at.port}`;
}
