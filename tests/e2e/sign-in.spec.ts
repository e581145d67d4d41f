import { execSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { expect, test } from './support/test.ts';

test.use({ fresh: true, storageState: { cookies: [], origins: [] } });

// Would catch: a panel without a door, a link that works twice or stays in the history, a page without its policy.
test('no session leads to the sign-in screen; the link opens the panel once and never again', async ({
  page,
  host,
  browser,
  watch,
}) => {
  watch.allow(/401 \(Unauthorized\)/);
  const answer = await page.goto('/panel/');
  const policy = answer?.headers()['content-security-policy'] ?? '';
  expect(policy).toContain("default-src 'self'");
  expect(policy).toContain("script-src 'self';");
  expect(policy).toContain("object-src 'none'");
  await expect(page.getByRole('heading', { name: 'Sign in to TabAgent' })).toBeVisible();
  // The command is run as it is printed, in another folder.
  const command = (await page.getByText('panel-link').textContent()) ?? '';
  expect(execSync(command, { cwd: tmpdir(), encoding: 'utf8' })).toMatch(/#ticket=[\w-]{43}\n$/);

  // Nothing of the host is told to a browser without a session.
  expect((await page.request.get('/v1/tasks')).status()).toBe(401);

  const link = host.link;
  await page.goto('about:blank');
  await page.goto(link);
  await expect(page.getByRole('heading', { name: 'Dashboard' })).toBeVisible();
  expect(page.url()).not.toContain('ticket');
  await page.reload();
  await expect(page.getByRole('heading', { name: 'Dashboard' })).toBeVisible();

  // Would catch: a session that cannot be ended, or one that is only forgotten by the browser.
  const token = await page.evaluate(() => localStorage.getItem('tabagent.session'));
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(page.getByRole('heading', { name: 'Sign in to TabAgent' })).toBeVisible();
  // Signing out loads the panel anew by itself, and one of the two may end the other.
  await expect(() => page.reload()).toPass();
  await expect(page.getByRole('heading', { name: 'Sign in to TabAgent' })).toBeVisible();
  expect((await page.request.get('/v1/tasks', { headers: { authorization: `Bearer ${token}` } })).status()).toBe(401);

  const stranger = await (await browser.newContext({ storageState: { cookies: [], origins: [] } })).newPage();
  await stranger.goto(link);
  await expect(stranger.getByRole('alert')).toContainText('This link no longer works');
  await expect(stranger.getByRole('heading', { name: 'Sign in to TabAgent' })).toBeVisible();
  expect(stranger.url()).not.toContain('ticket');
  await stranger.context().close();
});
