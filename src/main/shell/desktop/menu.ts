/** The native menu: the roles each platform expects, and the panel's screens. */
import type { MenuItemConstructorOptions } from 'electron';
import { NUMBERED_SCREENS } from '../../../contract/host/screens.ts';

/** What the menu does. */
export interface MenuActions {
  go(route: string): void;
  openLogs(): void;
  quit(): void;
}

/** Where the menu is shown. */
export interface MenuContext {
  platform: NodeJS.Platform;
  /** False while developing, which adds the developer tools. */
  packaged: boolean;
}

type Item = MenuItemConstructorOptions;

const separator: Item = { type: 'separator' };

const EDIT: Item = {
  label: '&Edit',
  submenu: [
    { role: 'undo' },
    { role: 'redo' },
    separator,
    { role: 'cut' },
    { role: 'copy' },
    { role: 'paste' },
    { role: 'pasteAndMatchStyle' },
    { role: 'delete' },
    { role: 'selectAll' },
  ],
};

const viewMenu = (packaged: boolean): Item => ({
  label: '&View',
  submenu: [
    { role: 'reload' },
    separator,
    { role: 'resetZoom' },
    { role: 'zoomIn' },
    { role: 'zoomOut' },
    separator,
    { role: 'togglefullscreen' },
    ...(packaged ? [] : [separator, { role: 'toggleDevTools' } as const]),
  ],
});

const goMenu = (actions: MenuActions): Item => ({
  label: '&Go',
  submenu: NUMBERED_SCREENS.map(({ id, title, path }, index) => ({
    id: `go-${id}`,
    // A single ampersand would underline the letter after it.
    label: title.replaceAll('&', '&&'),
    ...(index < 9 ? { accelerator: `CmdOrCtrl+${index + 1}` } : {}),
    click: () => actions.go(path),
  })),
});

const helpMenu = (actions: MenuActions, mac: boolean): Item => ({
  role: 'help',
  submenu: [
    // The panel handles the key itself and opens the page of the screen that is shown; here it is only written.
    {
      id: 'open-help',
      label: 'TabAgent help',
      ...(mac ? {} : { accelerator: 'F1', registerAccelerator: false }),
      click: () => actions.go('/help'),
    },
    { id: 'show-logs', label: 'Show logs', click: actions.openLogs },
    ...(mac ? [] : [separator, { role: 'about' } as const]),
  ],
});

/** The menus that hold settings and quit: the application's on macOS, File elsewhere. */
function mainMenus(actions: MenuActions, mac: boolean): Item[] {
  const settings: Item = {
    id: 'open-settings',
    label: mac ? 'Settings…' : 'Settings',
    accelerator: 'CmdOrCtrl+,',
    click: () => actions.go('/settings'),
  };
  const quit: Item = {
    id: 'quit',
    label: mac ? 'Quit TabAgent' : 'Quit',
    accelerator: 'CmdOrCtrl+Q',
    click: actions.quit,
  };
  const close: Item = { role: 'close', accelerator: 'CmdOrCtrl+W' };
  if (!mac) return [{ label: '&File', submenu: [settings, separator, close, quit] }];
  const services: Item[] = [
    { role: 'services' },
    separator,
    { role: 'hide' },
    { role: 'hideOthers' },
    { role: 'unhide' },
  ];
  return [
    { label: 'TabAgent', submenu: [{ role: 'about' }, separator, settings, separator, ...services, separator, quit] },
    { label: '&File', submenu: [{ role: 'close' }] },
  ];
}

/** Template of the application menu. */
export function menuTemplate(actions: MenuActions, { platform, packaged }: MenuContext): Item[] {
  const mac = platform === 'darwin';
  return [
    ...mainMenus(actions, mac),
    EDIT,
    viewMenu(packaged),
    goMenu(actions),
    { role: 'windowMenu' },
    helpMenu(actions, mac),
  ];
}
