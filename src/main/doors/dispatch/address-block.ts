/** The block of addresses that one caller may have at hand, by which those without a credential are counted. */
import { isIPv4, isIPv6 } from 'node:net';

/** IPv6 hands out networks of 64 bits (RFC 4291 §2.5.4): four groups. */
const NETWORK_GROUPS = 4;

/** Loopback as one block, IPv4 by 24 bits, IPv6 by 64; anything else is a block of its own. */
export function addressBlock(remote: string): string {
  const [address = ''] = remote.split('%');
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? address;
  if (mapped === '::1' || (isIPv4(mapped) && mapped.startsWith('127.'))) return 'loopback';
  if (isIPv4(mapped)) return `${mapped.slice(0, mapped.lastIndexOf('.'))}.0/24`;
  return isIPv6(mapped) ? `${networkOf(mapped)}::/64` : remote;
}

function networkOf(address: string): string {
  const [head = '', tail] = address.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? 0 : 8 - left.length - right.length;
  const groups = [...left, ...Array<string>(zeros).fill('0'), ...right];
  return groups
    .slice(0, NETWORK_GROUPS)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':');
}
