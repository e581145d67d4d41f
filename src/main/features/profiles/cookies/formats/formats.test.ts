/** Twelve forms of a cookie file, as their programs write them, and what is refused of each. */
import { describe, expect, test } from 'vitest';
import type { Cookie } from '../../../../../contract/automation/profile/cookies.ts';
import { refusalOf } from '../rules.ts';
import { readCookies, writeCookies } from './index.ts';

const END = 2_000_000_000;
const SID: Cookie = {
  ...{ name: 'sid', value: 'a=b%20"c"', domain: '.shop.test', path: '/app', expires: END },
  ...{ httpOnly: true, secure: true, sameSite: 'Lax', partitionKey: null },
};
const HOST: Cookie = { ...SID, name: '__Host-id', value: 'x', domain: 'shop.test', path: '/', sameSite: 'Strict' };
const SESSION: Cookie = { ...SID, name: 'visit', value: '', expires: null, httpOnly: false, sameSite: null };
const PART: Cookie = {
  ...{ ...SID, name: 'chip', sameSite: 'None', domain: 'widget.test', path: '/' },
  partitionKey: { topLevelSite: 'https://shop.test', hasCrossSiteAncestor: true },
};
const ALL = [SID, HOST, SESSION, PART];

const read = async (text: string, format: Parameters<typeof readCookies>[1] = 'auto', domain?: string) => {
  const { cookies, rejected } = await readCookies(text, format, domain);
  return { cookies: cookies.map(({ cookie }) => cookie), rejected };
};
/** What a form has no room for. */
const without = (cookies: Cookie[], ...names: (keyof Cookie)[]): Cookie[] =>
  cookies.map((cookie) => ({
    ...cookie,
    ...(names.includes('sameSite') ? { sameSite: null } : {}),
    ...(names.includes('partitionKey') ? { partitionKey: null } : {}),
  }));
const playwright = ({ expires, sameSite, partitionKey, ...rest }: Cookie) => ({
  ...rest,
  expires: expires ?? -1,
  ...(sameSite === null ? {} : { sameSite }),
  ...(partitionKey === null ? {} : { partitionKey: partitionKey.topLevelSite, _crHasCrossSiteAncestor: true }),
});
const extension = ({ domain, expires, sameSite, partitionKey, ...rest }: Cookie) => ({
  ...rest,
  domain,
  hostOnly: !domain.startsWith('.'),
  session: expires === null,
  ...(expires === null ? {} : { expirationDate: expires }),
  sameSite: { Strict: 'strict', Lax: 'lax', None: 'no_restriction', unset: 'unspecified' }[sameSite ?? 'unset'],
  storeId: '0',
  ...(partitionKey === null ? {} : { partitionKey }),
});
const quickManager = ({ name, value, domain, path, expires, secure, httpOnly, sameSite }: Cookie) => ({
  'Host raw': `https://${domain}/`,
  'Name raw': name,
  'Path raw': path,
  'Content raw': value,
  Expires: expires === null ? 'At the end of the session' : '18-05-2033 05:33:20',
  'Expires raw': String(expires ?? 0),
  'Send for raw': String(secure),
  'HTTP only raw': String(httpOnly),
  'SameSite raw': { Strict: 'strict', Lax: 'lax', None: 'no_restriction', unset: 'unspecified' }[sameSite ?? 'unset'],
  'This domain only raw': String(!domain.startsWith('.')),
});
const setCookie = ({ name, value, domain, path, expires, httpOnly, secure, sameSite }: Cookie) =>
  `Set-Cookie: ${name}=${value}; ${domain.startsWith('.') ? `Domain=${domain.slice(1)}; ` : ''}Path=${path}${
    expires === null ? '' : `; Expires=${new Date(expires * 1000).toUTCString()}`
  }${httpOnly ? '; HttpOnly' : ''}${secure ? '; Secure' : ''}${sameSite === null ? '' : `; SameSite=${sameSite}`}`;
const har = (cookies: Cookie[]) => ({
  log: {
    version: '1.2',
    entries: cookies.map((cookie) => ({
      request: { method: 'GET', url: `https://${cookie.domain.replace(/^\./, '')}/x?y=1`, headers: [] },
      response: { status: 200, headers: [{ name: 'set-cookie', value: setCookie(cookie).slice(12) }] },
    })),
  },
});

