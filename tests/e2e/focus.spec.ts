/** Where keys go: the editor's own, the choice of a kind, a dialog around a page of another origin, the list of a screen. */
import type { Page } from '@playwright/test';
import { expectTask, rowOf } from './support/panel.ts';
import { expect, open, test } from './support/test.ts';

test.use({ fresh: true });

const editor = (page: Page) => page.getByRole('textbox', { name: 'Script', exact: true });
const SHORT = 'export default () => 42;\n';
const short = (name: string) => ({
  name,
  kind: 'browser' as const,
  spec: { kind: 'browser' as const, script: SHORT, trace: 'off' as const, screenshot: 'off' as const },
});

// Would catch: an editor that takes the key for a new line, and then has changed the script too.
test('Mod+Enter in the script editor runs the command and adds no line', async ({ page, api }) => {
  const { id } = await api.call('commands_create', short('Answer'));
  await open(page, `/commands/${id}`);
  await editor(page).click();
  await page.keyboard.press('ControlOrMeta+Enter');
  await expectTask(page, 'Succeeded');
  const { spec, version } = await api.call('commands_get', { id });
  expect(spec).toMatchObject({ script: SHORT });
  expect(version).toBe(1);
});

// Would catch: an editor of which only the lines that have text take a click.
test('a click below a short script puts the cursor into it', async ({ page, api }) => {
  const { id } = await api.call('commands_create', short('Short'));
  await open(page, `/commands/${id}`);
  await expect(editor(page)).toBeVisible();
  const box = await page.getByRole('tabpanel', { name: 'Script' }).boundingBox();
  if (box === null) throw new Error('no tab panel');
  const fills = await editor(page).boundingBox();
  expect(fills?.height).toBeGreaterThan(box.height - 20);
  await page.mouse.click(box.x + box.width / 2, box.y + box.height - 20);
  await expect(editor(page)).toBeFocused();
  await page.keyboard.type('// below');
  await expect(editor(page)).toContainText('// below');
});

// Would catch: a pop-up that takes the focus back from the editor that was clicked, so that what is typed next acts as shortcuts.
test('a click into the editor beside an open pop-up keeps the focus there', async ({ page, api }) => {
  const since = { type: 'string', format: 'date', title: 'Since' };
  const input_schema = { type: 'object', properties: { since } };
  const { id } = await api.call('commands_create', { ...short('Dated'), input_schema });
  await open(page, `/commands/${id}`);
  const popups = [
    [page.getByRole('button', { name: 'Choose a date: Since' }), page.getByRole('dialog', { name: 'Since' })],
    [page.getByRole('button', { name: 'New', exact: true }), page.getByRole('menu')],
  ] as const;
  for (const [button, popup] of popups) {
    await button.click();
    await expect(popup).toBeVisible();
    await editor(page).click();
    await expect(popup).toBeHidden();
    // The library gives the focus back some frames after the pop-up has closed.
    await page.keyboard.type(' d n d ', { delay: 30 });
    await expect(editor(page)).toBeFocused();
  }
  await expect(editor(page)).toContainText(' d n d  d n d ');
});

// Would catch: a key that makes a command of a kind nobody chose, and a focus that is left behind when the composer opens.
test('N opens the choice of kind, arrow keys and Enter choose, and the name is ready to be typed', async ({
  page,
  api,
}) => {
  await api.call('commands_create', short('Answer'));
  await open(page, '/commands');
  await expect(editor(page)).toBeVisible();
  const answer = page.getByRole('navigation', { name: 'Commands' }).getByRole('link', { name: 'Answer' });
  await expect(answer).toBeFocused();
  await page.keyboard.press('n');
  const menu = page.getByRole('menu');
  await expect(menu.getByRole('menuitem').first()).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(menu).toHaveCount(0);
  await expect(answer).toBeFocused();
  await page.keyboard.press('n');
  await expect(menu.getByRole('menuitem').first()).toBeFocused();
  await page.keyboard.press('ArrowDown');
  await expect(menu.getByRole('menuitem', { name: /Sign in/ })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByLabel('Command name')).toBeFocused();
  await page.keyboard.type('Mine');
  await expect(page.getByLabel('Command name')).toHaveValue('Mine');
});

