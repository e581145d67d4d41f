/** Scripts that were written for AdsPower's local API, with a real browser. */
import { chromium } from 'playwright';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ProfileId } from '../../src/contract/kernel/scalars.ts';
import { browserPath } from '../faults/support.ts';
import { createTestHost, type TestHost } from '../support/host.ts';

interface Answer {
  code: number;
  msg: string;
  data: { status?: string; ws?: { puppeteer: string; selenium: string }; debug_port?: string };
}

let subject: TestHost;
let id: ProfileId;
let key: string;
const call: TestHost['host']['client']['call'] = (...args) => subject.host.client.call(...args);
const keyOf = async (scope: 'read' | 'run', areas: ('automation' | 'models')[] = ['automation']) =>
  (await call('keys_create', { name: `${scope} ${areas}`, scopes: [scope], areas })).key;

beforeAll(async () => {
  subject = await createTestHost({ settings: { allow_unauthenticated_local: true } });
  id = (await call('profiles_create', { name: 'jb8a2f' })).id;
  key = await keyOf('run');
}, 60_000);
afterAll(() => subject[Symbol.asyncDispose]());

/** What a script asks; its answer and the status. */
async function ask(path: string, headers: Record<string, string> = { authorization: `Bearer ${key}` }) {
  const response = await fetch(`${subject.url}${path}`, { headers });
  return { status: response.status, ...((await response.json()) as Answer) };
}
const stateOf = async () => (await call('profiles_get', { id })).state;

test.skipIf(browserPath === null)(
  'P31: a script opens a browser by its old id, drives it over the address that it is given, finds it active and closes it',
  async () => {
    const opened = await ask('/api/v1/browser/start?user_id=jb8a2f&headless=1&ip_tab=0');
    expect(opened).toMatchObject({ status: 200, code: 0, msg: 'success', data: { debug_port: '', webdriver: '' } });
    const browser = await chromium.connectOverCDP(opened.data.ws?.puppeteer ?? '', { noDefaults: true });
    const page = await browser.contexts()[0]?.newPage();
    await page?.goto('data:text/html,<title>driven</title>');
    expect(await page?.title()).toBe('driven');
    await browser.close();

    const found = await ask(`/api/v1/browser/active?user_id=${id}`);
    expect(found).toMatchObject({ code: 0, data: { status: 'Active' } });
    // Each address opens one connection: another script gets one of its own.
    expect(found.data.ws?.puppeteer).not.toBe(opened.data.ws?.puppeteer);
    const again = await ask(`/v1/browser/start?profile_id=${id}`);
    expect(again.code).toBe(0);
    const second = await chromium.connectOverCDP(again.data.ws?.puppeteer ?? '', { noDefaults: true });
    await second.close();

    expect(await ask('/api/v1/browser/stop?user_id=jb8a2f')).toMatchObject({ code: 0, msg: 'success' });
    expect(await stateOf()).toBe('stopped');
    expect(await ask('/api/v1/browser/active?user_id=jb8a2f')).toMatchObject({ code: 0, data: { status: 'Inactive' } });
  },
);

test('the status is answered without a key', async () => {
  expect(await ask('/status', {})).toMatchObject({ status: 200, code: 0, msg: 'success' });
});

describe('what goes wrong has the code -1 and says why', () => {
  // Would catch: a problem in another form, which such a script reads as success or not at all.
  test.each([
    ['start', '', 'user_id: Name the profile with user_id, its id or its name.'],
    ['start', '?user_id=', 'user_id: Name the profile with user_id, its id or its name.'],
    ['start', '?user_id=nobody', 'No profile has this id or name: nobody.'],
    ['start', '?user_id=a&user_id=b', 'user_id: '],
    ['start', '?user_id=jb8a2f&headless=yes', 'headless'],
    ['stop', '?user_id=nobody', 'No profile has this id or name: nobody.'],
    ['active', `?user_id=prf_${'0'.repeat(26)}`, 'There is no profile'],
  ])('%s%s', async (verb, query, why) => {
    const { status, code, msg } = await ask(`/api/v1/browser/${verb}${query}`);
    expect([status, code]).toEqual([200, -1]);
    expect(msg).toContain(why);
  });

  test('a name that several profiles have', async () => {
    await call('profiles_create', { name: 'twin' });
    await call('profiles_create', { name: 'twin' });
    expect(await ask('/api/v1/browser/start?user_id=twin')).toMatchObject({
      code: -1,
      msg: 'Several profiles have this name; use an id: twin.',
    });
  });
});

describe('a request that changes something needs a right to it, though it is a GET', () => {
  // Would catch: a page that opens browsers by a picture's address, where calls of this machine need no key.
  test('without a key, and with a key for less, nothing is opened', async () => {
    for (const headers of [{}, { authorization: 'Bearer dummy' }, { authorization: `Bearer ${await keyOf('read')}` }]) {
      const refused = await ask(`/api/v1/browser/start?user_id=${id}&headless=1`, headers);
      expect(refused.code).toBe(-1);
      expect([401, 403]).toContain(refused.status);
    }
    const elsewhere = { authorization: `Bearer ${await keyOf('run', ['models'])}` };
    expect((await ask(`/api/v1/browser/start?user_id=${id}`, elsewhere)).status).toBe(403);
    expect(await stateOf()).toBe('stopped');
  });

  // Would catch: the rule for reading, by which a credential of a page may come without its origin, at work for what changes something.
  test('a credential that belongs to an origin does not open a browser without it', async () => {
    const { url } = await call('auth_link_create', {});
    const login = await fetch(`${subject.url}/v1/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: subject.url },
      body: JSON.stringify({ ticket: url.split('ticket=')[1] }),
    });
    const { token } = (await login.json()) as { token: string };
    const headers = { authorization: `Bearer ${token}` };
    const reading = await fetch(`${subject.url}/v1/profiles/${id}`, { headers });
    expect(reading.status).toBe(200);
    for (const verb of ['start', 'stop']) {
      const refused = await ask(`/api/v1/browser/${verb}?user_id=${id}`, headers);
      expect([refused.status, refused.code]).toEqual([403, -1]);
    }
    expect(await stateOf()).toBe('stopped');
  });

  test('a key that may only read learns whether a browser is open, and gets no address', async () => {
    const read = { authorization: `Bearer ${await keyOf('read')}` };
    expect(await ask(`/api/v1/browser/active?user_id=${id}`, read)).toMatchObject({
      code: 0,
      data: { status: 'Inactive' },
    });
  });
});
