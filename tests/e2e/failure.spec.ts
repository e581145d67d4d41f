import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { faults } from './support/axe.ts';
import { expect, open, test } from './support/test.ts';

const PAGE = `<!doctype html><title>Shop</title><body style="font: 20px sans-serif; padding: 40px"><h1>Sold out</h1>
  <p>The lamp is not available at the moment.</p><img src="/stock.png" alt="">
  <script>console.error('stock service: no answer'); console.info('cart is empty')</script>`;
const SCRIPT = `export default async ({ page, input, step }) => {
  await step('Open the shop', async () => {
    await page.goto(input.url, { waitUntil: 'networkidle' });
  });
  await step('Buy the lamp', async () => {
    await page.getByRole('button', { name: 'Buy' }).click({ timeout: 500 });
  });
};
`;

/** A shop whose offer is gone; a picture of it is missing. */
async function shop() {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    response.statusCode = request.url === '/' ? 200 : 404;
    response.setHeader('content-type', 'text/html').end(PAGE);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    /** Paths that were asked for. */
    asked,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
}

// Would catch: a failure whose picture, words, line, call log, console or requests have to be looked for in several places.
test('a failed script shows in one place why, and opens its line', async ({ page, api, watch }, info) => {
  await using site = await shop();
  // The recorded page asks for its picture again; the service worker of the trace viewer answers that it has none.
  watch.allow(/stock\.png/);
  const command = await api.call('commands_create', {
    name: 'Buy the lamp',
    kind: 'browser',
    spec: { script: SCRIPT },
    defaults: { url: site.url },
  });
  const task = await api.task({ command_id: command.id, input: {} });
  await api.ended(task.id);
  const asked = site.asked.length;
  await open(page, `/tasks/${task.id}`);
  const failure = page.getByRole('region', { name: 'Failure', exact: true });
  await expect(failure).toContainText('Step “Buy the lamp”');
  await expect(failure).toContainText('Timeout 500ms exceeded');
  const picture = failure.getByRole('region', { name: 'Page' });
  await expect(picture).toContainText(site.url);
  await expect
    .poll(() => picture.locator('img').evaluate((img: HTMLImageElement) => img.naturalWidth))
    .toBeGreaterThan(100);
  const source = failure.getByRole('region', { name: 'Source' });
  await expect(source.getByRole('listitem')).toHaveCount(5);
  await expect(source.locator('[aria-current]')).toContainText("6›    await page.getByRole('button'");
  await expect(failure.getByRole('region', { name: 'Call log' })).toContainText("waiting for getByRole('button'");
  await expect(failure.getByRole('region', { name: 'Console' })).toContainText('stock service: no answer');
  await expect(failure.getByRole('region', { name: 'Failed requests' })).toContainText('404 Not Found');
  for (const theme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: theme });
    await page.screenshot({ path: info.outputPath(`failure-${theme}.png`) });
    expect(await faults(page)).toEqual([]);
  }
  await page.emulateMedia({ colorScheme: 'light' });

  // What ran is a script, not a line of JSON.
  await page.getByRole('tab', { name: 'Attempts' }).click();
  await expect(page.getByRole('textbox', { name: 'Script that ran' })).toContainText("step('Buy the lamp'");

  // The same for one step.
  await page.getByRole('tab', { name: 'Steps' }).click();
  await page.getByRole('button', { name: /Timeout 500ms exceeded/ }).click();
  await expect(failure.getByRole('region', { name: 'Source' })).toContainText("getByRole('button'");
  await page.screenshot({ path: info.outputPath('steps.png') });

  // The trace opens at the action that failed.
  await failure.getByRole('button', { name: 'Open trace' }).click();
  const trace = page.frameLocator('iframe[title^="Trace"]');
  await expect(trace.locator('.tree-view-entry.selected, .list-view-entry.selected')).toContainText('Click');
  expect(site.asked).toHaveLength(asked);
  await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click();

  await failure.getByRole('link', { name: 'Open script at line 6' }).click();
  await expect(page).toHaveURL(/#\/commands\/cmd_.*line=6/);
  await expect(page.locator('.cm-markedLine')).toContainText("getByRole('button'");
  await page.screenshot({ path: info.outputPath('script.png') });

  // Another script is current by now: its line 6 would be the wrong one.
  await api.call('commands_update', { id: command.id, spec: { script: `// changed\n${SCRIPT}` } });
  await open(page, `/tasks/${task.id}`);
  await failure.getByRole('link', { name: 'Open version 1 of the command' }).click();
  await expect(page.getByRole('region', { name: 'Version 1' })).toBeVisible();
});

// Would catch: a failed request or program that says less than its log.
test('a failed request shows the response, a failed program its standard error', async ({ page, api }, info) => {
  await using site = await shop();
  const request = await api.task({ name: 'Ask for stock', spec: { kind: 'http', url: `${site.url}stock` } });
  await api.ended(request.id);
  await open(page, `/tasks/${request.id}`);
  const response = page.getByRole('region', { name: 'Response', exact: true });
  await expect(response).toContainText('404 Not Found');
  await expect(response).toContainText('The lamp is not available');
  await response.getByText(/headers/).click();
  await expect(response).toContainText('text/html');
  await page.screenshot({ path: info.outputPath('http.png') });

  const program = await api.program('Import', `console.error('no such file: orders.csv'); process.exit(4)`);
  await api.ended(program.id);
  await open(page, `/tasks/${program.id}`);
  const failure = page.getByRole('region', { name: 'Failure', exact: true });
  await expect(failure).toContainText('Exit code 4');
  await expect(failure.getByRole('region', { name: 'Standard error' })).toContainText('no such file: orders.csv');
});
