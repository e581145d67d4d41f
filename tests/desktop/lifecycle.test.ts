/** How the program starts, survives its page, meets itself, and ends. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type DesktopApp, killAll, until } from './driver.ts';
import { alive, callOverPort, makeDataDir, ready, runProgram, start } from './support.ts';

let data: ReturnType<typeof makeDataDir>;
beforeEach(() => {
  data = makeDataDir();
});
afterEach(async () => {
  await killAll();
  data.remove();
});

const TASK = 'tsk_01jzz3m9y8t4q6v7w8x9y0z1a2';
const route = (app: DesktopApp, wanted: string) =>
  until(
    app,
    ({ BrowserWindow }, _record, hash) => BrowserWindow.getAllWindows()[0]?.webContents.getURL().endsWith(`#${hash}`),
    wanted,
  );

test('a deep link opens its page at the first start', async () => {
  const app = await start(data.path, { args: [`tabagent://task/${TASK}`] });
  await route(app, `/tasks/${TASK}`);
});

test('a second start brings the first window forward, follows its link, and ends', async () => {
  const first = await start(data.path);
  const page = await first.page();
  await ready(page);
  await first.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.hide());

  const second = await start(data.path, { args: ['tabagent://logs'] });
  expect(await second.exited).toBe(0);
  await route(first, '/logs');
  expect(await first.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.isVisible())).toBe(true);

  // One that is no link of ours only brings the window forward.
  const third = await start(data.path, { args: ['tabagent://shell/quit'] });
  expect(await third.exited).toBe(0);
  await ready(page);
  expect(await first.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.webContents.getURL())).toMatch(
    /#\/logs$/,
  );
});

test('--hidden starts in the tray, and the window comes when it is asked for', async () => {
  const app = await start(data.path, { args: ['--hidden'] });
  await until(app, (_electron, { trays }) => trays.length > 0);
  expect(await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(0);
  await app.evaluate(() => globalThis.desktopRecord.trays[0]?.menu.getMenuItemById('show')?.click());
  await ready(await app.page());
});

test('a crashed page is loaded again with the host untouched; the third crash asks', async () => {
  const app = await start(data.path);
  await ready(await app.page());
  const pid = app.pid;
  for (const _crash of [1, 2]) {
    await app.evaluate(
      ({ BrowserWindow }) =>
        new Promise<void>((resolve) => {
          const contents = BrowserWindow.getAllWindows()[0]?.webContents;
          contents?.once('dom-ready', () => resolve());
          contents?.forcefullyCrashRenderer();
        }),
    );
    await ready(await app.page());
  }
  await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.webContents.forcefullyCrashRenderer());
  const box = await until(app, (_electron, { messageBoxes }) => messageBoxes.at(-1));
  expect(box.message).toBe('The panel keeps crashing.');
  // The answer was "Load again".
  await ready(await app.page());
  expect(alive(pid)).toBe(true);
});

test('a page that hangs can be loaded again', async () => {
  const app = await start(data.path);
  await ready(await app.page());
  await app.evaluate(({ BrowserWindow }) => {
    globalThis.desktopRecord.answers.messageBox = 1;
    const window = BrowserWindow.getAllWindows()[0];
    return new Promise<void>((resolve) => {
      window?.webContents.once('dom-ready', () => resolve());
      window?.emit('unresponsive');
    });
  });
  await ready(await app.page());
});

test('closing the port with the page ends its calls: a reload must not leave streams behind', async () => {
  const app = await start(data.path);
  const page = await app.page();
  await ready(page);
  await page.reload();
  await ready(page);
  const { v } = await callOverPort(page, 'connections_list', {});
  expect(v.items.filter(({ kind, live }) => kind === 'panel' && live)).toHaveLength(1);
});

test('the window comes back where it was', async () => {
  const app = await start(data.path);
  await ready(await app.page());
  await app.evaluate(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows()[0]?.setBounds({ x: 40, y: 60, width: 1100, height: 700 }),
  );
  await app.evaluate(({ app }) => app.quit());
  expect(await app.exited).toBe(0);
  const again = await start(data.path);
  await ready(await again.page());
  expect(await again.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.getBounds())).toMatchObject({
    width: 1100,
    height: 700,
  });
});

test('without close-to-tray, closing the window ends the program', async () => {
  const app = await start(data.path);
  const page = await app.page();
  await ready(page);
  await callOverPort(page, 'settings_update', { 'desktop.close_to_tray': false });
  await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close());
  expect(await app.exited).toBe(0);
});

test('quitting stops the host in order and leaves no process: a task, its tree, the browser', async () => {
  const app = await start(data.path);
  await ready(await app.page());
  const pidFile = join(data.path, 'pid');
  await runProgram(
    data.path,
    'sleeper',
    `require('fs').writeFileSync(${JSON.stringify(pidFile)}, String(process.pid)); setInterval(() => {}, 1000)`,
  );
  await until(app, (_electron, { trays }) => trays.at(-1)?.tooltip.includes('1 running'));
  await app.evaluate((_electron, file) => {
    const fs = process.getBuiltinModule('node:fs');
    return new Promise<void>((resolve) => {
      const look = () => {
        if (!fs.existsSync(file)) return;
        fs.unwatchFile(file);
        resolve();
      };
      fs.watchFile(file, { interval: 20 }, look);
      look();
    });
  }, pidFile);
  await app.evaluate(({ app }) => app.quit());
  expect(await app.exited).toBe(0);
  expect(alive(Number(readFileSync(pidFile, 'utf8')))).toBe(false);
  expect(alive(app.pid)).toBe(false);
  // What it published about itself is gone with it.
  expect(existsSync(join(data.path, 'host.json'))).toBe(false);
});

test('SIGTERM is a way to quit like any other', async () => {
  const app = await start(data.path);
  await ready(await app.page());
  process.kill(app.pid, 'SIGTERM');
  expect(await app.exited).toBe(0);
  expect(existsSync(join(data.path, 'host.json'))).toBe(false);
});

test('a data directory that a headless host owns is left alone, and the reason is told', async () => {
  const app = await start(data.path);
  await ready(await app.page());
  // The same directory by another profile of the desktop: the lock of the host decides, not the one of the window.
  await app.evaluate(({ app }, folder) => app.setPath('userData', folder), data.path);
  const lock = join(data.path, 'desktop');
  await app.evaluate(
    (_electron, folder) => process.getBuiltinModule('node:fs').rmSync(folder, { recursive: true, force: true }),
    lock,
  );
  const other = await start(data.path);
  expect(await other.exited).toBe(4);
  expect(other.stderr()).toContain('already running');
});
