/** The desktop app around the host: what happens before `ready`, how the parts meet, and in which order they end. */
import { join } from 'node:path';
import { app, type BrowserWindow, dialog, Menu, protocol, session } from 'electron';
import type { Task } from '../../contract/automation/tasks.ts';
import { toAppError } from '../../contract/kernel/errors.ts';
import { type HostConfig, readConfig } from '../core/config.ts';
import { AlreadyRunning } from '../core/instance-lock.ts';
import type { CallContext } from '../core/operation/operation.ts';
import { electronPlatform } from '../platform/electron.ts';
import { defaultPaths } from '../platform/node.ts';
import type { Platform } from '../platform/platform.ts';
import { DEEP_LINK_SCHEME, deepLinkOf, parseDeepLink } from './deep-link.ts';
import { setStartAtLogin, startedAtLogin } from './desktop/autostart.ts';
import { windowIcon } from './desktop/icons.ts';
import { menuTemplate } from './desktop/menu.ts';
import { createNotifier, type FailedTask } from './desktop/notifications.ts';
import { summarize } from './desktop/queue-summary.ts';
import { createTray, type TrayView } from './desktop/tray.ts';
import { type ShellHost, type ShellLog, shellLog } from './host-port.ts';
import { DESKTOP_PRINCIPAL, openIpcDoor } from './ipc-door.ts';
import { openFolder, shellHandlers } from './operations.ts';
import { parseOptions } from './options.ts';
import { createPanelProtocol } from './panel/panel-protocol.ts';
import { PANEL_SCHEME } from './panel/panel-url.ts';
import { takeOverQuit } from './quit.ts';
import { offerContextMenu } from './window/context-menu.ts';
import { logChildProcesses, watchWindow } from './window/crashes.ts';
import { createExternal } from './window/external.ts';
import { guardContents, guardSession } from './window/guard.ts';
import { applyTheme } from './window/theme.ts';
import { createMainWindow } from './window/window.ts';
import { loadShellState, saveShellState } from './window/window-state.ts';

/** Changes of tasks come in bursts; the tray follows at most this often, ms. */
const TRAY_REFRESH_MS = 250;

/** Exit codes, the same as those of `tabagent serve`. */
const EXIT = { failed: 1, alreadyRunning: 4, unsafeBind: 5 } as const;

/** What the desktop app is made of. */
export interface DesktopProgram {
  /** Folder with `out/` and `resources/`. */
  appRoot: string;
  createHost(platform: Platform, config: HostConfig): Promise<ShellHost>;
}

/**
 * Runs the desktop app. Call it synchronously from the entry: schemes, the sandbox and the lock have to be there
 * before `ready`.
 */
export function runDesktop(program: DesktopProgram): void {
  let start: Start;
  try {
    const { hidden, flags } = parseOptions(process.argv.slice(1));
    start = { hidden, config: readConfig(flags, process.env, defaultPaths().data) };
  } catch (error) {
    return giveUp(error);
  }
  // One program per data directory, and Chromium's files beside the data they belong to.
  app.setPath('userData', join(start.config.dataDir, 'desktop'));
  if (!app.requestSingleInstanceLock()) return app.quit();
  app.setAppUserModelId('dev.tabagent.desktop');
  app.enableSandbox();
  protocol.registerSchemesAsPrivileged([
    {
      scheme: PANEL_SCHEME,
      privileges: {
        standard: true,
        secure: true,
        supportFetchAPI: true,
        stream: true,
        codeCache: true,
        allowServiceWorkers: true,
      },
    },
  ]);
  const links = receiveLinks();
  app
    .whenReady()
    .then(() => run(program, start, links))
    .catch((error: unknown) => giveUp(error));
}

/** How this run was started. */
interface Start {
  hidden: boolean;
  config: HostConfig;
}

/** Says why the program cannot run, and ends it. */
function giveUp(
  error: unknown,
  code: number = error instanceof AlreadyRunning ? EXIT.alreadyRunning : EXIT.failed,
): void {
  dialog.showErrorBox('TabAgent cannot start', error instanceof Error ? error.message : String(error));
  app.exit(code);
}

/** Routes that the OS asks to open; the last one before `listen` is kept. */
interface Links {
  /** Takes over; called with null when a second start only wants the window. */
  listen(listener: (route: string | null) => void): void;
  /** Route of the link that started the program. */
  first(): string | null;
}

function receiveLinks(): Links {
  const firstLink = deepLinkOf(process.argv);
  let first = firstLink === null ? null : parseDeepLink(firstLink);
  let listener: ((route: string | null) => void) | null = null;
  const arrived = (link: string | null) => {
    const route = link === null ? null : parseDeepLink(link);
    if (listener) listener(route);
    else first = route ?? first;
  };
  app.on('second-instance', (_event, argv) => arrived(deepLinkOf(argv)));
  app.on('open-url', (event, url) => {
    event.preventDefault();
    arrived(url);
  });
  // While developing, the program that would be registered is Electron itself.
  if (app.isPackaged) app.setAsDefaultProtocolClient(DEEP_LINK_SCHEME);
  return {
    listen: (next) => {
      listener = next;
    },
    first: () => first,
  };
}

