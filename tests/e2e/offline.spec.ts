import { readFile } from 'node:fs/promises';
import { expectTask, taskHead } from './support/panel.ts';
import { expect, open, test } from './support/test.ts';

test.use({ fresh: true });

/** The first attempt ticks until it is killed; the second ticks a hundred times and ends. */
const TICKS = `
  let n = 0;
  const second = process.argv[1] === '2';
  const timer = setInterval(() => {
    n += 1;
    console.log('attempt ' + process.argv[1] + ' tick ' + n);
    if (second && n === 100) clearInterval(timer);
  }, 10);
`;

// Would catch: a panel that needs a reload after a crash, forgets its session, offers what cannot work, or loses or repeats lines.
test('the host is killed and comes back: the panel says so, waits, and goes on without a gap', async ({
  page,
  host,
  api,
  watch,
}) => {
  watch.allow(/WebSocket connection to .* failed|ERR_CONNECTION_REFUSED/);
  const command = await api.call('commands_create', {
    name: 'Ticks',
    kind: 'process',
    spec: { argv: ['{{host.node}}', '-e', TICKS, '{{task.attempt}}'], output: 'none' },
    retry: { max: 1, backoff_seconds: 0, factor: 1 },
  });
  const { id } = await api.task({ command_id: command.id });
  await open(page, `/tasks/${id}`);
  await expect(page.getByRole('log')).toContainText(/attempt 1 tick \d\d/);

  const content = await host.contentUrl();
  await host.kill();
  const bar = page.getByRole('alert').filter({ hasText: 'The host cannot be reached' });
  await expect(bar).toBeVisible();
  await expect(bar).toContainText(/Reconnecting in \d+ s/);
  await expect(page.getByRole('contentinfo')).toContainText('Host unreachable');
  // What was loaded can still be read; what cannot work says why.
  await expect(page.getByRole('log')).toContainText('attempt 1 tick');
  const cancel = taskHead(page).getByRole('button', { name: 'Cancel' });
  await expect(cancel).toHaveAttribute('aria-disabled', 'true');
  await expect(cancel).toHaveAttribute('title', /cannot be reached/);

  await host.restart();
  await expect(bar).toBeHidden({ timeout: 20_000 });
  // The page has the content origin in its policy: pictures of another one would be broken until a reload.
  expect(await host.contentUrl()).toBe(content);
  await expectTask(page, 'Succeeded');
  await expect(page.getByText('2 of 2')).toBeVisible();
  await expect(page.getByRole('log')).toContainText('attempt 2 tick 100');

  const downloading = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Download shown lines' }).click();
  const shown = (await readFile(await (await downloading).path(), 'utf8')).split('\n');
  // The same session opens a new connection to the new host.
  const stored = await (await host.api()).call('tasks_logs', { id, limit: 5_000 });
  expect(shown).toEqual(
    stored.items.map((line) => `${line.at} ${line.level.padEnd(5)} ${line.source} ${line.message}`),
  );
  const seqs = stored.items.map(({ seq }) => seq);
  expect(seqs).toEqual(seqs.map((_, index) => (seqs[0] ?? 0) + index));

  await page.reload();
  await expectTask(page, 'Succeeded');
});

// Would catch: a host that still answers while it stops, whose "not now" is taken for "not signed in".
test('a host that stops in order after a reload is an outage and no sign-out', async ({ page, host, watch }) => {
  watch.allow(/WebSocket connection to .* failed|ERR_CONNECTION_REFUSED|503 \(Service Unavailable\)/);
  await open(page, '/tasks');
  await page.reload();
  await expect(page.getByRole('heading', { name: 'Tasks', exact: true })).toBeVisible();
  const signIn = page.getByRole('heading', { name: 'Sign in to TabAgent' });
  let asked = false;
  void signIn.waitFor().then(
    () => {
      asked = true;
    },
    () => undefined,
  );
  await host.terminate();
  const bar = page.getByRole('alert').filter({ hasText: 'The host cannot be reached' });
  await expect(bar).toBeVisible();
  await host.restart();
  await expect(bar).toBeHidden({ timeout: 20_000 });
  await expect(page.getByRole('contentinfo')).not.toContainText('Host unreachable');
  expect(asked).toBe(false);
});

// Would catch: a list that is emptied with the host, one that says "No … yet" beside an error, and actions that look as if they worked.
test('lists keep their rows while the host is gone, every action says why not, and they are live again with it', async ({
  page,
  host,
  api,
  watch,
}) => {
  watch.allow(/WebSocket connection to .* failed|ERR_CONNECTION_REFUSED/);
  await api.call('profiles_create', { name: 'Desk' });
  const task = await api.program('Stays', 'setInterval(() => {}, 1000)');
  await open(page, '/profiles');
  await expect(page.getByRole('row', { name: /Desk/ })).toBeVisible();
  await page.getByRole('link', { name: 'Tasks' }).first().click();
  const row = page.getByRole('row', { name: /Stays/ });
  await expect(row).toContainText('Running');
  await row.click();
  // The other screens are loaded a little later than the first, one after the other, with style and code: that of a task is the last.
  const isLoaded = () =>
    performance.getEntriesByType('resource').filter(({ name }) => name.includes('/task-screen')).length > 1;
  await page.waitForFunction(isLoaded);

  await host.kill();
  const note = page.getByText(/Offline\. Last updated/).first();
  await expect(note).toBeVisible();
  await expect(row).toBeVisible();
  const noneYet = page.getByText(/^No .* yet$/);
  await expect(noneYet).toHaveCount(0);
  const reason = /^Offline: the host cannot be reached$/;
  await page.getByRole('button', { name: 'Actions for Stays' }).click();
  const cancel = page.getByRole('menuitem', { name: 'Cancel' });
  await expect(cancel).toHaveAttribute('aria-disabled', 'true');
  await expect(cancel).toHaveAttribute('title', reason);
  await page.keyboard.press('Escape');
  await expect(page.getByRole('menu')).toHaveCount(0);
  await page.keyboard.press('C');
  await expect(page.getByRole('alert').filter({ hasText: 'Offline: the host cannot be reached' })).toBeVisible();
  await page.keyboard.press('Control+K');
  await page.getByRole('textbox', { name: 'Search or run a command' }).fill('run again');
  const offered = page.getByRole('dialog').getByRole('button', { name: /Run again: current version/ });
  await expect(offered).toBeDisabled();
  await expect(offered).toContainText('Offline: the host cannot be reached');
  await page.keyboard.press('Escape');
  // What was loaded before is still there, also on other screens; what was not says so.
  await page.getByRole('link', { name: 'Profiles' }).first().click();
  await expect(page.getByRole('row', { name: /Desk/ })).toBeVisible();
  await page.getByRole('link', { name: 'Commands' }).first().click();
  await expect(page.getByText('Offline', { exact: true }).first()).toBeVisible();
  await expect(noneYet).toHaveCount(0);
  await page.getByRole('link', { name: 'Tasks' }).first().click();
  await expect(row).toBeVisible();

  await host.restart();
  await expect(note).toBeHidden({ timeout: 20_000 });
  await expect(row).toContainText('Interrupted');
  expect((await (await host.api()).call('tasks_get', { id: task.id })).status).toBe('interrupted');
});
