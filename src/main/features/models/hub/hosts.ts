/** Which servers a download may come from, and which one is told the token. */
import { AppError } from '../../../../contract/kernel/errors.ts';

/** The hub, and what it sends its files from. */
const HUB = 'huggingface.co';
const OWN = [HUB, 'hf.co'];

const isLoopback = (name: string) => name === 'localhost' || name === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(name);
const isUnder = (name: string, domain: string) => name === domain || name.endsWith(`.${domain}`);

/** See file comment. */
export interface HostRules {
  /** The address, when it may be asked. @throws AppError `forbidden` otherwise */
  require(address: string, base?: string): URL;
  /** Whether the token goes along. */
  isTrusted(url: URL): boolean;
}

/**
 * @param endpoint address of the hub or its mirror
 * @param allowed further names of hosts that it may redirect to
 */
export function createHostRules(endpoint: () => string, allowed: () => readonly string[]): HostRules {
  function may(url: URL): boolean {
    const own = new URL(endpoint());
    // Without TLS only on this machine, where a mirror may run.
    if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(url.hostname))) return false;
    if (url.username !== '' || url.password !== '') return false;
    if (url.host === own.host && url.protocol === own.protocol) return true;
    if (url.protocol !== 'https:' || url.port !== '') return allowed().includes(url.host);
    return [...OWN, ...allowed()].some((domain) => isUnder(url.hostname, domain));
  }
  return {
    require(address, base) {
      const url = URL.canParse(address, base) ? new URL(address, base) : null;
      if (url !== null && may(url)) return url;
      throw new AppError(
        'forbidden',
        `A download was sent to ${url?.host ?? 'an address that is none'}, which is not allowed. If you trust it, add it in Settings → Inference → Download hosts.`,
        { extra: { host: url?.host ?? null } },
      );
    },
    isTrusted: (url) => url.protocol === 'https:' && url.hostname === HUB && url.port === '',
  };
}
