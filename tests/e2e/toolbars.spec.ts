import { expect, open, test } from './support/test.ts';

test.use({ fresh: true });

/** The smallest window of the desktop app, half of a screen, and 1440×900 at 200 %. */
const SIZES = [
  { width: 1024, height: 640 },
  { width: 800, height: 900 },
  { width: 720, height: 450 },
];
const LISTS = ['/tasks', '/schedules', '/commands', '/profiles', '/proxies', '/models', '/connections', '/logs'];

// Would catch: a button outside of the window, as the last one of a bar is that does not wrap when one more comes.
test('what stands above a list is in the window, also while the queue is paused', async ({ page, api }) => {
  test.setTimeout(240_000);
  await api.call('settings_update', { 'executor.paused': true });
  await api.call('tasks_create', { spec: { kind: 'process', argv: ['true'] }, labels: ['night'], name: 'Waiting' });
  await api.call('profiles_create', { name: 'Desk', group: 'Office', tags: ['day'] });
  for (const path of LISTS) {
    await page.setViewportSize(SIZES[0] ?? { width: 1024, height: 640 });
    await open(page, path);
    await expect(page.locator('h1')).toBeVisible();
    if (path === '/tasks') await expect(page.getByText(/queue paused/i).first()).toBeVisible();
    for (const size of SIZES) {
      await page.setViewportSize(size);
      await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
      const outside = await page.evaluate(() =>
        [...document.querySelectorAll<HTMLElement>(':is(header, [class*="_toolBar_"]) :is(button, input, a)')]
          .filter((part) => part.checkVisibility() && part.closest('[role="tablist"]') === null)
          .filter((part) => {
            const { left, right } = part.getBoundingClientRect();
            return left < 0 || right > window.innerWidth + 1;
          })
          .map((part) => part.textContent || part.getAttribute('aria-label')),
      );
      expect.soft(outside, `${path} ${size.width}`).toEqual([]);
    }
  }
});
