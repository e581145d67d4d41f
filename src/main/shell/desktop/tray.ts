/** The tray: what the queue does, in live counts, and the three things one wants from there. */
import { Menu, type MenuItemConstructorOptions, Tray } from 'electron';
import { trayIcon } from './icons.ts';
import { type QueueSummary, summaryText } from './queue-summary.ts';

/** What the tray needs. */
export interface TrayDeps {
  appRoot: string;
  summary(): QueueSummary;
  show(route?: string): void;
  setPaused(paused: boolean): void;
  quit(): void;
}

/** The tray icon. */
export interface TrayView {
  /** Shows the queue as it is now. */
  refresh(): void;
  dispose(): void;
}

/** Puts the icon into the tray. @throws Error where the desktop has none */
export function createTray(deps: TrayDeps): TrayView {
  const tray = new Tray(trayIcon(deps.appRoot));
  let shown = '';
  let disposed = false;
  const refresh = () => {
    // The queue is gone when the host has stopped.
    if (disposed) return;
    const summary = deps.summary();
    const key = JSON.stringify(summary);
    // Linux closes an open menu when it is replaced.
    if (key === shown) return;
    shown = key;
    tray.setToolTip(`TabAgent · ${summary.paused ? 'queue paused · ' : ''}${summaryText(summary)}`);
    tray.setContextMenu(Menu.buildFromTemplate(trayTemplate(summary, deps)));
  };
  // On Linux and macOS a click opens the menu.
  if (process.platform === 'win32') tray.on('click', () => deps.show());
  refresh();
  const dispose = () => {
    disposed = true;
    tray.destroy();
  };
  return { refresh, dispose };
}

/** Menu of the tray. */
export function trayTemplate(
  summary: QueueSummary,
  { show, setPaused, quit }: Pick<TrayDeps, 'show' | 'setPaused' | 'quit'>,
): MenuItemConstructorOptions[] {
  const count = (id: 'running' | 'waiting' | 'failed'): MenuItemConstructorOptions => ({
    id,
    label: `${summary[id]} ${id}`,
    click: () => show('/tasks'),
  });
  return [
    { id: 'show', label: 'Show TabAgent', click: () => show() },
    { type: 'separator' },
    count('running'),
    count('waiting'),
    count('failed'),
    { type: 'separator' },
    { id: 'pause', label: summary.paused ? 'Resume queue' : 'Pause queue', click: () => setPaused(!summary.paused) },
    { type: 'separator' },
    { id: 'quit', label: 'Quit TabAgent', click: quit },
  ];
}
