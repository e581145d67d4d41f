/** Messages in the corner stand beside what is pressed next. */
import type { Locator, Page } from '@playwright/test';
import { expect, open, test } from './support/test.ts';

/** Whether a click in the middle of an element reaches it. */
const isReached = (element: Locator) =>
  element.evaluate((node) => {
    const { left, top, width, height } = node.getBoundingClientRect();
    return node.contains(document.elementFromPoint(left + width / 2, top + height / 2));
  });
const toast = (page: Page, words: RegExp) => page.locator('.mantine-Notification-root').filter({ hasText: words });

// Would catch: “Conversation deleted” over Send, which has to be waited for.
for (const width of [1440, 800])
  test(`Send is reached while a message is shown, at ${width}`, async ({ page, api }) => {
    await page.setViewportSize({ width, height: 640 });
    for (const title of ['One', 'Two']) await api.call('sessions_create', { title });
    await open(page, '/chat');
    for (const name of ['One', 'Two']) {
      await page.getByRole('link', { name }).click();
      await expect(page.getByRole('heading', { name })).toBeVisible();
      await page.keyboard.press('Delete');
    }
    await expect(toast(page, /deleted/)).toHaveCount(2);
    // First: messages go after a while.
    await expect(toast(page, /deleted/).first()).toBeInViewport({ ratio: 1 });
    for (const name of ['Send', 'Message'])
      await expect
        .poll(() => isReached(page.getByLabel(name).or(page.getByRole('button', { name })).last()))
        .toBe(true);
    await page.screenshot({ path: `test-results/screens/toast-chat-${width}.png`, animations: 'disabled' });
  });

// Would catch: a message over the buttons of a dialog in a small window.
test('the buttons of a dialog are reached while a message is shown', async ({ page, api }) => {
  await page.setViewportSize({ width: 800, height: 640 });
  await api.call('profiles_create', { name: 'Short-lived' });
  await open(page, '/profiles');
  await page.getByRole('row', { name: /Short-lived/ }).click();
  await page.keyboard.press('Delete');
  await expect(toast(page, /deleted/).first()).toBeInViewport();
  await page.keyboard.press('n');
  const dialog = page.getByRole('dialog');
  await expect(dialog).toBeVisible();
  for (const button of await dialog.locator('form > div').last().getByRole('button').all())
    await expect.poll(() => isReached(button)).toBe(true);
  await page.screenshot({ path: 'test-results/screens/toast-dialog.png', animations: 'disabled' });
  await expect(toast(page, /deleted/).first()).toBeInViewport({ ratio: 1 });
});
