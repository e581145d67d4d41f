/** Cookies as JSON: the members of all common exporters, storage states and HAR files. */
import { z } from 'zod';
import type { Cookie } from '../../../../../contract/automation/profile/cookies.ts';
import { BOUNDS, createBoundedParser } from '../../../../../contract/kernel/bounds.ts';
import { AppError } from '../../../../../contract/kernel/errors.ts';
import { isJsonObject, Json, type JsonObject } from '../../../../../contract/kernel/json.ts';
import {
  collect,
  expiresOf,
  type Parsed,
  PLAIN,
  requireLines,
  requireShort,
  requireSome,
  sameSiteOf,
  Unreadable,
} from './parsed.ts';
import { setCookieLine } from './text.ts';

/** The requests of a long visit have some hundred thousand headers. */
const TEXT_BOUNDS = { ...BOUNDS, members: 500_000 };
/** Headers of one request or answer. */
const MAX_HEADERS = 1000;

/** Reads JSON that a caller gave as a text. @throws AppError `validation-error` */
function parseJson(text: string, parse = createBoundedParser(TEXT_BOUNDS)): Json {
  try {
    return Json.parse(parse(text));
  } catch (cause) {
    throw new AppError('validation-error', 'The text is not valid JSON.', {
      cause,
      errors: { text: 'is not valid JSON' },
    });
  }
}

/** The first of these members that is there: exporters call one thing by several names. */
function member(item: JsonObject, ...names: string[]): Json | undefined {
  const name = names.find((one) => item[one] !== undefined && item[one] !== null);
  return name === undefined ? undefined : item[name];
}

const textOf = (value: Json | undefined): string | undefined =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
const isTrue = (value: Json | undefined): boolean => value === true || value === 'true' || value === 1;

const Partition = z.union([
  z.object({ topLevelSite: z.string(), hasCrossSiteAncestor: z.boolean().default(false) }),
  z.string().transform((topLevelSite) => ({ topLevelSite, hasCrossSiteAncestor: false })),
]);

function partitionOf(value: Json | undefined): Cookie['partitionKey'] {
  if (value === undefined) return null;
  const read = Partition.safeParse(value);
  if (!read.success) throw new Unreadable('its partition key cannot be read');
  return read.data.topLevelSite === '' ? null : read.data;
}

