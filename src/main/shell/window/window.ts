/** The one window: made when first shown, hidden or closed as the shell says, at the place where it was. */
import { BrowserWindow, screen } from 'electron';
import { isPanelPage, panelUrl } from '../panel/panel-url.ts';
import { onThemeChange, surfaceColor, titleBarOverlay } from './theme.ts';
import { fitBounds, MIN_SIZE, type Rectangle, type ShellState } from './window-state.ts';

/** How long after the last move or resize the place is remembered, ms. */
const SETTLE_MS = 500;

/** What the window needs. */
export interface WindowDeps {
  preload: string;
  /** Icon file; macOS takes it from the bundle. */
  icon: string;
  state: Readonly<ShellState>;
  /** Remembers a part of the state. */
  remember(patch: Partial<ShellState>): void;
  /** Asked when a person closes the window: keep the program running in the tray, or let the window go. */
  onClose(): 'hide' | 'close';
  /** Called with every new window, before it loads the page. */
  onCreated(window: BrowserWindow): void;
}

/** The window as the rest of the shell sees it. */
export interface MainWindow {
  /** The window, null while there is none. */
  current(): BrowserWindow | null;
  /** Brings the window to the front, makes it first when there is none, and goes to a route when one is given. */
  show(route?: string): void;
  /** Whether a person can see it. */
  visible(): boolean;
  /** Remembers its place now. */
  save(): void;
}

/** A hidden window at its last place, whose page has no way to Node.js. */
function newWindow({ preload, icon, state }: WindowDeps): BrowserWindow {
  return new BrowserWindow({
    ...fitBounds(state.bounds, workAreas()),
    minWidth: MIN_SIZE.width,
    minHeight: MIN_SIZE.height,
    show: false,
    title: 'TabAgent',
    backgroundColor: surfaceColor(),
    autoHideMenuBar: true,
    // The panel draws the title bar; the system draws its buttons over it.
    titleBarStyle: 'hidden',
    titleBarOverlay: titleBarOverlay(),
    ...(process.platform === 'darwin' ? {} : { icon }),
    webPreferences: {
      preload,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      // Its dictionaries would be fetched from the internet.
      spellcheck: false,
    },
  });
}

/** Calls `save` a while after the last move or resize. @returns cancels a call that is due */
function saveWhenSettled(window: BrowserWindow, save: () => void): () => void {
  let timer: NodeJS.Timeout | undefined;
  const moved = () => {
    clearTimeout(timer);
    timer = setTimeout(save, SETTLE_MS);
  };
  window.on('resize', moved);
  window.on('move', moved);
  return () => clearTimeout(timer);
}

/** @returns stops following */
function followTheme(window: BrowserWindow): () => void {
  return onThemeChange(() => {
    window.setBackgroundColor(surfaceColor());
    if (process.platform !== 'darwin') window.setTitleBarOverlay(titleBarOverlay());
  });
}

/** Prepares the window; nothing appears before `show`. */
export function createMainWindow(deps: WindowDeps): MainWindow {
  let window: BrowserWindow | null = null;

  const save = () => {
    if (window === null || window.isDestroyed()) return;
    deps.remember({ bounds: window.getNormalBounds(), maximized: window.isMaximized() });
  };

  const create = (route: string): BrowserWindow => {
    const created = newWindow(deps);
    const cancelSave = saveWhenSettled(created, save);
    const stopTheme = followTheme(created);
    created.on('close', (event) => {
      save();
      if (deps.onClose() === 'close') return;
      event.preventDefault();
      created.hide();
    });
    created.once('closed', () => {
      cancelSave();
      stopTheme();
      window = null;
    });
    created.once('ready-to-show', () => {
      if (deps.state.maximized) created.maximize();
      created.show();
    });
    deps.onCreated(created);
    // A failed load is an event of its own, see crashes.ts.
    created.loadURL(panelUrl(route)).catch(() => undefined);
    return created;
  };

  return {
    current: () => window,
    show: (route) => {
      if (window === null) {
        window = create(route ?? '/');
        return;
      }
      if (route !== undefined) go(window, route);
      if (window.isMinimized()) window.restore();
      window.show();
      window.focus();
    },
    visible: () => (window?.isVisible() ?? false) && !window?.isMinimized(),
    save,
  };
}

/** Goes to a route. Only the hash changes, so the page stays and its router hears of it as of a clicked link. */
function go(window: BrowserWindow, route: string): void {
  const at = window.webContents.getURL();
  if (isPanelPage(at) && at === panelUrl(route)) return;
  // Rejects when another navigation overtakes it.
  window.webContents.loadURL(panelUrl(route)).catch(() => undefined);
}

function workAreas(): Rectangle[] {
  const primary = screen.getPrimaryDisplay();
  const others = screen.getAllDisplays().filter((display) => display.id !== primary.id);
  return [primary, ...others].map((display) => display.workArea);
}
