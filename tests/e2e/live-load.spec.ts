import { rowOf } from './support/panel.ts';
import { expect, open, test } from './support/test.ts';

test.use({ fresh: true });

const SPEC = { kind: 'process' as const, argv: ['{{host.node}}', '--version'] };
/** Tasks that the storm makes; each of them is at least one change of the list. */
const TASKS = 2_000;

// Would catch: a refetch of the whole list per change, and a list that stands still until the changes stop.
test('while tasks change by the hundred per second, the open list follows with at most four calls a second', async ({
  page,
  api,
}, info) => {
  await api.call('settings_update', { 'rate_limits.enabled': false, 'executor.paused': true });
  await api.task({ name: 'Before the storm', spec: SPEC });
  const calls: number[] = [];
  page.on('websocket', (socket) =>
    socket.on('framesent', ({ payload }) => {
      if (/"op":"tasks_list"/.test(String(payload))) calls.push(Date.now());
    }),
  );
  await open(page, '/tasks');
  await expect(rowOf(page, 'Before the storm')).toBeVisible();
  await page.getByRole('heading', { name: 'Tasks' }).hover();
  // Every name that was ever the first row.
  const tops = await page.evaluateHandle(() => {
    const seen = new Set<string>();
    const look = () => seen.add(document.querySelector('[role=grid] tbody a')?.textContent ?? '');
    new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true });
    return seen;
  });

  const start = Date.now();
  for (let made = 0; made < TASKS; made += 50)
    await Promise.all(
      Array.from({ length: 50 }, (_, index) => api.task({ name: `Storm ${made + index + 1}`, spec: SPEC })),
    );
  const end = Date.now();
  const shown = await tops.evaluate((seen) => seen.size);
  const seconds = (end - start) / 1_000;
  const during = calls.filter((at) => at >= start && at <= end).length;
  const figures = `${Math.round(TASKS / seconds)} tasks/s for ${seconds.toFixed(1)} s: ${during} list calls, ${shown} first rows`;
  info.annotations.push({ type: 'figures', description: figures });
  expect(during, figures).toBeLessThanOrEqual(4 * seconds + 2);
  // A list that waits for the end shows two: the one before, and the last. How many more there are depends on how busy the machine is.
  expect(shown, figures).toBeGreaterThan(3);

  await expect(rowOf(page, `Storm ${TASKS}`)).toBeVisible();
  await expect(page.getByRole('tab', { name: 'Active 2,001' })).toBeVisible();
});