/** Where a cookie belongs: a domain, or an address (Cookie Quick Manager, Puppeteer). */
function domainOf(item: JsonObject, fallback: string | undefined): string {
  const said = textOf(member(item, 'domain', 'Domain', 'host', 'Host', 'Host raw', 'url')) ?? fallback;
  if (said === undefined || said === '') throw new Unreadable('has no domain');
  if (!/^https?:\/\//.test(said)) return hostOnlyOf(item) === true ? said.replace(/^\./, '') : dotted(item, said);
  const host = said.replace(/^https?:\/\//, '').split(/[/:?#]/, 1)[0] ?? '';
  return isTrue(member(item, 'This domain only raw')) ? host.replace(/^\./, '') : host;
}

const hostOnlyOf = (item: JsonObject): boolean | undefined => {
  const value = member(item, 'hostOnly', 'host_only', 'HostOnly');
  return value === undefined ? undefined : isTrue(value);
};
/** Some exporters write the domain without its dot, and say beside it that subdomains are included. */
const dotted = (item: JsonObject, domain: string): string =>
  hostOnlyOf(item) === false && !domain.startsWith('.') ? `.${domain}` : domain;

function jsonCookie(item: Json, fallback: string | undefined): Cookie {
  if (!isJsonObject(item)) throw new Unreadable('is not an object');
  const name = textOf(member(item, 'name', 'Name', 'Name raw', 'key'));
  const value = textOf(member(item, 'value', 'Value', 'Content raw'));
  if (name === undefined) throw new Unreadable('has no name');
  if (value === undefined) throw new Unreadable('has no value');
  const isSession = isTrue(member(item, 'session', 'Session'));
  const expires = member(item, 'expires', 'expirationDate', 'expiry', 'Expires raw', 'Expires', 'expiration', 'expire');
  return {
    ...PLAIN,
    name,
    value,
    domain: domainOf(item, fallback),
    path: textOf(member(item, 'path', 'Path', 'Path raw')) ?? '/',
    expires: isSession ? null : expiresOf(expires),
    httpOnly: isTrue(member(item, 'httpOnly', 'HttpOnly', 'httponly', 'HTTP only raw')),
    secure: isTrue(member(item, 'secure', 'Secure', 'Send for raw')),
    sameSite: sameSiteOf(member(item, 'sameSite', 'SameSite', 'samesite', 'SameSite raw')),
    partitionKey: partitionOf(member(item, 'partitionKey', 'partition_key')),
  };
}

/** Requests of a HAR file: what was sent with them, then what their answers set. */
async function parseHar(entries: readonly Json[]): Promise<Parsed> {
  requireSome(entries.length);
  const items = entries.map((item, i) => ({ line: i + 1, item }));
  return collect(items, (entry) => {
    const read = HarEntry.safeParse(entry);
    if (!read.success) throw new Unreadable('is no entry of a HAR file');
    const { request, response } = read.data;
    const host = request.url.replace(/^\w+:\/\//, '').split(/[/:?#]/, 1)[0] ?? '';
    const secure = request.url.startsWith('https:');
    const sent = request.headers
      .filter(({ name }) => name.toLowerCase() === 'cookie')
      .flatMap(({ value }) => requireShort(value).split(';'))
      .filter((pair) => pair.includes('='))
      .map((pair): Cookie => {
        const at = pair.indexOf('=');
        return { ...PLAIN, name: pair.slice(0, at).trim(), value: pair.slice(at + 1).trim(), domain: host, secure };
      });
    const set = response.headers
      .filter(({ name }) => name.toLowerCase() === 'set-cookie')
      .flatMap(({ value }) => requireShort(value).split('\n'))
      .map((line) => setCookieLine(line, host));
    return [...sent, ...set];
  });
}

const Headers = z
  .array(z.object({ name: z.string(), value: z.string() }))
  .max(MAX_HEADERS)
  .default([]);
const HarEntry = z.object({
  request: z.object({ url: z.string(), headers: Headers }),
  response: z.object({ headers: Headers }).default({ headers: [] }),
});

/** The list of cookies in a file of some exporter; or of a plain object with names and values. */
function listIn(value: Json): Json[] | null {
  if (Array.isArray(value)) return value;
  if (!isJsonObject(value)) return null;
  for (const name of ['cookies', 'Cookies', 'data']) {
    const inner = value[name];
    if (Array.isArray(inner)) return inner;
  }
  if (value.name !== undefined || value.Name !== undefined) return [value];
  const pairs = Object.entries(value);
  if (pairs.every(([, inner]) => typeof inner === 'string'))
    return pairs.map(([name, inner]) => ({ name, value: inner }));
  return null;
}

/** Reads JSON of any exporter, a storage state, a HAR file, or one object a line. @throws AppError `validation-error` */
export async function parseJsonCookies(text: string, domain: string | undefined): Promise<Parsed> {
  const [first = '', second = ''] = text.trimStart().split('\n', 2);
  const isLines = first.startsWith('{') && first.trimEnd().endsWith('}') && second.trimStart().startsWith('{');
  const value = isLines ? linesOfJson(text) : parseJson(text);
  if (isJsonObject(value) && isJsonObject(value.log) && Array.isArray(value.log.entries)) {
    return parseHar(value.log.entries);
  }
  const list = listIn(value);
  if (list === null) {
    throw new AppError('validation-error', 'The JSON holds no list of cookies.', {
      errors: { text: 'holds no list of cookies' },
    });
  }
  requireSome(list.length);
  const items = list.map((item, i) => ({ line: i + 1, item }));
  return collect(items, (item) => jsonCookie(item, domain));
}

function linesOfJson(text: string): Json[] {
  requireLines(text);
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const parse = createBoundedParser(TEXT_BOUNDS);
  return lines.map((line) => parseJson(line, parse));
}
