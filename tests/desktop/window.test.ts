/** The window: the built main process, preload script and panel together, and the locks around the page. */

import { once } from 'node:events';
import { createServer } from 'node:net';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type DesktopApp, killAll, until } from './driver.ts';
import { callOverPort, makeDataDir, ready, start } from './support.ts';

describe('the window', () => {
  const data = makeDataDir();
  let app: DesktopApp;
  let page: Page;

  beforeAll(async () => {
    app = await start(data.path);
    page = await app.page();
    await ready(page);
  });
  beforeEach(() => app.evaluate(() => void globalThis.desktopRecord.opened.splice(0)));
  afterAll(async () => {
    await killAll();
    data.remove();
  });

  /** Runs a script in the page without Playwright, see `DesktopApp.release`. */
  async function inPage(script: string): Promise<void> {
    await app.release();
    await app.evaluate(
      ({ BrowserWindow }, code) =>
        void BrowserWindow.getAllWindows()[0]?.webContents.executeJavaScript(`{${code}}; 0`, true),
      script,
    );
  }

  test('shows the panel, connected to the host in the same process', async () => {
    expect(await page.title()).toContain('TabAgent');
    expect(await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.isVisible())).toBe(true);
    expect(await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.webContents.getURL())).toMatch(
      /^app:\/\/panel\/index\.html/,
    );
  });

  test('has every lock of Electron on: one that is off gives a page the rights of the program', async () => {
    const preferences = await app.evaluate(({ BrowserWindow }) => {
      const contents = BrowserWindow.getAllWindows()[0]?.webContents as unknown as {
        getLastWebPreferences(): Electron.WebPreferences;
      };
      const { sandbox, contextIsolation, nodeIntegration, webSecurity, webviewTag } = contents.getLastWebPreferences();
      return { sandbox, contextIsolation, nodeIntegration, webSecurity, webviewTag };
    });
    expect(preferences).toEqual({
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webSecurity: true,
      webviewTag: false,
    });
  });

  test('gives the page three facts and nothing of Node or Electron', async () => {
    const seen = await page.evaluate(() => {
      const world = globalThis as unknown as Record<string, unknown>;
      return {
        bridge: world.tabagentDesktop,
        leaked: ['require', 'process', 'module', 'Buffer', 'ipcRenderer', 'electron'].filter((name) => name in world),
      };
    });
    const contentOrigin = expect.stringMatching(/^(?:content:\/\/artifacts|http:\/\/artifacts\.localhost:\d+)$/);
    expect(seen).toEqual({ bridge: { kind: 'desktop', platform: process.platform, contentOrigin }, leaked: [] });
  });

  test('runs no script that is not ours: text from a page must not become code', async () => {
    const ran = await page.evaluate(async () => {
      const world = globalThis as unknown as { ran?: boolean };
      const refused = new Promise((resolve) =>
        document.addEventListener('securitypolicyviolation', (event) => resolve(event.effectiveDirective), {
          once: true,
        }),
      );
      const script = document.createElement('script');
      script.textContent = 'globalThis.ran = true';
      document.body.append(script);
      return { directive: await refused, ran: world.ran ?? false };
    });
    expect(ran).toEqual({ directive: 'script-src-elem', ran: false });
    await expect(page.evaluate(() => fetch('https://example.com/').then(() => 'reached'))).rejects.toThrow();
  });

  test('answers calls over the port', async () => {
    const health = await callOverPort(page, 'health', {});
    expect(health).toMatchObject({ t: 'ok', v: { service: 'tabagent-server' } });
    const refused = await callOverPort(page, 'tasks_get', { id: 'tsk_00000000000000000000000000' as never });
    expect(refused).toMatchObject({ t: 'err', e: { code: 'not_found' } });
    // The panel's own port ended with that, and came back.
    await ready(page);
  });

  test('stays on the panel: a link that leads away opens outside after a question', async () => {
    await app.evaluate(() => {
      globalThis.desktopRecord.answers.messageBox = 0;
    });
    await page.evaluate(() => {
      location.href = 'https://example.com/away';
    });
    expect(await until(app, (_electron, { opened }) => opened[0])).toBe('https://example.com/away');
    expect(await page.evaluate(() => document.title)).toContain('TabAgent');
    await app.evaluate(() => {
      globalThis.desktopRecord.answers.messageBox = null;
    });
  });

  test('opens no window of its own for outside addresses, and asks the person first', async () => {
    const before = await app.evaluate(() => globalThis.desktopRecord.messageBoxes.length);
    await inPage("window.open('https://example.org/popup')");
    const box = await until(app, (_electron, { messageBoxes }, at) => messageBoxes[at], before);
    expect(box.message).toBe('Open example.org in your browser?');
    // The answer was no.
    expect(await app.evaluate(() => globalThis.desktopRecord.opened)).toEqual([]);
    expect(await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1);
  });

  test('never opens addresses that would start a program', async () => {
    const boxes = await app.evaluate(() => globalThis.desktopRecord.messageBoxes.length);
    await inPage(`for (const url of ['file:///etc/passwd', 'smb://host/share', 'vscode://x', 'javascript:alert(1)'])
        window.open(url);
      window.open('https://example.net/last');`);
    const box = await until(app, (_electron, { messageBoxes }, at) => messageBoxes[at], boxes);
    expect(box.message).toContain('example.net');
    expect(await app.evaluate(() => globalThis.desktopRecord.opened)).toEqual([]);
  });

  test('has no rights but copying', async () => {
    page = await app.page();
    const states = await page.evaluate(async () => {
      const found: Record<string, string> = {};
      for (const name of ['geolocation', 'notifications', 'midi', 'clipboard-read', 'clipboard-write']) {
        found[name] = (await navigator.permissions.query({ name: name as PermissionName })).state;
      }
      return found;
    });
    expect(states).toMatchObject({
      geolocation: 'denied',
      notifications: 'denied',
      midi: 'denied',
      'clipboard-read': 'denied',
    });
  });

  // Catches recorded content that shares the panel's origin, and a frame that leads elsewhere.
  test('shows recorded content in a frame of another origin, and frames nothing else', async () => {
    const seen = await page.evaluate(async () => {
      const { contentOrigin } = (globalThis as unknown as { tabagentDesktop: { contentOrigin: string } })
        .tabagentDesktop;
      const framed = async (src: string) => {
        const frame = document.createElement('iframe');
        const loaded = new Promise((resolve) => frame.addEventListener('load', resolve, { once: true }));
        frame.src = src;
        document.body.append(frame);
        await Promise.race([loaded, new Promise((resolve) => setTimeout(resolve, 2_000))]);
        const reachable = frame.contentDocument !== null;
        frame.remove();
        return reachable ? 'own' : 'foreign';
      };
      return [await framed(`${contentOrigin}/trace-viewer/snapshot.html`), contentOrigin === location.origin];
    });
    expect(seen).toEqual(['foreign', false]);
  });

  test('hands no port to a frame, to another page or to a foreign window', async () => {
    const answers = await app.evaluate(({ BrowserWindow, ipcMain }) => {
      const contents = BrowserWindow.getAllWindows()[0]?.webContents;
      const ports: string[] = [];
      const ask = (what: string, sender: unknown, frame: object | null) => {
        const senderFrame = frame && { detached: false, parent: null, postMessage: () => ports.push(what), ...frame };
        ipcMain.emit('tabagent:port', { sender, senderFrame, ports: [] });
      };
      ask('frame', contents, { url: 'app://panel/index.html', parent: {} });
      ask('viewer', contents, { url: 'content://artifacts/trace-viewer/index.html' });
      ask('artifact', contents, { url: 'content://artifacts/artifacts/art_x/t/shot.png' });
      ask('site', contents, { url: 'https://example.com/index.html' });
      ask('look-alike', contents, { url: 'app://panel.example.com/index.html' });
      ask('left', contents, { url: 'app://panel/index.html', detached: true });
      ask('gone', contents, null);
      ask('other window', {}, { url: 'app://panel/index.html' });
      return ports;
    });
    expect(answers).toEqual([]);
    // Refusing others took nothing from the panel.
    await ready(page);
  });

  test('follows the theme of the settings down to the native side', async () => {
    await callOverPort(page, 'settings_update', { 'appearance.theme': 'dark' });
    await page.waitForFunction(() => matchMedia('(prefers-color-scheme: dark)').matches);
    expect(await app.evaluate(({ nativeTheme }) => nativeTheme.themeSource)).toBe('dark');
    expect(await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.getBackgroundColor())).toMatch(
      /^#0e0f11$/i,
    );
  });

  test('answers the operations that only the desktop has', async () => {
    await app.evaluate(() => {
      globalThis.desktopRecord.answers.openDialog = ['/picked'];
    });
    expect(await callOverPort(page, 'shell_pick_file', { title: 'Pick' })).toMatchObject({ v: { path: '/picked' } });
    await callOverPort(page, 'shell_open_path', { target: 'data' });
    expect(await app.evaluate(() => globalThis.desktopRecord.opened)).toEqual([data.path]);
    await callOverPort(page, 'shell_window', { action: 'toggle_maximize' });
    expect(await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.isMaximized())).toBe(true);
  });
});

test('a port that another program holds closes HTTP, not the panel', async () => {
  const data = makeDataDir();
  const holder = createServer().listen(0, '127.0.0.1');
  await once(holder, 'listening');
  const { port } = holder.address() as { port: number };
  try {
    const app = await start(data.path, { args: ['--port', String(port)] });
    const page = await app.page();
    await ready(page);
    const info = await callOverPort(page, 'host_info', {});
    expect(info.v.url).toBeNull();
    expect(info.v.http_error).toContain(String(port));
    await app.evaluate(({ app }) => app.quit());
    expect(await app.exited).toBe(0);
  } finally {
    holder.close();
    await killAll();
    data.remove();
  }
});
