/** `app` of the stand-in: life of the program, paths, single instance. */
import { EventEmitter } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, watch, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { App, Settings } from 'electron';
import { closeChromium, setBrowserProfile } from './browser.ts';
import { BrowserWindow, windows } from './browser-window.ts';
import { StandInEvent } from './frame.ts';
import { created } from './web-contents.ts';

const root = resolve(import.meta.dirname, '../../..');
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  version: string;
  productName: string;
};

type Shape = Pick<
  App,
  | 'enableSandbox'
  | 'exit'
  | 'getAppPath'
  | 'getLoginItemSettings'
  | 'getPath'
  | 'getVersion'
  | 'isPackaged'
  | 'quit'
  | 'relaunch'
  | 'requestSingleInstanceLock'
  | 'setAppUserModelId'
  | 'setAsDefaultProtocolClient'
  | 'setLoginItemSettings'
  | 'setPath'
  | 'whenReady'
>;

class StandInApp extends EventEmitter implements Shape {
  readonly isPackaged = false;
  sandboxed = false;
  loginItem: Settings | null = null;
  readonly #paths = new Map<string, string>();
  readonly #ready: Promise<void>;
  #lock: string | null = null;
  #quitting = false;

  constructor() {
    super();
    // Like Electron, after the synchronous part of the entry has run.
    this.#ready = new Promise((resolve) => setImmediate(resolve)).then(() => {
      setBrowserProfile(this.getPath('userData'));
      this.emit('ready');
    });
    created.on('created', (contents) => this.emit('web-contents-created', new StandInEvent(), contents));
    windows.on('created', (window) => this.emit('browser-window-created', new StandInEvent(), window));
    windows.on('all-closed', () => {
      if (this.#quitting) this.#leave(0);
      else if (!this.emit('window-all-closed')) this.quit();
    });
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => this.quit());
  }

  whenReady(): Promise<void> {
    return this.#ready;
  }

  getAppPath(): string {
    return root;
  }

  getVersion(): string {
    return manifest.version;
  }

  getPath(name: string): string {
    const set = this.#paths.get(name);
    if (set !== undefined) return set;
    switch (name) {
      case 'userData':
        return join(homedir(), '.config', manifest.productName);
      case 'sessionData':
        return this.getPath('userData');
      case 'temp':
        return tmpdir();
      case 'downloads':
        return join(homedir(), 'Downloads');
      default:
        throw new Error(`the stand-in knows no path "${name}"`);
    }
  }

  setPath(name: string, path: string): void {
    this.#paths.set(name, path);
  }

  enableSandbox(): void {
    this.sandboxed = true;
  }

  setAppUserModelId(): void {
    // Windows only.
  }

  setAsDefaultProtocolClient(): boolean {
    return true;
  }

  setLoginItemSettings(settings: Settings): void {
    this.loginItem = settings;
  }

  getLoginItemSettings(): Electron.LoginItemSettings {
    return { openAtLogin: false, wasOpenedAtLogin: false } as Electron.LoginItemSettings;
  }

  /** One process per `userData`; a second one leaves its arguments in a folder that the first one watches. */
  requestSingleInstanceLock(): boolean {
    const folder = join(this.getPath('userData'), 'stand-in-instances');
    mkdirSync(folder, { recursive: true });
    const lock = join(folder, 'lock');
    const owner = existsSync(lock) ? Number(readFileSync(lock, 'utf8')) : 0;
    if (owner > 0 && alive(owner)) {
      writeFileSync(join(folder, `${process.pid}.part`), JSON.stringify({ argv: process.argv, cwd: process.cwd() }));
      writeFileSync(join(folder, `${process.pid}.ready`), '');
      return false;
    }
    writeFileSync(lock, String(process.pid));
    this.#lock = lock;
    const watcher = watch(folder, () => this.#readSecondInstances(folder));
    watcher.unref();
    return true;
  }

  #readSecondInstances(folder: string): void {
    if (!existsSync(folder)) return;
    for (const name of readdirSync(folder).filter((file) => file.endsWith('.ready'))) {
      const message = join(folder, name.replace('.ready', '.part'));
      const { argv, cwd } = JSON.parse(readFileSync(message, 'utf8')) as { argv: string[]; cwd: string };
      rmSync(message);
      rmSync(join(folder, name));
      this.emit('second-instance', new StandInEvent(), argv, cwd, null);
    }
  }

  quit(): void {
    const event = new StandInEvent();
    this.emit('before-quit', event);
    if (event.defaultPrevented || this.#quitting) return;
    this.#quitting = true;
    const open = BrowserWindow.getAllWindows();
    if (open.length === 0) this.#leave(0);
    for (const window of open) window.close();
  }

  relaunch(): void {
    this.emit('stand-in-relaunch');
  }

  exit(code = 0): void {
    this.#leave(code);
  }

  #leave(code: number): void {
    this.emit('will-quit', new StandInEvent());
    if (this.#lock !== null) rmSync(this.#lock, { force: true });
    closeChromium()
      .catch(() => undefined)
      .finally(() => {
        this.emit('quit', new StandInEvent(), code);
        process.exit(code);
      });
  }
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** `app`. */
export const app = new StandInApp();
