/** The native menu: the roles each platform expects, and the panel's screens. */
import type { MenuItemConstructorOptions } from 'electron';
import { HELP, SCREENS } from '../screens.ts';

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

/** Template of the application menu. */
export function menuTemplate(actions: MenuActions, { platform, packaged }: MenuContext): MenuItemConstructorOptions[] {
  const mac = platform === 'darwin';
  const separator: MenuItemConstructorOptions = { type: 'separator' };
  const settings: MenuItemConstructorOptions = {
    id: 'open-settings',
    label: mac ? 'Settings…' : 'Settings',
    accelerator: 'CmdOrCtrl+,',
    click: () => actions.go('/settings'),
  };
  const quit: MenuItemConstructorOptions = {
    id: 'quit',
    label: mac ? 'Quit TabAgent' : 'Quit',
    accelerator: 'CmdOrCtrl+Q',
    click: actions.quit,
  };
  const app: MenuItemConstructorOptions = {
    label: 'TabAgent',
    submenu: [
      { role: 'about' },
      separator,
      settings,
      separator,
      { role: 'services' },
      separator,
      { role: 'hide' },
      { role: 'hideOthers' },
      { role: 'unhide' },
      separator,
      quit,
    ],
  };
  const file: MenuItemConstructorOptions = {
    label: '&File',
    submenu: mac ? [{ role: 'close' }] : [settings, separator, { role: 'close', accelerator: 'CmdOrCtrl+W' }, quit],
  };
  const edit: MenuItemConstructorOptions = {
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
  const view: MenuItemConstructorOptions = {
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
  };
  const go: MenuItemConstructorOptions = {
    label: '&Go',
    submenu: SCREENS.map(({ id, label, route }, index) => ({
      id: `go-${id}`,
      // A single ampersand would underline the letter after it.
      label: label.replaceAll('&', '&&'),
      ...(index < 9 ? { accelerator: `CmdOrCtrl+${index + 1}` } : {}),
      click: () => actions.go(route),
    })),
  };
  const help: MenuItemConstructorOptions = {
    role: 'help',
    submenu: [
      // The panel has the key itself and opens the page of the screen that is shown; here it is only written.
      {
        id: 'open-help',
        label: HELP.label,
        ...(mac ? {} : { accelerator: 'F1', registerAccelerator: false }),
        click: () => actions.go(HELP.route),
      },
      { id: 'show-logs', label: 'Show logs', click: actions.openLogs },
      ...(mac ? [] : [separator, { role: 'about' } as const]),
    ],
  };
  return [...(mac ? [app] : []), file, edit, view, go, { role: 'windowMenu' }, help];
}
