/** Proxies in the forms in which providers sell them, one a line: every way to read a line, so that nothing is guessed. */
import net from 'node:net';
import { ProxyHost, type ProxyScheme } from '../../../../contract/automation/proxies.ts';

/** A proxy as a line says it. */
export interface ProxyLine {
  scheme: ProxyScheme;
  host: string;
  port: number;
  username: string | null;
  password: string | null;
  refresh_url: string | null;
}

/** What a line says: nothing, one thing, one of several, or why it says nothing that can be used. */
export type Verdict = { t: 'blank' } | { t: 'read'; readings: readonly ProxyLine[] } | Bad;
/** What cannot be used, and why. */
export interface Bad {
  t: 'bad';
  reason: string;
}

const SCHEMES: Readonly<Record<string, ProxyScheme>> = {
  http: 'http',
  https: 'https',
  socks: 'socks5',
  socks4: 'socks4',
  socks4a: 'socks4',
  socks5: 'socks5',
  socks5h: 'socks5',
};

/** The scheme of a word as providers write it. */
export const schemeOf = (word: string): ProxyScheme | undefined => SCHEMES[word.trim().toLowerCase()];

export const bad = (reason: string): Bad => ({ t: 'bad', reason });
const COMMENT = /^(?:#|\/\/|;)/;
const isPort = (text: string | undefined): text is string =>
  /^\d{1,5}$/.test(text ?? '') && Number(text) >= 1 && Number(text) <= 65_535;
const bare = (host: string) => host.replace(/^\[(.*)\]$/, '$1');
const isHost = (text: string | undefined): text is string => {
  if (text === undefined || text === '') return false;
  // An IPv6 address needs its brackets: its last group could be the port.
  if (text.includes(':') && !text.startsWith('[')) return false;
  return ProxyHost.safeParse(bare(text)).success;
};
/** An address, or a name with a dot: hardly a user name. */
const isNumeric = (host: string): boolean => host.includes(':') || /^\d+(?:\.\d+){3}$/.test(host);
const isTelling = (host: string): boolean => /[.:]/.test(host) || host.toLowerCase() === 'localhost';

type Endpoint = Pick<ProxyLine, 'host' | 'port'>;
type Credentials = Pick<ProxyLine, 'username' | 'password'>;
type Address = Endpoint & Credentials;
const NOBODY: Credentials = { username: null, password: null };

/** Parts between colons; those in brackets stay together. */
const parts = (text: string): string[] => {
  const found: string[] = [];
  let from = 0;
  let inside = false;
  for (let at = 0; at <= text.length; at++) {
    if (text[at] === '[' && at === from) inside = true;
    else if (text[at] === ']') inside = false;
    else if (at === text.length || (text[at] === ':' && !inside)) {
      found.push(text.slice(from, at));
      from = at + 1;
    }
  }
  return found;
};

function endpoint(text: string): Endpoint | null {
  const [host, port, ...more] = parts(text);
  return isHost(host) && isPort(port) && more.every((part) => part === '')
    ? { host: bare(host), port: Number(port) }
    : null;
}

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

function credentials(text: string, isUrl: boolean): Credentials | null {
  const colon = text.indexOf(':');
  const [user, word] = colon < 0 ? [text, null] : [text.slice(0, colon), text.slice(colon + 1)];
  if (user === '') return null;
  const plain = (value: string) => (isUrl ? decoded(value) : value);
  return { username: plain(user), password: word === null || word === '' ? null : plain(word) };
}

/** The readings that are possible; where only one of two names what is surely an address (a user name seldom is), that one. */
function likelier(one: Address | null, other: Address | null): Address[] {
  if (one !== null && other !== null) {
    for (const looks of [isTelling, isNumeric]) {
      if (looks(one.host) !== looks(other.host)) return [looks(one.host) ? one : other];
    }
  }
  return [one, other].filter((reading) => reading !== null);
}

/** `a@b`: credentials before the address as in a URL, or after it. The last `@` parts them, or the first: passwords may hold some. */
function around(text: string, isUrl: boolean): Address[] {
  const [first, last] = [text.indexOf('@'), text.lastIndexOf('@')];
  const before = endpoint(text.slice(last + 1));
  const user = credentials(text.slice(0, last), isUrl);
  const after = endpoint(text.slice(0, first));
  const other = credentials(text.slice(first + 1), isUrl);
  return likelier(before && user ? { ...before, ...user } : null, after && other ? { ...after, ...other } : null);
}

/** `host:port:user:password` and `user:password:host:port`; a password may hold colons. */
function inRow(found: readonly string[]): Address[] {
  const [a = '', b = '', ...rest] = found;
  const [y = '', z = ''] = found.slice(-2);
  const first =
    isHost(a) && isPort(b) && rest[0] !== ''
      ? { host: bare(a), port: Number(b), username: rest[0] ?? null, password: rest.slice(1).join(':') || null }
      : null;
  const last =
    found.length > 3 && isHost(y) && isPort(z) && a !== ''
      ? { host: bare(y), port: Number(z), username: a, password: found.slice(1, -2).join(':') || null }
      : null;
  return likelier(first, last);
}

function readAddress(text: string, isUrl: boolean): Address[] {
  if (text.includes('@')) {
    const found = around(text, isUrl);
    if (found.length > 0) return found;
  }
  const whole = endpoint(text);
  return whole ? [{ ...whole, ...NOBODY }] : inRow(parts(text));
}

/** An IPv6 address without brackets: whether its last group is a port nobody knows. */
const isBareIpv6 = (text: string): boolean => /^[0-9a-f:]+$/i.test(text) && (text.includes('::') || net.isIPv6(text));

/** Why a text cannot be read. */
function reasonOf(text: string): string {
  const found = parts(text);
  if (found.length < 2) return 'There is no port.';
  const port = found.find((part) => /^\d+$/.test(part) && !isPort(part));
  if (port !== undefined) return `${port} is not a port; ports go from 1 to 65535.`;
  return 'This is not a proxy in any known form.';
}

const same = (one: ProxyLine, other: ProxyLine) => JSON.stringify(one) === JSON.stringify(other);

/** An address without the slashes that end a URL. */
function withoutSlashes(text: string): string {
  let end = text.length;
  while (text[end - 1] === '/') end -= 1;
  return text.slice(0, end);
}

/** Reads one line. @param scheme what a line without one is */
export function readLine(line: string, scheme: ProxyScheme): Verdict {
  let rest = line.replace(/^\uFEFF/, '').trim();
  if (rest === '' || COMMENT.test(rest)) return { t: 'blank' };
  const comment = rest.search(/\s#/);
  if (comment >= 0) rest = rest.slice(0, comment).trimEnd();
  const opens = rest.endsWith(']') ? rest.lastIndexOf('[') : -1;
  const inside = rest.slice(opens + 1, -1);
  const refresh_url = opens >= 0 && /^https?:\/\/\S/i.test(inside) && !/\s/.test(inside) ? inside : null;
  if (refresh_url !== null) rest = rest.slice(0, opens).trimEnd();
  if (refresh_url !== null && !URL.canParse(refresh_url)) return bad('The refresh address in brackets is not a URL.');
  const url = /^([a-z0-9]+):\/\/(.*)$/i.exec(rest);
  const named = url ? schemeOf(url[1] ?? '') : scheme;
  if (named === undefined) return bad(`${url?.[1]} is not a kind of proxy; use http, https, socks4 or socks5.`);
  const address = url ? withoutSlashes(url[2] ?? '') : rest;
  if (isBareIpv6(address)) return bad('Put an IPv6 address into brackets: [2001:db8::1]:8080.');
  const asIs = readAddress(address, url !== null);
  // Blanks, commas and bars part fields too, unless the line makes sense with them in a password.
  const found = asIs.length > 0 ? asIs : readAddress(address.replace(/\s*[\s,;|]\s*/g, ':'), url !== null);
  const readings: ProxyLine[] = [];
  for (const one of found) {
    const reading = { scheme: named, ...one, refresh_url };
    if ((reading.username?.length ?? 0) > 255 || (reading.password?.length ?? 0) > 255)
      return bad('User name or password is longer than 255 characters.');
    if (!readings.some((other) => same(other, reading))) readings.push(reading);
  }
  return readings.length === 0 ? bad(reasonOf(address)) : { t: 'read', readings };
}
