/** Whole texts of proxies: lines, CSV with a heading, or JSON. */
import { z } from 'zod';
import { ProxyCreate, type ProxyScheme } from '../../../../contract/automation/proxies.ts';
import { type Bounds, parseBounded } from '../../../../contract/kernel/bounds.ts';
import { invalidField } from '../../../../contract/kernel/errors.ts';
import { issueText } from '../../../../contract/kernel/text/issue-text.ts';
import { readCsv as csvOf, hasMoreLines, inTurns } from '../../../core/scheduling/in-turns.ts';
import { type Bad, bad, type ProxyLine, readLine, schemeOf } from './lines.ts';

/** What CSV and JSON can say beside a line. */
export interface ProxyRecord extends ProxyLine {
  name?: string;
  tags?: string[];
  notes?: string;
}

/** One entry of a text: its line, or for JSON its place in the list, both from 1. */
export interface Entry {
  line: number;
  text: string;
  verdict: Bad | { t: 'read'; readings: readonly ProxyRecord[] };
}

/** More than anybody has; a text with more is refused as a whole. */
const MOST_PROXIES = 10_000;
/** Lines of a text, with those that are blank or comments. */
const MOST_LINES = 50_000;
/** Characters of a line; a proxy with its refresh address and notes fits. */
const MOST_CHARACTERS = 8000;
/** Members of an entry, whatever they are called. */
const MOST_MEMBERS = 100;

const requireSome = (count: number): void => {
  if (count > MOST_PROXIES)
    throw invalidField('text', `holds more than ${MOST_PROXIES} proxies; import fewer at a time`);
};
const BOUNDS: Bounds = { depth: 6, members: MOST_PROXIES * 20, string: 4000, size: 2 * 1024 * 1024 };

/** Names that members and columns go by. */
const ALIASES: Readonly<Record<string, readonly string[]>> = {
  host: ['host', 'hostname', 'ip', 'server', 'address', 'proxy_host', 'proxyhost', 'proxy'],
  port: ['port', 'proxy_port', 'proxyport'],
  username: ['username', 'user', 'login', 'proxy_user', 'proxyuser', 'proxy_username'],
  password: ['password', 'pass', 'pwd', 'proxy_password', 'proxypassword', 'proxy_pass'],
  scheme: ['scheme', 'type', 'protocol', 'proxy_type', 'proxytype'],
  refresh_url: ['refresh_url', 'refreshurl', 'change_ip_url', 'changeipurl', 'rotation_url', 'refresh'],
  name: ['name', 'title', 'label'],
  tags: ['tags', 'tag', 'group'],
  notes: ['notes', 'note', 'remark', 'comment'],
};
const MEMBER = new Map(
  Object.entries(ALIASES).flatMap(([member, names]) => names.map((name) => [name, member] as const)),
);
const memberOf = (name: string) =>
  MEMBER.get(
    name
      .trim()
      .toLowerCase()
      .replaceAll(/[\s-]+/g, '_'),
  );

const Text = z.union([z.string(), z.number()]).transform(String);
const Members = z.record(z.string(), z.union([Text, z.array(Text), z.null()]));

const readShort = (line: string, scheme: ProxyScheme) =>
  line.length > MOST_CHARACTERS
    ? bad(`The line is longer than ${MOST_CHARACTERS} characters.`)
    : readLine(line, scheme);

/** Reads a record of CSV or JSON; what it says wrongly is its own error. */
function readRecord(given: unknown, scheme: ProxyScheme): Entry['verdict'] {
  if (typeof given === 'string') {
    const verdict = readShort(given, scheme);
    return verdict.t === 'blank' ? bad('The entry is empty.') : verdict;
  }
  if (Object.keys(given ?? {}).length > MOST_MEMBERS) return bad(`An entry has at most ${MOST_MEMBERS} members.`);
  const members = Members.safeParse(given);
  if (!members.success) return bad('An entry is a text, or an object with host and port.');
  const facts: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(members.data)) {
    const member = memberOf(name);
    if (member !== undefined && value !== null && value.length > 0) facts[member] ??= value;
  }
  const { host, port, tags } = facts;
  // `proxy` or `server` may hold all of it.
  if (typeof host === 'string' && port === undefined) return withFacts(readRecord(host, scheme), facts);
  const word = typeof facts.scheme === 'string' ? schemeOf(facts.scheme) : scheme;
  if (word === undefined) return bad(`${facts.scheme} is not a kind of proxy; use http, https, socks4 or socks5.`);
  const parsed = ProxyCreate.safeParse({
    ...facts,
    scheme: word,
    host: typeof host === 'string' ? host.trim().replace(/^\[(.*)\]$/, '$1') : host,
    port: Number(port),
    tags: tagsOf(tags),
  });
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return bad(issue ? `${issue.path.join('.')} ${issueText(issue)}` : 'This is not a proxy.');
  }
  const { name, expires_at: _, ...record } = parsed.data;
  return { t: 'read', readings: [{ ...record, ...(name === undefined ? {} : { name }) }] };
}

