/** The importer on the forms in which proxies are sold, and on everything that is wrong with pasted lists. */
import { expect, test } from 'vitest';
import { openTestCore } from '../../../../../tests/support/core.ts';
import { CORPUS } from '../../../../../tests/support/proxies/corpus.ts';
import { proxiesOn } from '../../../../../tests/support/proxies/on-core.ts';
import { ProxyImport } from '../../../../contract/automation/proxies.ts';
import { readLine } from './lines.ts';
import { readProxies } from './texts.ts';

const ask = (text: string, over: Record<string, unknown> = {}) => ProxyImport.parse({ text, ...over });
const spelt = (entry: Awaited<ReturnType<typeof readProxies>>[number]) =>
  entry.verdict.t === 'bad'
    ? `! ${entry.verdict.reason}`
    : entry.verdict.readings
        .map(({ scheme, host, port, username, password, refresh_url }) =>
          [scheme, host, port, username ?? '-', password ?? '-', ...(refresh_url ? [refresh_url] : [])].join(' '),
        )
        .join(' | ');

// Would catch: any form that is misread, above all a password that loses or gains a character, and a guess where two readings are possible.
test('the corpus: every line is read as it is meant', () => {
  expect(CORPUS.length).toBeGreaterThanOrEqual(200);
  const wrong = CORPUS.flatMap(([line, meant]) => {
    const verdict = readLine(line, 'http');
    const got = verdict.t === 'blank' ? '' : spelt({ line: 1, text: line, verdict });
    const fits = meant === '!' ? got.startsWith('! ') : got === meant;
    return fits ? [] : [{ line, meant, got }];
  });
  expect(wrong).toEqual([]);
});

// Would catch: verdicts that point at other lines than those that the operator sees, in whatever line ends.
test('each verdict names its line, blank ones and comments counted', async () => {
  const text = '# mine\r\n\r\n1.2.3.4:80\r\nnonsense\r\n5.6.7.8:99999\n';
  expect((await readProxies(text, 'http')).map(({ line, verdict }) => [line, verdict.t])).toEqual([
    [3, 'read'],
    [4, 'bad'],
    [5, 'bad'],
  ]);
});

// Would catch: a table that is read by position, or whose quotes and separators end up in passwords.
test.each([
  ['ip,port,login,password,type\n1.2.3.4,1080,u,"p,a:s@s",SOCKS5\n', 'socks5 1.2.3.4 1080 u p,a:s@s'],
  ['Type;Host;Port;User;Pass\nhttps;h.example;443;u;p\n', 'https h.example 443 u p'],
  ['host\tport\n2001:db8::1\t3128\n', 'http 2001:db8::1 3128 - -'],
  ['name,proxy\nOffice,socks5://u:p@h.example:1080\n', 'socks5 h.example 1080 u p'],
  ['[{"host":"1.2.3.4","port":80,"username":"u","password":"p:@/#"}]', 'http 1.2.3.4 80 u p:@/#'],
  ['{"proxies":["socks4://1.2.3.4:1080"]}', 'socks4 1.2.3.4 1080 - -'],
  ['{"ip":"1.2.3.4","port":"80"}\n{"ip":"1.2.3.4","port":"81"}', 'http 1.2.3.4 80 - -'],
  ['[::1]:80:u:p', 'http ::1 80 u p'],
])('CSV and JSON: %j', async (text, first) => {
  expect(spelt((await readProxies(text, 'http'))[0] as never)).toBe(first);
});

// Would catch: a dry run that creates, duplicates that are created again, and tags that get lost.
test('a dry run creates nothing; importing twice creates nothing the second time', async () => {
  using core = openTestCore();
  const { service } = proxiesOn(core);
  const text = '1.2.3.4:80:u:p\nhttp://u:other@1.2.3.4:80\nsocks5://h.example:1080\nwhat';
  const dry = await service.import(ask(text));
  expect([dry.parsed.length, dry.created, dry.duplicates, dry.errors.length]).toEqual([3, 0, 1, 1]);
  expect(service.matching({}, false)).toEqual([]);
  const real = await service.import(ask(text, { dry_run: false, tags: ['new'] }));
  expect([real.created, real.duplicates]).toEqual([2, 1]);
  const page = service.list({ limit: 50, count: true, sort: 'name' });
  expect(page.items.map(({ name, tags, has_password }) => [name, tags, has_password])).toEqual([
    ['1.2.3.4:80', ['new'], true],
    ['h.example:1080', ['new'], false],
  ]);
  expect(await service.import(ask(text, { dry_run: false }))).toMatchObject({ created: 0, duplicates: 3 });
});