// Would catch: a login that is lost on the way because one exporter calls a member differently.
test.each<[string, string, Cookie[]]>([
  ['our own JSON', writeCookies(ALL, 'json'), ALL],
  ['our own Netscape file', writeCookies(ALL, 'netscape'), without(ALL, 'sameSite', 'partitionKey')],
  ['Playwright cookies', JSON.stringify([SID, HOST, SESSION].map(playwright)), [SID, HOST, SESSION]],
  ['a storage state', JSON.stringify({ cookies: [SID, SESSION].map(playwright), origins: [] }), [SID, SESSION]],
  [
    'Puppeteer cookies',
    JSON.stringify(
      [SID, HOST].map((cookie) => ({ ...playwright(cookie), size: 9, session: false, priority: 'Medium' })),
    ),
    [SID, HOST],
  ],
  ['EditThisCookie, Cookie-Editor, AdsPower', JSON.stringify(ALL.map(extension), null, 4), ALL],
  [
    'Selenium',
    JSON.stringify([SID, HOST].map(({ expires, partitionKey: _, ...rest }) => ({ ...rest, expiry: expires }))),
    [SID, HOST],
  ],
  ['Cookie Quick Manager', JSON.stringify([SID, HOST, SESSION].map(quickManager)), [SID, HOST, SESSION]],
  ['one object a line', [SID, HOST].map((cookie) => JSON.stringify(playwright(cookie))).join('\n'), [SID, HOST]],
  [
    'curl and wget',
    [
      '# Netscape HTTP Cookie File',
      '# https://curl.se/docs/http-cookies.html',
      '',
      `#HttpOnly_.shop.test\tTRUE\t/app\tTRUE\t${END}\tsid\ta=b%20"c"`,
      `shop.test\tFALSE\t/\tTRUE\t0\tcart\t`,
    ].join('\r\n'),
    [
      { ...SID, sameSite: null },
      { ...SESSION, name: 'cart', domain: 'shop.test', path: '/' },
    ],
  ],
  ['Set-Cookie lines', [SID, SESSION].map(setCookie).join('\n'), [SID, SESSION]],
  ['HAR', JSON.stringify(har([SID, HOST, SESSION])), [SID, HOST, SESSION]],
])('%s are read as they were written', async (_name, text, expected) => {
  expect(await read(text)).toEqual({ cookies: expected, rejected: [] });
  expect(expected.map((cookie) => refusalOf(cookie, 0))).toEqual(expected.map(() => null));
});

test('a Cookie header and a plain object take the domain that is given, and are refused without one', async () => {
  const plain = { path: '/', expires: null, httpOnly: false, secure: false, sameSite: null, partitionKey: null };
  const expected = [
    { ...plain, name: 'a', value: '1=2', domain: 'shop.test' },
    { ...plain, name: 'b', value: '', domain: 'shop.test' },
  ];
  expect((await read('Cookie: a=1=2; b=\n', 'auto', 'shop.test')).cookies).toEqual(expected);
  expect((await read('{"a":"1=2","b":""}', 'auto', 'shop.test')).cookies).toEqual(expected);
  expect((await read('a=1; b=2')).rejected).toEqual([{ line: 1, reason: expect.stringContaining('give a domain') }]);
  expect((await read('{"a":"1"}')).rejected).toEqual([{ line: 1, reason: 'has no domain' }]);
});

test('seconds, milliseconds, microseconds and dates are the same end', async () => {
  for (const expires of [END, `${END}`, END * 1000, END * 1e6, new Date(END * 1000).toISOString()]) {
    const text = JSON.stringify([{ name: 'a', value: 'b', domain: 'x.test', expires }]);
    expect((await read(text)).cookies[0]?.expires, String(expires)).toBe(END);
  }
});

