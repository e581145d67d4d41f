import { expectTask } from './support/panel.ts';
import { expect, open, test } from './support/test.ts';

/**
 * 60 000 coloured lines, one of them hostile, one to be found, one on stderr, and a last one. The first line of the log is the program
 * itself, so what is looked for is put together here.
 */
const FLOOD = `
  const out = [];
  for (let n = 1; n <= 60000; n++) {
    if (n === 59_950) out.push('<img src=x onerror="document.title=1"> <b>bold?</b>');
    else if (n === 41_234) out.push('the ' + 'needle is here');
    else out.push('\\x1b[32mok\\x1b[0m line ' + n + ' \\x1b[1;31mred\\x1b[0m');
  }
  process.stdout.write(out.join('\\n') + '\\n', () => process.stderr.write('a com' + 'plaint\\n', () => setTimeout(() => console.log('the last ' + 'line'), 300)));
`;

// Would catch: a viewer that draws every line, injects HTML, loses its place while lines come, or cannot find what it holds.
test('60 000 coloured lines: followed, left, searched, filtered, and never run as HTML', async ({ page, api }) => {
  const task = await api.program('Flood', FLOOD);
  await open(page, `/tasks/${task.id}`);
  const log = page.getByRole('log');
  const rows = log.locator('[data-testid=log-line]');
  await expectTask(page, 'Succeeded');
  await expect(log).toContainText('the last line');
  await expect(page.getByRole('button', { name: 'Following the end' })).toHaveAttribute('aria-pressed', 'true');

  // Colours became classes, the payload stayed text.
  const last = rows.filter({ hasText: 'line 60000' });
  const colours = await last
    .getByText(/^(?:ok| ?line 60000.*)$/)
    .evaluateAll((spans) => new Set(spans.map((span) => getComputedStyle(span).color)).size);
  expect(colours, 'the colour sequence colours its word and no other').toBe(2);
  await expect(log).not.toContainText('\u001b');
  await log.hover();
  await page.mouse.wheel(0, -900);
  await expect(page.getByRole('button', { name: 'Follow the end' })).toHaveAttribute('aria-pressed', 'false');
  await expect(log).toContainText('<img src=x onerror="document.title=1"> <b>bold?</b>');
  await expect(log.locator('img, b')).toHaveCount(0);
  await expect(page).toHaveTitle('TabAgent');
  expect(await rows.count()).toBeLessThan(120);

  // Older lines come from the file, as far back as the log goes.
  await expect(async () => {
    await log.press('Home');
    await expect(rows.filter({ hasText: 'ok line 1 red' })).toBeVisible({ timeout: 100 });
  }).toPass({ timeout: 30_000, intervals: [50] });
  expect(await rows.count()).toBeLessThan(120);

  // … and forward again, down to the line that was written last.
  await expect(async () => {
    await log.press('End');
    await expect(rows.filter({ hasText: 'the last line' })).toBeVisible({ timeout: 100 });
  }).toPass({ timeout: 30_000, intervals: [50] });

  await page.getByRole('searchbox', { name: 'Find in log' }).fill('the needle');
  await expect(page.getByRole('region', { name: 'Details' })).toContainText('1 match');
  await page.keyboard.press('Enter');
  await expect(rows.filter({ hasText: 'the needle is here' })).toBeInViewport();
  await page.keyboard.press('Escape');

  await page.getByRole('button', { name: 'Follow the end' }).click();
  await expect(rows.filter({ hasText: 'the last line' })).toBeInViewport();

  const warn = page.getByRole('button', { name: 'warn', exact: true });
  await warn.click();
  await expect(rows).toHaveText([/a complaint/]);
  // What a level hides is no hit that nobody can go to.
  const find = page.getByRole('searchbox', { name: 'Find in log' });
  const details = page.getByRole('region', { name: 'Details' });
  await find.fill('complaint');
  await expect(details).toContainText('1 match');
  await find.fill('line');
  await expect(details.getByTitle('Matches in the whole log')).toHaveText('No matches');
  await find.press('Escape');
  await warn.click();
  await expect(rows.filter({ hasText: 'the last line' })).toBeInViewport();

  // Few lines do not make the viewer follow again, and the place is kept.
  await log.hover();
  await page.mouse.wheel(0, -900);
  await expect(rows.filter({ hasText: '<b>bold?</b>' })).toBeInViewport();
  await warn.click();
  await expect(rows).toHaveText([/a complaint/]);
  await expect(page.getByRole('button', { name: 'Follow the end' })).toHaveAttribute('aria-pressed', 'false');
  await warn.click();
  await expect(rows.filter({ hasText: '<b>bold?</b>' })).toBeInViewport();
  await expect(page.getByRole('button', { name: 'Follow the end' })).toHaveAttribute('aria-pressed', 'false');
});

// Would catch: a search that looks through the lines of the window only, and says that there is no hit in a log of a million lines.
test('what is far back in the log is found on the host, gone to, and counted; its structured data too', async ({
  page,
  api,
}) => {
  const task = await api.program('Far back', FLOOD);
  await open(page, `/tasks/${task.id}`);
  await expectTask(page, 'Succeeded');
  await page.reload();
  const log = page.getByRole('log');
  const rows = log.locator('[data-testid=log-line]');
  await expect(log).toContainText('the last line');
  const details = page.getByRole('region', { name: 'Details' });
  const find = page.getByRole('searchbox', { name: 'Find in log' });
  await find.fill('the needle');
  await expect(details.getByTitle('Matches in the whole log')).toHaveText('1 match');
  await find.press('Enter');
  await expect(rows.filter({ hasText: 'the needle is here' })).toBeInViewport();
  await find.fill('ok');
  await expect(details.getByTitle('Matches in the whole log')).toHaveText(/^59,99\d matches$/);
  await find.press('Escape');
  await page.getByRole('button', { name: 'Follow the end' }).click();
  await expect(rows.filter({ hasText: 'the last line' })).toBeInViewport();
});

test('structured data stands in the line, is found, and unfolds beside it', async ({ page, api }) => {
  const source =
    'export default async ({ log }) => { log.info("Order read", { order: { total: "4711-EUR" } }); log.error("Refund of 4711-EUR refused"); log.error("Another"); return 1; };\n';
  const task = await api.call('tasks_create', {
    name: 'Data',
    spec: { kind: 'browser', script: source },
  });
  if (!('id' in task)) throw new Error('one task was made');
  await open(page, `/tasks/${task.id}`);
  await expectTask(page, 'Succeeded');
  const log = page.getByRole('log');
  await expect(log).toContainText('"total":"4711-EUR"');
  await page.getByRole('searchbox', { name: 'Find in log' }).fill('4711-eur');
  await expect(page.getByTitle('Matches in the whole log')).toHaveText('2 matches');
  // Would catch: a hit that looks like any other error.
  const colourOf = (text: string) =>
    log
      .getByTestId('log-line')
      .filter({ hasText: text })
      .evaluate((line) => getComputedStyle(line).backgroundColor);
  expect(await colourOf('Refund of')).toBe(await colourOf('Order read'));
  expect(await colourOf('Refund of')).not.toBe(await colourOf('Another'));
  await log
    .getByRole('button', { name: /^Details of line/ })
    .first()
    .click();
  await expect(page.getByRole('complementary', { name: 'Line' })).toContainText('4711-EUR');
});
