import { SCREENS } from '../../../src/contract/host/screens.ts';
import { tell } from '../support/figures.ts';
import { expect, open, test } from '../support/test.ts';

/** Bytes over the network until a screen is drawn and nothing is asked for any more. */
const BAR = 700_000;

// Would catch: files sent uncompressed, and an editor, a chart or the guide in what every screen loads.
test('the first load of every screen', async ({ browser, host, api }, info) => {
  test.setTimeout(120_000);
  const script = { script: 'export default async ({ page }) => page.title();' };
  const { id: scripted } = await api.call('commands_create', { name: 'First load', kind: 'browser', spec: script });
  const seen: number[] = [];
  // The composer of a script brings the editor along.
  for (const { id, path } of [...SCREENS, { id: 'script editor', path: `/commands/${scripted}` }]) {
    // A context of its own has nothing in its cache.
    const context = await browser.newContext({ baseURL: host.url, storageState: await host.session() });
    const page = await context.newPage();
    const cdp = await context.newCDPSession(page);
    await cdp.send('Network.enable');
    let bytes = 0;
    let files = 0;
    cdp.on('Network.loadingFinished', ({ encodedDataLength }) => {
      bytes += encodedDataLength;
      files += 1;
    });
    const begin = Date.now();
    await open(page, path);
    const drawn = Date.now() - begin;
    await page.waitForLoadState('networkidle');
    tell(info, `first load of ${id}`, `${Math.round(bytes / 1_000)} kB in ${files} files, drawn after ${drawn} ms`);
    seen.push(bytes);
    await context.close();
  }
  expect(Math.max(...seen)).toBeLessThanOrEqual(BAR);
});
