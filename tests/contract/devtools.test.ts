/** The browser of a profile in the hands of another program: Playwright over the relay, with a real browser. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import WebSocket from 'ws';
import type { ProfileId } from '../../src/contract/kernel/scalars.ts';
import { browserPath } from '../faults/support.ts';
import { createTestHost, type TestHost } from '../support/host.ts';

let subject: TestHost;
let id: ProfileId;
const browsers: Browser[] = [];
beforeAll(async () => {
  subject = await createTestHost();
  id = (await call('profiles_create', { name: 'Anna' })).id;
  if (browserPath !== null) await call('profiles_start', { id, headless: true });
}, 60_000);
afterEach(() => Promise.all(browsers.splice(0).map((browser) => browser.close())));
afterAll(() => subject[Symbol.asyncDispose]());

const call: TestHost['host']['client']['call'] = (...args) => subject.host.client.call(...args);
const address = async () => (await call('profiles_connect', { id })).ws_url;
async function attach(url?: string): Promise<Browser> {
  const browser = await chromium.connectOverCDP(url ?? (await address()), { noDefaults: true });
  browsers.push(browser);
  return browser;
}
/** Status of a handshake that is refused; 101 when it is not. */
const statusOf = (url: string, headers: Record<string, string> = {}) =>
  new Promise<number>((resolve) => {
    const socket = new WebSocket(url, { headers });
    socket.on('unexpected-response', (_request, response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    socket.on('open', () => {
      socket.close();
      resolve(101);
    });
    socket.on('error', () => undefined);
  });
const pages = (browser: Browser) => browser.contexts()[0]?.pages() ?? [];

test.skipIf(browserPath === null)(
  'B04: Playwright drives the open browser, leaves it open, and others may come after it',
  async () => {
    const first = await attach();
    const page = await first.contexts()[0]?.newPage();
    await page?.setContent('<title>Here</title><button onclick="document.title = 1 + 1">add</button>');
    await page?.getByRole('button').click();
    expect(await page?.title()).toBe('2');
    await first.close();
    expect((await call('profiles_get', { id })).state).toBe('running');
    // A page that opens now waits for no debugger, though the one before had asked every page to.
    const second = await attach();
    expect(await Promise.all(pages(second).map((one) => one.title()))).toContain('2');
  },
);

// Would catch: one client that hears of, or commands, what another is attached to, and answers that go to the wrong one.
test.skipIf(browserPath === null)(
  'two clients at a time have sessions of their own, and the host goes on beside them',
  async () => {
    const [one, two] = [await attach(), await attach()];
    const made = await one.contexts()[0]?.newPage();
    await made?.goto('data:text/html,<title>shared</title>');
    await expect.poll(() => Promise.all(pages(two).map((page) => page.title()))).toContain('shared');
    const [a, b] = await Promise.all([made?.evaluate(() => 6 * 7), pages(two)[0]?.evaluate(() => 7 * 8)]);
    expect([a, b]).toEqual([42, 56]);
    await call('profiles_cookies_set', {
      id,
      cookies: [{ name: 'sid', value: 'x', domain: 'shop.test', expires: Math.floor(Date.now() / 1000) + 1000 }],
    });
    const cookies = await two.contexts()[0]?.cookies('http://shop.test/');
    expect(cookies?.map(({ name }) => name)).toEqual(['sid']);
  },
);

// Would catch: a ticket that is a password, one that opens another profile, and a browser that anybody on this machine can drive.
test.skipIf(browserPath === null)(
  'P30: a ticket opens once, for its profile; no browser listens on a port',
  async () => {
    const url = await address();
    const browser = await attach(url);
    expect(await statusOf(url)).toBe(401);
    expect(await statusOf((await address()).replace(/ticket=.*/, 'ticket=guessed'))).toBe(401);
    expect(await statusOf((await address()).replace(id, `prf_${'0'.repeat(26)}`))).toBe(401);
    expect(await statusOf(await address(), { origin: 'https://evil.test' })).toBe(403);
    expect(await statusOf(await address(), { host: 'evil.test' })).toBe(403);
    expect(listeners(subject.dir)).toEqual([]);
    // Playwright and TabAgent's own client both hear of the end.
    const gone = new Promise((resolve) => browser.once('disconnected', resolve));
    await call('profiles_stop', { id });
    await gone;
    await expect(call('profiles_connect', { id })).rejects.toMatchObject({ slug: 'invalid-state' });
    await call('profiles_start', { id, headless: true });
  },
);

/** The address for a caller who may run tasks, and write none. */
async function addressForRun(): Promise<{ key: string; url: string }> {
  const { id: key, key: token } = await call('keys_create', { name: 'driver', scopes: ['run'], areas: ['automation'] });
  const headers = { authorization: `Bearer ${token}` };
  const response = await fetch(`${subject.url}/v1/profiles/${id}/connect`, { method: 'POST', headers });
  return { key, url: ((await response.json()) as { ws_url: string }).ws_url };
}
/** What a page shows, or the word with which the relay refuses to say it. */
async function textOf(page: Page): Promise<unknown> {
  const session = await page.context().newCDPSession(page);
  const asked = session.send('Runtime.evaluate', { expression: 'document.documentElement.innerText' });
  return asked.then(
    ({ result }) => result.value,
    (error: Error) => /not one of the web|left the web/.exec(error.message)?.[0],
  );
}

const HERE = 'data:text/html,<input type=file>';
// Would catch: a key that may run tasks, and with DevTools reads the host's token from its file, or saves a program among those that start by themselves.
test.skipIf(browserPath === null)('whoever may only run tasks gets pages of the web and no file', async () => {
  const file = pathToFileURL(path.join(subject.dir, 'host.json')).href;
  const mine = (await attach()).contexts()[0];
  const own = await mine?.newPage();
  await own?.goto(file);
  // All that Playwright asks for by itself is asked for.
  const theirs = await chromium.connectOverCDP((await addressForRun()).url);
  browsers.push(theirs);
  const page = await theirs.contexts()[0]?.newPage();
  await page?.goto(HERE);
  for (const url of [file, 'chrome://settings', 'about:settings'])
    await expect(page?.goto(url)).rejects.toThrow(/the web/);
  const session = page && (await page.context().newCDPSession(page));
  const files = [path.join(subject.dir, 'host.json')];
  await expect(session?.send('DOM.setFileInputFiles', { files, backendNodeId: 1 })).rejects.toThrow(/beyond the pages/);
  await expect(theirs.newContext({ proxy: { server: 'http://127.0.0.1:1' } })).rejects.toThrow(
    /outside of the browser/,
  );
  // Of a person's own tab it does not read the text.
  const texts = await Promise.all(pages(theirs).map(textOf));
  expect(texts).toContain('not one of the web');
  expect(texts.join()).not.toContain(subject.token);
  expect(own && (await textOf(own))).toContain(subject.token);
  // A page that leaves the web while it is driven is not driven on.
  const address = () => page?.url();
  const driven = mine?.pages().at(-1);
  expect([address(), driven?.url()]).toEqual([HERE, HERE]);
  await driven?.goto(file);
  expect(page && (await textOf(page))).toBe('not one of the web');
});

test.skipIf(browserPath === null)('S21: whoever loses the right to the browser loses the browser', async () => {
  const { key, url } = await addressForRun();
  const browser = await attach(url);
  const gone = new Promise((resolve) => browser.once('disconnected', resolve));
  await call('keys_delete', { id: key });
  await gone;
});

/** TCP ports that processes of a folder listen on (Linux). */
function listeners(dir: string): string[] {
  if (process.platform !== 'linux') return [];
  const sockets = new Map<string, string>();
  for (const table of ['tcp', 'tcp6']) {
    for (const line of readFileSync(`/proc/net/${table}`, 'utf8').split('\n').slice(1)) {
      const fields = line.trim().split(/\s+/);
      if (fields[3] === '0A') sockets.set(`socket:[${fields[9]}]`, fields[1] ?? '');
    }
  }
  return readdirSync('/proc')
    .filter((pid) => /^\d+$/.test(pid))
    .flatMap((pid) => {
      try {
        if (!readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(dir)) return [];
        return readdirSync(`/proc/${pid}/fd`).flatMap((fd) => sockets.get(readlinkSync(`/proc/${pid}/fd/${fd}`)) ?? []);
      } catch {
        return [];
      }
    });
}
