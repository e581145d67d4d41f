import { strToU8, zipSync } from 'fflate';
import { faults } from './support/axe.ts';
import { expect, open, test } from './support/test.ts';

const CSV = `id;customer;total\n${Array.from({ length: 5000 }, (_, n) => `${n + 1};"Customer; ${n + 1}";${n * 3}`).join('\n')}\n`;
const ZIP = Buffer.from(zipSync({ 'orders/january.csv': strToU8('a,b\n'), 'read me.txt': strToU8('x'.repeat(9000)) }));
const PDF = `%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]>>endobj
trailer<</Root 1 0 R>>`;
/** Leaves a file of every kind that can be shown, and one that cannot. */
const SCRIPT = `export default async ({ page, input, artifact }) => {
  await artifact('orders.csv', input.csv);
  await artifact('answer.json', JSON.stringify({ items: [{ name: 'Lamp', price: 20 }], total: 1 }));
  await artifact('drawing.svg', '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 300 200"><defs><circle id="c" r="40" fill="teal"/></defs><use href="#c" x="90" y="90"/><text x="150" y="100">Orders</text></svg>');
  await artifact('page.html', '<h1 id=a>Report</h1><script>document.body.textContent = "it ran"</script>');
  await artifact('orders.zip', Buffer.from(input.zip, 'base64'));
  await artifact('invoice.pdf', input.pdf);
  await artifact('huge.log', ('line of a long log '.repeat(50) + '\\n').repeat(60_000));
  await artifact('tool.bin', Buffer.from([0, 1, 2]));
  await page.setContent('<h1 style="font: 40px sans-serif">First</h1>');
  await artifact.screenshot(page, 'first.png');
  await page.setContent('<h1 style="font: 40px sans-serif">Second</h1>');
  await artifact.screenshot(page, 'second.png');
};
`;

test.describe('artifacts', () => {
  test.use({ fresh: true });
  test.setTimeout(120_000);

  // Would catch: a file that has to be saved to be looked at, markup that runs, a large file that is read whole.
  test('open in place: table, tree, page, archive, text in parts, pictures', async ({ page, api, watch }, info) => {
    // The script of the recorded page is refused, which is the point.
    watch.allow(/sandboxed|Content Security Policy|CSP violation/);
    // The viewer for PDF files is a part of the browser.
    watch.allow(/chrome(?:-extension)?:\/\//);
    const task = await api.task({
      name: 'Leaves files',
      spec: { kind: 'browser', script: SCRIPT, trace: 'off', screenshot: 'off' },
      input: { csv: CSV, zip: ZIP.toString('base64'), pdf: PDF },
    });
    expect((await api.ended(task.id)).error).toBeNull();
    await open(page, `/tasks/${task.id}?tab=artifacts`);
    const dialog = page.getByRole('dialog');
    const shown = (name: string) => page.getByRole('table').getByRole('button', { name, exact: true });
    const show = async (name: string) => {
      await shown(name).click();
      await expect(dialog.getByRole('heading', { name })).toBeVisible();
    };
    const picture = async (name: string) => {
      await page.screenshot({ path: info.outputPath(`${name}.png`) });
      await page.emulateMedia({ colorScheme: 'dark' });
      await page.screenshot({ path: info.outputPath(`${name}-dark.png`) });
      await page.emulateMedia({ colorScheme: 'light' });
    };
    const close = () => dialog.getByRole('button', { name: 'Close' }).click();
    await expect(page.getByRole('cell', { name: 'tool.bin', exact: true })).toBeVisible();
    await expect(shown('tool.bin')).toHaveCount(0);

    await show('orders.csv');
    await expect(dialog).toContainText('5,000 rows, 3 columns');
    await expect(dialog.getByRole('columnheader', { name: 'customer' })).toBeVisible();
    await expect(dialog.getByRole('cell', { name: 'Customer; 1', exact: true })).toBeVisible();
    // Only the rows in view are in the page.
    expect(await dialog.getByRole('row').count()).toBeLessThan(100);
    expect(await faults(page)).toEqual([]);
    await picture('table');
    await close();

    await show('answer.json');
    await expect(dialog).toContainText('"Lamp"');
    await picture('json');
    await close();

    await show('drawing.svg');
    await expect(dialog.frameLocator('iframe').getByText('Orders')).toBeVisible();
    await picture('drawing');
    await close();

    await show('page.html');
    const frame = dialog.frameLocator('iframe');
    await expect(frame.getByRole('heading', { name: 'Report' })).toBeVisible();
    await expect(frame.getByText('it ran')).toHaveCount(0);
    await picture('page');
    await close();

    await show('orders.zip');
    await expect(dialog).toContainText('2 files');
    await expect(dialog.getByRole('cell', { name: 'orders/january.csv' })).toBeVisible();
    await picture('archive');
    await close();

    let read = 0;
    page.on('response', (response) => {
      if (response.url().includes('huge.log')) read += Number(response.headers()['content-length']);
    });
    await show('huge.log');
    await expect(dialog).toContainText('line of a long log');
    await expect(dialog).toContainText(/256 kB of 57 MB shown|of 5\d(\.\d)? M/);
    expect(read).toBe(256 * 1024);
    await picture('text');
    await close();

    await show('first.png');
    await expect(dialog.getByRole('img', { name: 'first.png' })).toBeVisible();
    await page.keyboard.press('ArrowRight');
    await expect(dialog.getByRole('img', { name: 'second.png' })).toBeVisible();
    await page.keyboard.press('ArrowLeft');
    await expect(dialog.getByRole('img', { name: 'first.png' })).toBeVisible();
    await picture('image');
    await close();

    await show('invoice.pdf');
    await expect(dialog.locator('iframe')).toBeVisible();
    await picture('pdf');
    await close();
  });
});