describe('what is refused', () => {
  // Would catch: a bad line that is dropped in silence, that takes the good ones with it, or whose value is told to a log.
  test('each line by its number, and the others are read', async () => {
    const text = [
      `.shop.test\tTRUE\t/\tTRUE\t${END}\tgood\tsecret-1`,
      'shop.test TRUE / TRUE 0 spaces secret-2',
      `shop.test\tMAYBE\t/\tTRUE\t0\tflag\tsecret-3`,
      `shop.test\tTRUE\t/\tTRUE\tsoon\tend\tsecret-4`,
    ].join('\n');
    const { cookies, rejected } = await read(text);
    expect(cookies.map(({ name }) => name)).toEqual(['good']);
    expect(rejected.map(({ line }) => line)).toEqual([2, 3, 4]);
    expect(JSON.stringify(rejected)).not.toContain('secret');
  });

  test.each([
    ['{"a":', 'is not valid JSON'],
    ['{"a":{"b":1}}', 'holds no list of cookies'],
    ['  ', 'is empty'],
    [`[${'['.repeat(100_000)}`, 'is not valid JSON'],
  ])('%#: a text that is none of its form', async (text, why) => {
    await expect(read(text)).rejects.toThrow(
      expect.objectContaining({ slug: 'validation-error', errors: { text: why } }),
    );
  });

  // Would catch: a text within the limit of the operation that holds the host up for minutes.
  test.each([
    ['auto', 'a\n'.repeat(4_000_000)],
    ['set_cookie', `${'\r'.repeat(8_000_000)}x`],
    ['json', '{}\n'.repeat(20_001)],
    ['json', `[${'0,'.repeat(20_000)}0]`],
    ['header', Array.from({ length: 30 }, () => 'a=b;'.repeat(1000)).join('\n')],
    ['har', JSON.stringify({ log: { entries: Array.from({ length: 20_001 }, () => 0) } })],
  ] as const)('%s: more than a browser keeps', async (format, text) => {
    await expect(read(text, format, 'shop.test')).rejects.toMatchObject({
      slug: 'validation-error',
      extra: { reason: expect.stringContaining('more than 20000') },
    });
  });
  test.each([
    ['netscape', `x${'\t'.repeat(4_000_000)}x`],
    ['header', 'a=b;'.repeat(1_000_000)],
    ['set_cookie', `a=b${';x'.repeat(1_000_000)}`],
    ['har', JSON.stringify(har([{ ...SID, value: 'x'.repeat(70_000) }]))],
  ] as const)('%s: a line that takes long to read', async (format, text) => {
    const { cookies, rejected } = await read(text, format, 'shop.test');
    expect([cookies, rejected]).toEqual([[], [{ line: 1, reason: 'is longer than 65536 characters' }]]);
  });
  // Would catch: texts that count for the life of the host, until none is taken any more.
  test('what was in one text counts in no other', async () => {
    const text = JSON.stringify([{ ...playwright(SID), more: Array.from({ length: 200_000 }, () => 0) }]);
    for (let round = 0; round < 4; round++) expect((await read(text)).cookies).toEqual([SID]);
  });

  test.each<[Partial<Cookie>, string | null]>([
    [{}, null],
    [{ name: '__Host-a', domain: '.shop.test', path: '/' }, 'one host'],
    [{ name: '__Host-a', domain: 'shop.test', path: '/x' }, 'path /'],
    [{ name: '__Secure-a', secure: false }, 'secure'],
    [{ sameSite: 'None', secure: false }, 'SameSite=None'],
    [{ ...PART, secure: false, sameSite: null }, 'partitioned'],
    [{ expires: 5 }, 'expired'],
    [{ value: 'x'.repeat(4097) }, 'longer'],
    [{ value: 'a\nb' }, 'characters'],
    [{ name: 'a;b' }, 'characters'],
    [{ domain: 'http://shop.test/' }, 'no host'],
    [{ domain: '.127.0.0.1' }, 'no subdomains'],
    [{ path: 'app' }, 'begin with /'],
    [{ name: '', value: '' }, 'neither'],
    [{ domain: 'bücher.test' }, null],
  ])('%j', (change, why) => {
    const reason = refusalOf({ ...SID, ...change }, 10);
    if (why === null) expect(reason).toBeNull();
    else expect(reason).toContain(why);
  });
});