const tagsOf = (tags: string | string[] | undefined): string[] =>
  (typeof tags === 'string' ? tags.split(/[,;|]/) : (tags ?? [])).map((tag) => tag.trim()).filter((tag) => tag !== '');

/** A line in a record says where; name, tags and notes stand beside it. */
function withFacts(verdict: Entry['verdict'], facts: Record<string, string | string[]>): Entry['verdict'] {
  if (verdict.t === 'bad') return verdict;
  const { name, notes, tags } = facts;
  const more = {
    ...(typeof name === 'string' ? { name: name.slice(0, 100) } : {}),
    ...(typeof notes === 'string' ? { notes: notes.slice(0, 1500) } : {}),
    ...(tags === undefined ? {} : { tags: tagsOf(tags) }),
  };
  return { t: 'read', readings: verdict.readings.map((reading) => ({ ...reading, ...more })) };
}

/** The entries of a JSON text: a list, or what an object holds in a list; null for a text that is no JSON. */
function itemsOf(text: string): unknown[] | null {
  if (!/^[[{]/.test(text.trimStart())) return null;
  let given: unknown;
  try {
    given = parseBounded(text, BOUNDS);
  } catch {
    return null;
  }
  const isList = Array.isArray(given);
  const inside =
    isList || typeof given !== 'object' || given === null ? undefined : Object.values(given).find(Array.isArray);
  return isList ? (given as unknown[]) : (inside ?? [given]);
}

async function readJson(text: string, scheme: ProxyScheme): Promise<Entry[] | null> {
  const items = itemsOf(text);
  if (items === null) return null;
  requireSome(items.length);
  return inTurns(items.entries(), ([at, item]) => ({
    line: at + 1,
    text: typeof item === 'string' ? item : JSON.stringify(item),
    verdict: readRecord(item, scheme),
  }));
}

const HEADED = /[,;\t]/;
/** The entries of a CSV with a heading that names an address and a port; null for another text. */
async function readCsv(text: string, scheme: ProxyScheme): Promise<Entry[] | null> {
  const heading =
    text
      .slice(0, MOST_CHARACTERS)
      .split(/\r?\n/, 1)[0]
      ?.replace(/^\uFEFF/, '') ?? '';
  const delimiter = HEADED.exec(heading)?.[0];
  if (delimiter === undefined) return null;
  const names = heading.split(delimiter).map((name) => memberOf(name.replaceAll('"', '')));
  if (!names.includes('host')) return null;
  let rows: { record: Record<string, string>; info: { lines: number } }[];
  try {
    const options = {
      ...{ delimiter, columns: true, bom: true, info: true, trim: true, skip_empty_lines: true },
      ...{
        relax_quotes: true,
        relax_column_count: true,
        comment: '#',
        comment_no_infix: true,
        max_record_size: MOST_CHARACTERS,
      },
    };
    rows = await csvOf(text, options, MOST_PROXIES);
  } catch {
    return null;
  }
  requireSome(rows.length);
  return inTurns(rows, ({ record, info }) => {
    const filled = Object.fromEntries(Object.entries(record).filter(([, value]) => value !== ''));
    return { line: info.lines, text: Object.values(record).join(delimiter), verdict: readRecord(filled, scheme) };
  });
}

/** The entries of a text of lines, each by itself. */
async function readLines(text: string, scheme: ProxyScheme): Promise<Entry[]> {
  if (hasMoreLines(text, MOST_LINES)) throw invalidField('text', `has more than ${MOST_LINES} lines`);
  const lines = text.split(/\r\n|\n|\r/);
  requireSome(lines.filter((line) => line.trim() !== '').length);
  const found = await inTurns(lines.entries(), ([at, line]): Entry[] => {
    const isJson = line.length <= MOST_CHARACTERS && line.trimStart().startsWith('{');
    const json = isJson ? itemsOf(line)?.[0] : undefined;
    const verdict = json === undefined ? readShort(line, scheme) : readRecord(json, scheme);
    return verdict.t === 'blank' ? [] : [{ line: at + 1, text: line, verdict }];
  });
  return found.flat();
}

/**
 * Reads a text. @param scheme what an entry without one is
 * @throws AppError `validation-error` for one with more proxies than anybody has
 */
export const readProxies = async (text: string, scheme: ProxyScheme): Promise<Entry[]> =>
  (await readJson(text, scheme)) ?? (await readCsv(text, scheme)) ?? readLines(text, scheme);