// Would catch: a list that two people import at once, or one who clicks twice, and every proxy of it twice.
test('of imports at the same time each proxy is made by one', async () => {
  using core = openTestCore();
  const { service } = proxiesOn(core);
  const list = (from: number) => Array.from({ length: 150 }, (_, n) => `10.0.0.${from + n}:80:u:p${n}`).join('\n');
  const answers = await Promise.all([
    service.import(ask(list(1), { dry_run: false })),
    service.import(ask(list(1), { dry_run: false })),
    service.import(ask(list(76), { dry_run: false })),
  ]);
  expect(service.matching({}, false)).toHaveLength(225);
  expect(answers.map(({ created, duplicates }) => created + duplicates)).toEqual([150, 150, 150]);
  expect(answers.reduce((all, { created }) => all + created, 0)).toBe(225);
  for (const { parsed, duplicates } of answers)
    expect(parsed.filter(({ duplicate }) => duplicate)).toHaveLength(duplicates);
  // No password is kept of what was not made.
  const count = core.db.raw.prepare('SELECT count(*) AS n FROM secret').get() as { n: number };
  expect(count.n).toBe(225);
});

// Would catch: a line with two readings that is created as one of them unasked.
test('an ambiguous line waits for a choice', async () => {
  using core = openTestCore();
  const { service } = proxiesOn(core);
  const text = '10.0.0.1:8080:10.0.0.2:9090';
  const asked = await service.import(ask(text, { dry_run: false }));
  expect([asked.created, asked.ambiguous[0]?.readings.map(({ host }) => host)]).toEqual([0, ['10.0.0.1', '10.0.0.2']]);
  await service.import(ask(text, { dry_run: false, choices: [{ line: 1, reading: 1 }] }));
  expect(service.list({ limit: 50, count: false }).items[0]).toMatchObject({
    host: '10.0.0.2',
    port: 9090,
    username: '10.0.0.1',
  });
});

// Would catch: an answer, which is shown and may be logged, that repeats passwords.
test('no answer holds a password', async () => {
  using core = openTestCore();
  const { service } = proxiesOn(core);
  const lines = [
    '1.2.3.4:80:u:word-1',
    '10.0.0.1:80:10.0.0.2:90',
    'ftp://u:word-2@h.example:21',
    'h.example:99999:u:word-3',
  ];
  const answer = JSON.stringify(await service.import(ask(lines.join('\n'))));
  for (const word of ['word-1', 'word-2', 'word-3']) expect(answer).not.toContain(word);
});

// Would catch: a text within the limits of the operation that holds the host up for half a minute.
test.each([
  ['many lines', 'a\n'.repeat(750_000), 'more than 50000 lines'],
  ['many proxies', '1.2.3.4:80\n'.repeat(10_001), 'more than 10000 proxies'],
  ['many items', `[${'"a",'.repeat(10_001)}"a"]`, 'more than 10000 proxies'],
  ['many records', `host,port\n${'a,1\n'.repeat(10_001)}`, 'more than 10000 proxies'],
])('%s are refused as a whole', async (_what, text, why) => {
  const asked = readProxies(text, 'http');
  await expect(asked).rejects.toMatchObject({
    slug: 'validation-error',
    extra: { reason: expect.stringContaining(why) },
  });
});
test.each([
  ['a long line', ':'.repeat(1_400_000)],
  ['a long line with many ats', 'a@b'.repeat(400_000)],
  ['a JSON that is none', `[${'"a",'.repeat(300_000)}`],
  ['an entry of many members', JSON.stringify([Object.fromEntries(Array.from({ length: 50_000 }, (_, n) => [n, 0]))])],
  ['a long heading', `host${',x'.repeat(700_000)}`],
])('%s is one bad entry', async (_what, text) => {
  const entries = await readProxies(text, 'http');
  expect(entries.map(({ verdict }) => verdict.t)).toEqual(['bad']);
  expect(JSON.stringify(entries[0]?.verdict)).toMatch(/longer than|members/);
});
