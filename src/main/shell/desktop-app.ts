/** The desktop app around the host: how its parts meet, and in which order they end. */
import { join } from 'node:path';
import { app, type BrowserWindow, Menu, protocol, session } from 'electron';
import { PANEL_ORIGIN } from '../../contract/host/desktop.ts';
import type { HostConfig } from '../core/config.ts';
import { guardProcess } from '../core/process/fault-policy.ts';
import { electronPlatform } from '../platform/electron.ts';
import type { Platform } from '../platform/platform.ts';
import { endAfterCrash } from './crash.ts';
import { createOrRepair } from './damaged.ts';
import { startedAtLogin } from './desktop/autostart.ts';
import { followSettings, notifyFailures, openTray } from './desktop/follow-host.ts';
import { windowIcon } from './desktop/icons.ts';
import { menuTemplate } from './desktop/menu.ts';
import { EXIT, giveUp } from './give-up.ts';
import { type ShellHost, type ShellLog, shellLog } from './host-port.ts';
import { openIpcDoor } from './ipc-door.ts';
import type { Links } from './links.ts';
import { openFolder, shellHandlers } from './operations.ts';
import { createContentProtocol, createPanelProtocol } from './panel/panel-protocol.ts';
import { CONTENT_SCHEME, PANEL_SCHEME } from './panel/panel-url.ts';
import { type Quit, takeOverQuit } from './quit.ts';
import { offerContextMenu } from './window/context-menu.ts';
import { logChildProcesses, watchWindow } from './window/crashes.ts';
import { createExternal } from './window/external.ts';
import { guardContents, guardSession } from './window/guard.ts';
import { createMainWindow, type MainWindow } from './window/window.ts';
import { loadShellState, saveShellState } from './window/window-state.ts';

/** What the desktop app is made of. */
export interface DesktopProgram {
  /** Folder with `out/` and `resources/`. */
  appRoot: string;
  createHost(platform: Platform, config: HostConfig): Promise<ShellHost>;
}

/** How this run was started. */
export interface Start {
  hidden: boolean;
  config: HostConfig;
}

/** Builds the app on a new host and starts both; call it after `ready`. */
export async function runReady(
  { appRoot, createHost }: DesktopProgram,
  { hidden, config }: Start,
  links: Links,
): Promise<void> {
  const host = await createOrRepair(appRoot, config, (wanted) => createHost(electronPlatform(appRoot), wanted));
  if (host === null) return app.exit(EXIT.failed);
  const unsafe = host.bindProblem();
  if (unsafe !== null) return giveUp(new Error(unsafe), EXIT.unsafeBind);
  const log = shellLog(host.log);
  let apiUrl: string | null = null;

  const openLogs = () => {
    const folder = host.desktop.folderOf('logs');
    if (folder !== null) openFolder(folder).catch((error: unknown) => log.warn('the logs cannot be shown', { error }));
  };
  const quit = takeOverQuit({
    onQuitting: () => {
      window.save();
      tray?.dispose();
    },
    stopHost: async () => {
      await host.stop('the desktop app was quit');
      closeDoor();
    },
    log,
  });
  const closeToTray = () => tray !== null && host.settings.get('desktop.close_to_tray');
  const window = openMainWindow({ appRoot, log, openLogs, quit, closeToTray });
  const external = createExternal({ apiUrl: () => apiUrl, window: window.current, log });

  guardProcess({ rejected: host.rejected, crashed: (error) => endAfterCrash(host, error) });
  guardContents(external, log);
  guardSession(session.defaultSession);
  logChildProcesses(log);
  protocol.handle(PANEL_SCHEME, createPanelProtocol(join(appRoot, 'out', 'renderer')));
  protocol.handle(CONTENT_SCHEME, createContentProtocol(host.contentPages(() => PANEL_ORIGIN)));
  const closeDoor = openIpcDoor({
    connectPort: host.desktop.connectPort,
    panel: () => window.current()?.webContents ?? null,
    log,
  });
  host.desktop.register(shellHandlers({ host, window: window.current, quit: quit.quit }));
  const menuActions = { go: window.show, openLogs, quit: quit.quit };
  const menu = menuTemplate(menuActions, { platform: process.platform, packaged: app.isPackaged });
  Menu.setApplicationMenu(Menu.buildFromTemplate(menu));

  const tray = openTray(host, log, { appRoot, show: window.show, quit: quit.quit });
  followSettings(host, log);
  notifyFailures(host, log, window);

  links.listen((route) => window.show(route ?? undefined));
  app.on('activate', () => window.show());
  const first = links.first();
  if (first !== null || tray === null || !(hidden || startedAtLogin())) window.show(first ?? undefined);

  const started = await host.start();
  apiUrl = started.url;
}

/** The window, with its place remembered in the data directory. */
function openMainWindow(deps: {
  appRoot: string;
  log: ShellLog;
  openLogs(): void;
  quit: Quit;
  /** Whether a closed window only hides. */
  closeToTray(): boolean;
}): MainWindow {
  const { appRoot, log, openLogs, quit } = deps;
  const stateFile = join(app.getPath('userData'), 'window.json');
  const state = loadShellState(stateFile);
  return createMainWindow({
    preload: join(appRoot, 'out', 'preload', 'index.cjs'),
    icon: windowIcon(appRoot),
    state,
    remember: (patch) => {
      Object.assign(state, patch);
      try {
        saveShellState(stateFile, state);
      } catch (error) {
        log.warn('the place of the window cannot be remembered', { error });
      }
    },
    onClose: () => (!quit.quitting() && deps.closeToTray() ? 'hide' : 'close'),
    onCreated: (created: BrowserWindow) => {
      watchWindow(created, { log, openLogs, quit: quit.quit });
      offerContextMenu(created);
      created.on('session-end', () => quit.quit());
      created.once('closed', () => {
        if (process.platform !== 'darwin' && !quit.quitting()) quit.quit();
      });
    },
  });
}
