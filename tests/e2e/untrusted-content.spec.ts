/** Recorded and downloaded content that attacks: a page that poisons its own trace, markup as an artifact, a link from elsewhere. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page } from '@playwright/test';
import type { Api } from './support/api.ts';
import { expect, open, test } from './support/test.ts';

/** What a script that runs where it should not would do: make itself a key, take the session, start a program. */
const attack = (panel: string) => `
  globalThis.attackRan = true;
  const ask = (path, body) => fetch('${panel}' + path, { method: 'POST', mode: 'no-cors', body: JSON.stringify(body),
    headers: { 'content-type': 'text/plain' } }).catch(() => {});
  ask('/v1/keys', { name: 'stolen', scopes: ['admin'], areas: ['host'], rate_multiplier: 1, expires_at: null });
  ask('/v1/tasks', { name: 'stolen', spec: { kind: 'process', argv: ['true'] } });
  try { new WebSocket('${panel.replace('http', 'ws')}/rpc'); } catch {}
  for (const frame of [parent, top]) try { frame.localStorage.setItem('stolen', frame.localStorage['tabagent.session']); } catch {}
  try { top.location = '${panel}/panel/#/stolen'; } catch {}
`;

/** A page whose elements have attributes with markup in their names, as a recorder reads them. */
const poisoned = (panel: string) => `<!doctype html><title>Shop</title><main><h1 id="victim">Orders</h1></main><script>
  const own = Object.getOwnPropertyDescriptor(Element.prototype, 'attributes');
  const name = 'x><img src=data:, onerror="' + ${JSON.stringify(attack(panel).replaceAll('"', "'"))} + '"><b y';
  Object.defineProperty(Element.prototype, 'attributes', { get() {
    return this.id === 'victim' ? [{ name, value: '1' }] : own.get.call(this);
  } });
</script>`;

/** Nothing came of it: no key, no task but those of the test, no trace in the panel's storage, the panel still where it was. */
async function unharmed(page: Page, api: Api, tasks: number): Promise<void> {
  expect((await api.call('keys_list', { count: true })).total).toBe(0);
  expect((await api.call('tasks_list', { count: true })).total).toBe(tasks);
  expect(await page.evaluate(() => localStorage.getItem('stolen'))).toBeNull();
  expect(page.url()).not.toContain('stolen');
}

let site: Server;
let siteUrl: string;
let pageOf: () => string = () => '';
test.beforeAll(async () => {
  site = createServer((_req, res) => res.writeHead(200, { 'content-type': 'text/html' }).end(pageOf()));
  await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
  siteUrl = `http://127.0.0.1:${(site.address() as AddressInfo).port}`;
});
test.afterAll(() => void site.close());
test.use({ fresh: true });

test('a page that writes markup into its own trace reaches nothing of the panel', async ({
  page,
  api,
  host,
  watch,
}) => {
  watch.allow(/CSP violation|Content Security Policy|ERR_|Blocked|data:/i);
  pageOf = () => poisoned(host.url);
  const script = `export default async ({ page }) => { await page.goto('${siteUrl}'); await page.title(); };`;
  const task = await api.task({ name: 'Poisoned', spec: { kind: 'browser', script } });
  expect((await api.ended(task.id)).status).toBe('succeeded');
  await open(page, `/tasks/${task.id}?tab=artifacts`);
  await page.getByRole('button', { name: 'Open trace' }).click();
  const viewer = page.frameLocator('iframe[title^="Trace"]');
  await viewer.getByText('Navigate').first().click({ timeout: 30_000 });
  await viewer.getByRole('tab', { name: 'After' }).click();
  await expect(viewer.frameLocator('iframe.snapshot-visible').getByText('Orders')).toBeVisible();
  // What the worker makes of a trace beside snapshots is a file in a sandbox, whatever type it was recorded with.
  const inside = page.frames().find((frame) => frame.url().includes('/trace-viewer/index.html'));
  const policy = await inside?.evaluate(async () => {
    const answer = await fetch(`/trace-viewer/contexts${location.search}`);
    return answer.headers.get('content-security-policy');
  });
  expect(policy).toBe("default-src 'none'; sandbox");
  const content = await host.contentUrl();
  const frames = page.frames().filter((frame) => frame.url().includes('/snapshot'));
  expect(frames.length).toBeGreaterThan(0);
  // The markup is really in there, and runs nothing.
  for (const frame of frames) {
    expect(await frame.evaluate(() => document.documentElement.outerHTML)).toContain('attackRan');
    expect(await frame.evaluate(() => Object.hasOwn(globalThis, 'attackRan'))).toBe(false);
  }
  // Wherever the recording is shown, it is not on the panel's origin.
  for (const frame of page.frames().slice(1)) expect(new URL(frame.url(), content).origin).not.toBe(host.url);
  await unharmed(page, api, 1);
});

test('an HTML and an SVG artifact run nothing, opened by themselves or framed', async ({ page, api, host, watch }) => {
  watch.allow(/CSP violation|Content Security Policy|sandbox|ERR_|X-Frame|script/i);
  watch.allow(new RegExp(`request to another origin: ${siteUrl}`));
  const body = attack(host.url);
  const files = {
    'report.html': `<!doctype html><h1>Report</h1><script>${body}</script><img src=x onerror="attackRan=1"><meta http-equiv="refresh" content="0;url=${host.url}/panel/#/stolen">`,
    'drawing.svg': `<svg xmlns="http://www.w3.org/2000/svg"><script>${body}</script><text y="20">Drawing</text></svg>`,
  };
  const script = `export default async ({ artifact }) => {
    for (const [name, text] of Object.entries(${JSON.stringify(files)})) await artifact(name, text);
  };`;
  const task = await api.task({ name: 'Writes', spec: { kind: 'browser', script } });
  expect((await api.ended(task.id)).status).toBe('succeeded');
  const { items } = await api.call('artifacts_list', { id: task.id });
  for (const name of Object.keys(files)) {
    const url = items.find((artifact) => artifact.name === name)?.view_url ?? '';
    expect(url).not.toBe('');
    await page.goto(url);
    expect(await page.evaluate(() => Object.hasOwn(globalThis, 'attackRan')).catch(() => false)).toBe(false);
    // A page elsewhere may not frame it either.
    pageOf = () => `<iframe src="${url}"></iframe>`;
    await page.goto(siteUrl);
    await expect.poll(() => page.frames().length).toBe(2);
    expect(page.frames()[1]?.url()).not.toBe(url);
  }
  await open(page, `/tasks/${task.id}?tab=artifacts`);
  await unharmed(page, api, 1);
});

test('a link to the trace viewer with an archive of its own opens nothing', async ({ page, api, host, watch }) => {
  watch.allow(/404|Not Found/);
  const archive = 'data:application/zip;base64,UEsFBgAAAAAAAAAAAAAAAAAAAAAAAA==';
  const content = await host.contentUrl();
  for (const link of [
    `${content}/trace-viewer/index.html?trace=${encodeURIComponent(archive)}`,
    `${content}/trace-viewer/index.html?trace=${encodeURIComponent(`${siteUrl}/trace.zip`)}`,
    `${content}/trace-viewer/uiMode.html`,
  ]) {
    expect((await page.goto(link))?.status()).toBe(404);
  }
  // The panel's origin has no viewer, no worker, and answers such an address with its own page.
  await page.goto(`${host.url}/panel/trace-viewer/index.html?trace=${encodeURIComponent(archive)}`);
  expect(await page.evaluate(() => navigator.serviceWorker.getRegistrations().then(({ length }) => length))).toBe(0);
  await open(page, '/tasks');
  await unharmed(page, api, 0);
});
