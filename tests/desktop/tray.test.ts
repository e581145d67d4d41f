/** The tray and what is told while the window is hidden. */

import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type DesktopApp, killAll, until } from './driver.ts';
import { http, makeDataDir, ready, runProgram, start } from './support.ts';

const data = makeDataDir();
let app: DesktopApp;
let page: Page;

/** Clicks an item of the tray's menu. */
const click = (id: string) =>
  app.evaluate((_electron, id) => {
    const item = globalThis.desktopRecord.trays.at(-1)?.menu.getMenuItemById(id);
    if (!item) throw new Error(`the tray has no item ${id}`);
    item.click();
  }, id);

/** Waits until the tray's tooltip has a text. */
const tooltip = (text: string) =>
  until(app, (_electron, { trays }, text) => trays.at(-1)?.tooltip.includes(text), text);

beforeAll(async () => {
  app = await start(data.path);
  page = await app.page();
  await ready(page);
});
afterAll(async () => {
  await killAll();
  data.remove();
});

test('closing the window leaves the program in the tray, and Show brings the same page back', async () => {
  await page.evaluate(() => {
    document.body.dataset.mark = 'same';
  });
  await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close());
  expect(await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.isVisible())).toBe(false);
  await click('show');
  expect(await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.isVisible())).toBe(true);
  expect(await page.evaluate(() => document.body.dataset.mark)).toBe('same');
});

test('the counts follow the tasks', async () => {
  await tooltip('0 running · 0 waiting · 0 failed');
  const sleeper = await runProgram(data.path, 'sleeper', 'setInterval(() => {}, 1000)');
  await tooltip('1 running');
  await runProgram(data.path, 'broken', 'process.exit(3)');
  await tooltip('1 running · 0 waiting · 1 failed');
  await http(data.path, 'POST', `/v1/tasks/${sleeper}/cancel`, {});
  await tooltip('0 running · 0 waiting · 1 failed');
});

test('Pause queue holds tasks back, Resume queue lets them go', async () => {
  await click('pause');
  await tooltip('queue paused');
  const task = await runProgram(data.path, 'held', '');
  await tooltip('1 waiting');
  expect(await http(data.path, 'GET', `/v1/tasks/${task}`)).toMatchObject({
    status: 'queued',
    wait_reason: 'queue_paused',
  });
  expect(await app.evaluate(() => globalThis.desktopRecord.trays.at(-1)?.menu.getMenuItemById('pause')?.label)).toBe(
    'Resume queue',
  );
  await click('pause');
  await tooltip('0 running · 0 waiting');
});

test('a task that fails while the window is hidden is told, and the notification opens it', async () => {
  await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.hide());
  const task = await runProgram(data.path, 'nightly import', 'process.exit(5)');
  const shown = await until(
    app,
    (_electron, { notifications }) =>
      notifications.at(-1) && { title: notifications.at(-1)?.title, body: notifications.at(-1)?.body },
  );
  expect(shown.title).toBe('nightly import failed');
  expect(shown.body).not.toBe('');
  await app.evaluate(() => void globalThis.desktopRecord.notifications.at(-1)?.emit('click'));
  await page.waitForURL((url) => url.hash === `#/tasks/${task}`);
  expect(await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.isVisible())).toBe(true);
});

test('nothing is told while a person looks', async () => {
  const before = await app.evaluate(() => globalThis.desktopRecord.notifications.length);
  await runProgram(data.path, 'seen', 'process.exit(6)');
  await tooltip('3 failed');
  expect(await app.evaluate(() => globalThis.desktopRecord.notifications.length)).toBe(before);
});

test('the menu of the app goes to screens', async () => {
  await app.evaluate(({ Menu }) => Menu.getApplicationMenu()?.getMenuItemById('go-profiles')?.click());
  await page.waitForURL((url) => url.hash === '#/profiles');
});

test('Quit in the tray ends the program, tasks included', async () => {
  const task = await runProgram(
    data.path,
    'last',
    'process.stdout.write(String(process.pid)); setInterval(() => {}, 1000)',
  );
  await tooltip('1 running');
  expect(task).toMatch(/^tsk_/);
  await click('quit').catch(() => undefined);
  expect(await app.exited).toBe(0);
});