// Would catch: a key that a frame of another origin swallows, so that only the mouse closes the dialog around it.
test('Esc closes the dialog of a trace, wherever in the viewer the focus is', async ({ page, api }) => {
  const demo = await api.call('demo_start', {});
  const script = `export default async ({ page }) => { await page.goto('${demo.url}'); await page.title(); };`;
  const task = await api.task({ name: 'Recorded', spec: { kind: 'browser', script } });
  await api.ended(task.id);
  await open(page, `/tasks/${task.id}?tab=artifacts`);
  const dialog = page.getByRole('dialog', { name: /trace/ });
  const viewer = page.frameLocator('iframe[title^="Trace"]');
  const places = [
    () => viewer.getByText('Navigate').first(),
    () => viewer.frameLocator('iframe.snapshot-visible').locator('body'),
  ];
  for (const place of places) {
    await page.getByRole('button', { name: 'Open trace' }).click();
    await viewer.getByText('Navigate').first().click({ timeout: 30_000 });
    await place().click();
    // The viewer notices a moment after a click that the focus has gone into the recorded page.
    await expect(async () => {
      await page.keyboard.press('Escape');
      await expect(dialog).toHaveCount(0, { timeout: 1000 });
    }).toPass({ timeout: 10_000 });
    await expect(page.getByRole('button', { name: 'Open trace' })).toBeFocused();
  }
});

// Would catch: a page elsewhere, or another frame, that closes what the operator looks at.
test('only the frame of the trace may ask for its dialog to be closed', async ({ page, api }) => {
  const task = await api.task({
    name: 'Recorded',
    spec: { kind: 'browser', script: 'export default ({ page }) => page.title();' },
  });
  await api.ended(task.id);
  await open(page, `/tasks/${task.id}?tab=artifacts`);
  await page.getByRole('button', { name: 'Open trace' }).click();
  const dialog = page.getByRole('dialog', { name: /trace/ });
  await expect(dialog).toBeVisible();
  await page.evaluate(async () => {
    window.postMessage('tabagent:escape', '*');
    // Messages of one window come in their order.
    const { promise, resolve } = Promise.withResolvers<void>();
    window.addEventListener('message', ({ data }) => data === 'last' && resolve());
    window.postMessage('last', '*');
    await promise;
  });
  await expect(dialog).toBeVisible();
});

// Would catch: a screen whose list takes no arrow key after it was opened by its own keys.
test('after G and a letter the focus is in the list of the screen', async ({ page, api }) => {
  await api.call('commands_create', short('Answer'));
  await api.call('profiles_create', { name: 'Lisbon counter' });
  await api.call('profiles_create', { name: 'Osaka desk' });
  await api.program('Printed', 'console.log(1)').then(({ id }) => api.ended(id));
  await api.call('keys_create', { name: 'Nightly', scopes: ['read'], areas: ['automation'], expires_at: null });
  await open(page, '/settings');
  /** The focus is on something of the screen that is left. */
  const away = () => page.getByRole('navigation', { name: 'Screens' }).getByRole('link').first().focus();
  const go = async (letter: string) => {
    await away();
    await page.keyboard.press('g');
    await page.keyboard.press(letter);
  };
  await go('t');
  await expect(page.getByRole('grid', { name: 'Tasks' })).toBeFocused();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/#\/tasks\/tsk_/);
  await go('p');
  await expect(page.getByRole('grid', { name: 'Profiles' })).toBeFocused();
  // From the same screen too.
  await go('p');
  await expect(page.getByRole('grid', { name: 'Profiles' })).toBeFocused();
  await go('c');
  await expect(page.getByRole('navigation', { name: 'Commands' }).getByRole('link', { name: 'Answer' })).toBeFocused();
  await go('l');
  await expect(page.getByRole('log', { name: 'Host log lines' })).toBeFocused();
  await go('n');
  await expect(page.getByRole('grid')).toBeFocused();
  await rowOf(page, 'Nightly').waitFor();
});

// Would catch: a ring around the guide of a pane without content, as if that was what the screen was opened for.
test('an empty pane without an action leaves the focus alone', async ({ page, api }) => {
  const { id } = await api.program('Endless', 'setInterval(() => {}, 1000)');
  await api.call('tasks_cancel', { id });
  await api.ended(id);
  await open(page, `/tasks/${id}`);
  await expect(page.getByText('This task has no input')).toBeVisible();
  await expect(page.locator('body')).toBeFocused();
  await open(page, '/logs?tab=jobs');
  await expect(page.getByText('No jobs yet')).toBeVisible();
  await expect(page.locator('body')).toBeFocused();
});
