/** A browser whose cookies for 127.0.0.1 another local server has filled up: the panel and what tasks recorded are shown all the same. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, open, test } from './support/test.ts';

test.use({ fresh: true });

test('the panel and a frame of recorded content load with 150 large cookies', async ({ page, api, watch }) => {
  watch.allow(/request to another origin: http:\/\/127\.0\.0\.1:\d+\/\d$/);
  let set = 0;
  // With Node's own limit the greedy server would refuse the second request.
  const site = createServer({ maxHeaderSize: 2 ** 20 }, ({ url }, res) => {
    // Not with the icon that a browser asks for by itself.
    if (!/^\/\d$/.test(url ?? '')) return void res.writeHead(204).end();
    // A browser takes 256 KiB of headers in one answer.
    const cookies = Array.from({ length: 30 }, () => `${`c${set++}=`.padEnd(4000, 'x')}; path=/`);
    res.writeHead(200, { 'content-type': 'text/html', 'set-cookie': cookies }).end('<h1>Greedy</h1>');
  });
  await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
  const { port } = site.address() as AddressInfo;
  try {
    for (let visit = 0; visit < 5; visit++) await page.goto(`http://127.0.0.1:${port}/${visit}`);
    expect((await page.context().cookies()).length).toBe(150);

    const script = `export default async ({ page }) => { await page.setContent('<h1>Recorded</h1>'); await page.title(); };`;
    const task = await api.task({ name: 'Records', spec: { kind: 'browser', script, trace: 'on' } });
    expect((await api.ended(task.id)).status).toBe('succeeded');
    await open(page, `/tasks/${task.id}?tab=artifacts`);
    await page.getByRole('button', { name: 'Open trace' }).click();
    const viewer = page.frameLocator('iframe[title^="Trace"]');
    await expect(viewer.getByText('Set content').first()).toBeVisible({ timeout: 30_000 });
  } finally {
    site.close();
    site.closeAllConnections();
  }
});
