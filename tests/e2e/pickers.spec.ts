/** The pickers of profiles and commands with 2 000 of each: searched by the host, by keys alone, without a long task. */
import type { Api } from './support/api.ts';
import { tell } from './support/figures.ts';
import { expect, open, test } from './support/test.ts';
import { traceThread } from './support/thread-trace.ts';

test.use({ fresh: true });
test.setTimeout(180_000);

const MANY = 2_000;
/** Processor time of one task of the page's thread, ms. */
const LONG_TASK_MS = 100;

async function fill(api: Api): Promise<void> {
  await api.call('settings_update', { 'rate_limits.enabled': false });
  for (let made = 0; made < MANY; made += 20) {
    await Promise.all(
      Array.from({ length: 20 }, (_, index) => {
        const number = String(made + index + 1).padStart(4, '0');
        return Promise.all([
          api.call('profiles_create', { name: `Shop ${number}` }),
          api.call('commands_create', {
            name: `Report ${number}`,
            kind: 'process',
            spec: { argv: ['{{host.node}}', '-e', '1'] },
          }),
        ]);
      }),
    );
  }
}

// Would catch: a picker that loads or draws all there are, and one that finds only those of its first page.
test('one of 2 000 commands and one of 2 000 profiles are found and chosen by keys', async ({ page, api }, info) => {
  await fill(api);
  await open(page, '/tasks');
  await expect(page.getByText('No tasks yet')).toBeVisible();
  const frames: string[] = [];
  const session = await page.context().newCDPSession(page);
  await session.send('Network.enable');
  session.on('Network.webSocketFrameReceived', ({ response }) => frames.push(response.payloadData));
  await page.keyboard.press('n');
  const dialog = page.getByRole('dialog', { name: 'Run a command' });
  const command = dialog.getByRole('combobox', { name: 'Command' });
  await expect(command).toBeFocused();
  const stopTrace = await traceThread(page);
  const choose = async (name: string, field: typeof command) => {
    await page.keyboard.press('ArrowDown');
    await expect(page.getByText(`50 of 2,000 shown. Type to search.`).filter({ visible: true })).toBeVisible();
    // The list goes with the arrow keys.
    await page.keyboard.press('ArrowDown');
    await expect(page.locator('[data-combobox-selected]')).toHaveCount(1);
    await page.keyboard.type(name, { delay: 20 });
    await expect(page.getByRole('option')).toHaveText([name]);
    await page.keyboard.press('Enter');
    await expect(field).toHaveValue(name);
  };
  await choose('Report 1987', command);
  const profile = dialog.getByRole('combobox', { name: 'Profile' });
  await profile.focus();
  await choose('Shop 1654', profile);
  const bytes = frames.reduce((sum, { length }) => sum + length, 0);
  const longest = Math.max(...(await stopTrace()).map(({ cpu }) => cpu));
  tell(
    info,
    'pickers',
    `longest task ${longest.toFixed(0)} ms of processor time, ${Math.round(bytes / 1024)} kB received`,
  );
  // All 4 000 would be some megabytes.
  expect(bytes).toBeLessThan(400_000);
  expect(longest).toBeLessThan(LONG_TASK_MS);

  await page.keyboard.press('Escape');
  await open(page, '/commands');
  const run = page.getByRole('combobox', { name: 'Run with profile' });
  await run.focus();
  await choose('Shop 0042', run);
});
