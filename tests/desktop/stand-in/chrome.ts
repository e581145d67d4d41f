/** `Menu`, `Tray` and `Notification` of the stand-in: they hold what they are given, and specs click on it. */
import { EventEmitter } from 'node:events';
import type {
  MenuItemConstructorOptions,
  NativeImage,
  NotificationConstructorOptions,
  Menu as RealMenu,
  Notification as RealNotification,
  Tray as RealTray,
} from 'electron';

/** One item; the members that specs look at. */
export class MenuItem {
  readonly id: string;
  readonly label: string;
  readonly type: string;
  readonly role: string | undefined;
  readonly enabled: boolean;
  readonly accelerator: unknown;
  readonly submenu: Menu | undefined;
  readonly #click: (() => void) | undefined;

  constructor(options: MenuItemConstructorOptions) {
    this.id = options.id ?? '';
    this.label = options.label ?? '';
    this.type = options.type ?? (options.submenu ? 'submenu' : 'normal');
    this.role = options.role;
    this.enabled = options.enabled ?? true;
    this.accelerator = options.accelerator;
    this.submenu = Array.isArray(options.submenu) ? Menu.buildFromTemplate(options.submenu) : undefined;
    this.#click = options.click as (() => void) | undefined;
  }

  click(): void {
    this.#click?.();
  }
}

/** `Menu`. */
export class Menu implements Pick<RealMenu, 'popup'> {
  static #application: Menu | null = null;
  items: MenuItem[] = [];

  static buildFromTemplate(template: MenuItemConstructorOptions[]): Menu {
    const menu = new Menu();
    menu.items = template.map((options) => new MenuItem(options));
    return menu;
  }

  static setApplicationMenu(menu: Menu | null): void {
    Menu.#application = menu;
  }

  static getApplicationMenu(): Menu | null {
    return Menu.#application;
  }

  getMenuItemById(id: string): MenuItem | null {
    for (const item of this.items) {
      const found = item.id === id ? item : item.submenu?.getMenuItemById(id);
      if (found) return found;
    }
    return null;
  }

  popup(): void {
    // Nobody sees it; the recorder notes it.
  }
}

/** `Tray`. */
export class Tray extends EventEmitter implements Pick<RealTray, 'setToolTip' | 'destroy' | 'isDestroyed'> {
  #destroyed = false;

  constructor(image: NativeImage | string) {
    super();
    if (typeof image !== 'string' && image.isEmpty()) throw new Error('the tray icon is empty');
  }

  setToolTip(): void {
    // The recorder notes it.
  }

  setContextMenu(): void {
    // The recorder notes it.
  }

  destroy(): void {
    this.#destroyed = true;
  }

  isDestroyed(): boolean {
    return this.#destroyed;
  }
}

/** `Notification`. */
export class Notification extends EventEmitter implements Pick<RealNotification, 'title' | 'body' | 'show' | 'close'> {
  title: string;
  body: string;

  static isSupported(): boolean {
    return true;
  }

  constructor(options: NotificationConstructorOptions = {}) {
    super();
    this.title = options.title ?? '';
    this.body = options.body ?? '';
  }

  show(): void {
    this.emit('show');
  }

  close(): void {
    this.emit('close');
  }
}
