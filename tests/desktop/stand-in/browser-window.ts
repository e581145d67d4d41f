/** `BrowserWindow` of the stand-in. What is on no screen is kept as state: shown, minimised, maximised, bounds. */
import { EventEmitter } from 'node:events';
import type { BrowserWindowConstructorOptions, BrowserWindow as RealWindow, Rectangle } from 'electron';
import { StandInEvent } from './frame.ts';
import { WebContents } from './web-contents.ts';

const open = new Set<BrowserWindow>();

/** Emits `created` with each window and `all-closed`. */
export const windows = new EventEmitter();

type Shape = Pick<
  RealWindow,
  | 'close'
  | 'destroy'
  | 'focus'
  | 'getBounds'
  | 'getNormalBounds'
  | 'hide'
  | 'isDestroyed'
  | 'isMaximized'
  | 'isMinimized'
  | 'isVisible'
  | 'loadURL'
  | 'maximize'
  | 'minimize'
  | 'restore'
  | 'setBackgroundColor'
  | 'getBackgroundColor'
  | 'setTitleBarOverlay'
  | 'show'
  | 'unmaximize'
>;

/** One window with its page. */
export class BrowserWindow extends EventEmitter implements Shape {
  readonly webContents: WebContents;
  /** What the program asked for, for the specs. */
  readonly options: BrowserWindowConstructorOptions;
  #visible: boolean;
  #minimized = false;
  #maximized = false;
  #destroyed = false;
  #background: string;
  #bounds: Rectangle;

  static getAllWindows(): BrowserWindow[] {
    return [...open];
  }

  constructor(options: BrowserWindowConstructorOptions = {}) {
    super();
    this.options = options;
    this.#visible = options.show ?? true;
    this.#background = options.backgroundColor ?? '#FFF';
    this.#bounds = { x: options.x ?? 0, y: options.y ?? 0, width: options.width ?? 800, height: options.height ?? 600 };
    open.add(this);
    this.webContents = new WebContents(
      { width: this.#bounds.width, height: this.#bounds.height },
      options.webPreferences,
    );
    this.webContents.once('dom-ready', () => this.emit('ready-to-show'));
    this.webContents.once('destroyed', () => this.#closed());
    windows.emit('created', this);
  }

  loadURL(url: string): Promise<void> {
    return this.webContents.loadURL(url);
  }

  close(): void {
    const event = new StandInEvent();
    this.emit('close', event);
    if (!event.defaultPrevented) this.destroy();
  }

  destroy(): void {
    this.webContents.destroy().catch(() => undefined);
  }

  #closed(): void {
    if (this.#destroyed) return;
    this.#destroyed = true;
    this.#visible = false;
    open.delete(this);
    this.emit('closed');
    if (open.size === 0) windows.emit('all-closed');
  }

  show(): void {
    this.#visible = true;
    this.emit('show');
    this.focus();
  }

  hide(): void {
    this.#visible = false;
    this.emit('hide');
  }

  focus(): void {
    this.emit('focus');
  }

  minimize(): void {
    this.#minimized = true;
    this.emit('minimize');
  }

  restore(): void {
    this.#minimized = false;
    this.emit('restore');
  }

  maximize(): void {
    this.#maximized = true;
    this.emit('maximize');
  }

  unmaximize(): void {
    this.#maximized = false;
    this.emit('unmaximize');
  }

  setBounds(bounds: Partial<Rectangle>): void {
    this.#bounds = { ...this.#bounds, ...bounds };
    this.emit('resize');
  }

  getBounds(): Rectangle {
    return { ...this.#bounds };
  }

  getNormalBounds(): Rectangle {
    return this.getBounds();
  }

  setBackgroundColor(color: string): void {
    this.#background = color;
  }

  setTitleBarOverlay(): void {
    // Drawn by the system.
  }

  getBackgroundColor(): string {
    return this.#background;
  }

  isVisible(): boolean {
    return this.#visible;
  }

  isMinimized(): boolean {
    return this.#minimized;
  }

  isMaximized(): boolean {
    return this.#maximized;
  }

  isDestroyed(): boolean {
    return this.#destroyed;
  }
}
