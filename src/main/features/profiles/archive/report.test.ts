/** What an import tells: everything that is lost, by its reason, and no site, name or value of a cookie. */
import { expect, test } from 'vitest';
import type { Cookie } from '../../../../contract/automation/profile/cookies.ts';
import { computerItems, cookieItems, fileItems, noCookies, putCookies, settingsIn } from './report.ts';

type Found = Parameters<typeof fileItems>[0];
const FOUND: Found = {
  about: {
    ...{ format: 1, product: '0.1.0', platform: 'linux', name: 'Anna', include: ['storage', 'cookies', 'settings'] },
    browser: { family: 'chromium', version: '140.0.1' },
    settings: {},
    left_out: [{ item: 'caches', reason: 'made again', lost: false }],
  },
  ...{ files: 3, bytes: 10, wrong: [], cookies: [], hasPasswords: true, hasExtensions: true },
};
const NOW = 1_800_000_000;
const cookie = (over: Partial<Cookie>): Cookie => ({
  ...{ name: 'sid', value: 'secret-value', domain: 'shop.test', path: '/', expires: NOW + 1000, partitionKey: null },
  ...{ httpOnly: false, secure: false, sameSite: null },
  ...over,
});
const lines = (items: ReturnType<typeof fileItems>) =>
  items.map(({ item, status, reason }) => `${status}: ${item}: ${reason}`);

// Catches a cookie that is lost without a word, and a report by which whoever sees jobs learns where somebody is signed in.
test('cookies that have expired, end with the browser or are refused are counted by reason', async () => {
  const cookies = [
    ...[cookie({}), cookie({ name: 'other' }), cookie({ name: 'dropped' })],
    ...[cookie({ expires: NOW - 1 }), cookie({ expires: NOW - 2 }), cookie({ expires: null })],
    cookie({ sameSite: 'None' }),
  ];
  const jar = { all: async () => [], remove: async () => undefined, set: async () => cookies.slice(2, 3) };
  const items = cookieItems(await putCookies(jar, cookies, NOW));
  expect(lines(items)).toEqual([
    'ok: 2 cookies: set again by the browser of this computer',
    'lost: 2 cookies: has expired',
    'lost: 1 cookie: is a session cookie, which ends with the browser',
    'lost: 1 cookie: SameSite=None needs a secure cookie',
    'lost: 1 cookie: was not taken by the browser',
  ]);
  expect(JSON.stringify(items)).not.toMatch(/shop\.test|secret-value|sid/);
  expect(lines(noCookies(cookies.slice(0, 1), 'no browser'))).toEqual(['lost: 1 cookie: no browser']);
  expect(noCookies([], 'no browser')).toEqual([]);
});

// Catches a report of a hundred thousand lines, and a file that counts as good although it was not kept.
test('files that are not what the manifest says are named up to a limit, and do not count as good', () => {
  const wrong = Array.from({ length: 150 }, (_, n) => `storage/${n}`);
  const items = lines(fileItems({ ...FOUND, files: 152, wrong }));
  expect(items[0]).toBe('ok: 1 file: as in the archive, by their hashes');
  expect(items).toHaveLength(1 + 100 + 1 + 1);
  expect(items.at(-2)).toBe('rejected: 50 more files: as above');
  expect(items.at(-1)).toBe('ok: caches: not exported: made again');
});

// Catches losses that are told where there are none, or kept back where there are.
test('what another system or an older browser makes of it is told', () => {
  const at = (platform: string, version: string | null) =>
    computerItems(FOUND, { platform, version, browser: 'chromium' }).map(({ item }) => item);
  expect(at('linux', '140.9')).toEqual([]);
  expect(at('linux', null)).toEqual([]);
  expect(at('linux', '99.0')).toEqual(['data of a newer browser']);
  expect(at('darwin', '140.0')).toEqual(['saved passwords', 'extensions']);
});

// Catches a setting of an archive that a new profile could not have, and one bad setting that costs all others.
test('settings are checked one by one like those of a new profile', () => {
  const settings = {
    ...{ tags: ['x'], timezone: 'Mars/Olympus', launch_args: ['--remote-debugging-port=1'], later: 1 },
    ...{ executable_path: '/bin/sh', proxy_id: 'prx_1', name: 'From settings' },
  };
  const found = settingsIn({ ...FOUND, about: { ...FOUND.about, settings } });
  expect(found.settings).toMatchObject({ name: 'Anna', tags: ['x'], timezone: null, launch_args: [] });
  expect(found.settings).toMatchObject({ executable_path: null, proxy_id: null, browser: 'chromium' });
  expect(found.items.map(({ item, status }) => `${status} ${item}`)).toEqual([
    'rejected setting timezone',
    'rejected setting launch_args',
    'rejected setting later',
  ]);
});