async function run({ appRoot, createHost }: DesktopProgram, { hidden, config }: Start, links: Links): Promise<void> {
  const host = await createHost(electronPlatform(appRoot), config);
  const unsafe = host.bindProblem();
  if (unsafe !== null) return giveUp(new Error(unsafe), EXIT.unsafeBind);
  const { settings } = host;
  const log = shellLog(host.log);
  const stateFile = join(app.getPath('userData'), 'window.json');
  const state = loadShellState(stateFile);
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
  const window = createMainWindow({
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
    onClose: () => {
      if (quit.quitting() || tray === null || !settings.get('desktop.close_to_tray')) return 'close';
      return 'hide';
    },
    onCreated: (created: BrowserWindow) => {
      watchWindow(created, { log, openLogs, quit: quit.quit });
      offerContextMenu(created);
      created.on('session-end', () => quit.quit());
      created.once('closed', () => {
        if (process.platform !== 'darwin' && !quit.quitting()) quit.quit();
      });
    },
  });
  const external = createExternal({ apiUrl: () => apiUrl, window: window.current, log });

  guardContents(external, log);
  guardSession(session.defaultSession);
  logChildProcesses(log);
  protocol.handle(
    PANEL_SCHEME,
    createPanelProtocol({ rendererDir: join(appRoot, 'out', 'renderer'), openContent: host.openContent }),
  );
  const closeDoor = openIpcDoor({
    connectPort: host.desktop.connectPort,
    panel: () => window.current()?.webContents ?? null,
    log,
  });
  host.desktop.register(shellHandlers({ host, window: window.current, quit: quit.quit }));
  Menu.setApplicationMenu(
    Menu.buildFromTemplate(
      menuTemplate(
        { go: window.show, openLogs, quit: quit.quit },
        { platform: process.platform, packaged: app.isPackaged },
      ),
    ),
  );

  const tray = trayOrNull(host, log, appRoot, window.show, quit.quit);
  followQueue(host, tray);
  followSettings(host, log);
  const notify = createNotifier({
    wanted: () => settings.get('desktop.notifications') && !window.visible(),
    task: (id) => failedTask(host, id),
    show: window.show,
    now: () => performance.now(),
  });
  host.changes.subscribe((change) => {
    notify(change).catch((error: unknown) => log.warn('a notification failed', { error }));
  });

  links.listen((route) => window.show(route ?? undefined));
  app.on('activate', () => window.show());
  const first = links.first();
  if (first !== null || tray === null || !(hidden || startedAtLogin())) window.show(first ?? undefined);

  const started = await host.start();
  apiUrl = started.url;
}

function trayOrNull(
  host: ShellHost,
  log: ShellLog,
  appRoot: string,
  show: (route?: string) => void,
  quit: () => void,
): TrayView | null {
  const setPaused = (paused: boolean) => {
    host.dispatcher.dispatch('queue_update', { paused }, callContext()).catch((error: unknown) => {
      log.error('the queue could not be paused or resumed', { error });
    });
  };
  try {
    return createTray({ appRoot, summary: () => summarize(host.desktop.queue()), show, setPaused, quit });
  } catch (error) {
    log.warn('there is no tray; closing the window quits', { error });
    return null;
  }
}

function followQueue(host: ShellHost, tray: TrayView | null): void {
  if (tray === null) return;
  let scheduled = false;
  const soon = () => {
    if (scheduled) return;
    scheduled = true;
    setTimeout(() => {
      scheduled = false;
      tray.refresh();
    }, TRAY_REFRESH_MS);
  };
  host.changes.subscribe((change) => {
    if (change.entity === 'task' || change.entity === 'queue' || change.entity === 'settings') soon();
  });
}

function followSettings({ settings }: ShellHost, log: ShellLog): void {
  let atLogin = settings.get('desktop.start_at_login');
  applyTheme(settings.get('appearance.theme'));
  settings.onChange(() => {
    applyTheme(settings.get('appearance.theme'));
    const wanted = settings.get('desktop.start_at_login');
    if (wanted === atLogin) return;
    atLogin = wanted;
    setStartAtLogin(wanted).catch((error: unknown) => log.error('start at login could not be changed', { error }));
  });
}

function callContext(): CallContext {
  return {
    principal: DESKTOP_PRINCIPAL,
    door: 'ipc',
    signal: new AbortController().signal,
    requestId: crypto.randomUUID(),
    remote: 'local',
  };
}

async function failedTask(host: ShellHost, id: string): Promise<FailedTask | null> {
  try {
    const result = await host.dispatcher.dispatch('tasks_get', { id }, callContext());
    if (result.kind !== 'value') return null;
    const task = result.value as Task;
    return { id, name: task.command_name, reason: task.error?.detail ?? 'It did not end as it should.' };
  } catch (error) {
    if (toAppError(error).slug === 'not-found') return null;
    throw error;
  }
}
