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
  await expect(page.getByText('tabagent panel-link')).toBeVisible();

  // Nothing of the host is told to a browser without a session.
  expect((await page.request.get('/v1/tasks')).status()).toBe(401);

  const link = host.link;
  await page.goto('about:blank');
  await page.goto(link);
  await expect(page.getByRole('heading', { name: 'Dashboard' })).toBeVisible();
  expect(page.url()).not.toContain('ticket');
  await page.reload();
  await expect(page.getByRole('heading', { name: 'Dashboard' })).toBeVisible();

  const stranger = await (await browser.newContext({ storageState: { cookies: [], origins: [] } })).newPage();
  await stranger.goto(link);
  await expect(stranger.getByRole('alert')).toContainText('This link no longer works');
  await expect(stranger.getByRole('heading', { name: 'Sign in to TabAgent' })).toBeVisible();
  expect(stranger.url()).not.toContain('ticket');
  await stranger.context().close();
});
