import type { BrowserScript } from 'tabagent';

interface Input {
  base_url: string;
  user: string;
  password: string;
}

interface Order {
  id: number;
  customer: string;
  total: number;
  status: string;
}

const script: BrowserScript<Input> = async ({ page, input, log, progress, step, artifact, signal }) => {
  await step('Sign in', async () => {
    await page.goto(`${input.base_url}/login`);
    // A profile that has been here before is still signed in.
    if (!page.url().endsWith('/login')) return log('Already signed in');
    await page.getByLabel('User').fill(input.user);
    await page.getByLabel('Password').fill(input.password);
    await page.getByRole('main').getByRole('button', { name: 'Sign in' }).click();
    await page.waitForURL('**/orders');
    log('Signed in', { user: input.user });
  });
  progress(10, 'Signed in');

  const orders: Order[] = [];
  await step('Collect orders', async () => {
    await page.goto(`${input.base_url}/orders`);
    const pages = Number((await page.getByText(/^Page \d+ of \d+$/).innerText()).split(' ').at(-1));
    for (let number = 1; number <= pages; number++) {
      signal.throwIfAborted();
      await step(`Page ${number}`, async () => {
        if (number > 1) await page.getByRole('link', { name: 'Next' }).click();
        await page.getByText(`Page ${number} of ${pages}`).waitFor();
        const rows = await page.locator('tbody tr').evaluateAll((elements) =>
          elements.map((row) => {
            const text = (column: string) => row.querySelector(`[data-column="${column}"]`)?.textContent ?? '';
            return {
              id: Number(text('id')),
              customer: text('customer'),
              total: Number(text('total').slice(1)),
              status: text('status'),
            };
          }),
        );
        orders.push(...rows);
        return rows.length;
      });
      progress(10 + (number / pages) * 70, `Page ${number} of ${pages}`);
    }
  });

  await step('Download the CSV', async () => {
    const download = page.waitForEvent('download');
    await page.getByRole('link', { name: 'Download CSV' }).click();
    await download;
  });
  progress(90, 'Downloaded');

  await artifact('orders.json', JSON.stringify(orders, null, 2));
  await artifact.screenshot(page, 'orders.png');
  progress(100, 'Done');
  const revenue = orders.reduce((sum, order) => sum + order.total, 0);
  return { orders: orders.length, revenue: Math.round(revenue * 100) / 100, first: orders[0] ?? null };
};

export default script;
