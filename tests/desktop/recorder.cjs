// Runs in the main process before the program, under Electron (`electron -r`) and under the stand-in alike: notes what
// the program shows outside its page and answers its dialogs, because no test can look there or click there.
const { EventEmitter } = require('node:events');

/** @import * as Electron from 'electron' */

/**
 * @param {typeof Electron} electron
 * @returns {import('./driver.ts').DesktopRecord}
 */
function install(electron) {
  const { app, dialog, shell, Menu, Notification, Tray } = electron;
  const record = Object.assign(new EventEmitter(), {
    /** @type {{ tooltip: string, menu: any, tray: any }[]} */
    trays: [],
    /** @type {any[]} */
    notifications: [],
    /** @type {any[]} */
    messageBoxes: [],
    /** @type {{ title: string, content: string }[]} */
    errorBoxes: [],
    /** @type {string[]} */
    opened: [],
    /** @type {{ openDialog: string[], saveDialog: string | null, messageBox: number | null, checkbox: boolean }} */
    answers: { openDialog: [], saveDialog: null, messageBox: null, checkbox: false },
  });
  const changed = () => record.emit('changed');

  const trayOf = (tray) => {
    let entry = record.trays.find((one) => one.tray === tray);
    if (!entry) {
      entry = { tooltip: '', menu: null, tray };
      record.trays.push(entry);
    }
    return entry;
  };
  wrap(Tray.prototype, 'setToolTip', (tray, [text]) => {
    trayOf(tray).tooltip = text;
  });
  wrap(Tray.prototype, 'setContextMenu', (tray, [menu]) => {
    trayOf(tray).menu = menu;
  });
  wrap(Notification.prototype, 'show', (notification) => record.notifications.push(notification));
  wrap(Menu.prototype, 'popup', () => undefined);

  dialog.showMessageBox = async (...args) => {
    const options = args.at(-1);
    record.messageBoxes.push({ message: options.message, detail: options.detail, buttons: options.buttons });
    changed();
    return { response: record.answers.messageBox ?? options.cancelId ?? 0, checkboxChecked: record.answers.checkbox };
  };
  dialog.showErrorBox = (title, content) => {
    record.errorBoxes.push({ title, content });
    // The program ends right after it: this is how a spec hears of it.
    process.stderr.write(`error box: ${title}: ${content}\n`);
    changed();
  };
  dialog.showOpenDialog = async () => {
    const filePaths = record.answers.openDialog;
    return { canceled: filePaths.length === 0, filePaths };
  };
  dialog.showSaveDialog = async () => {
    const filePath = record.answers.saveDialog;
    return { canceled: filePath === null, filePath: filePath ?? '' };
  };
  shell.openExternal = async (url) => {
    record.opened.push(url);
    changed();
  };
  shell.openPath = async (path) => {
    record.opened.push(path);
    changed();
    return '';
  };
  app.on('browser-window-created', (_event, window) => {
    for (const event of ['show', 'hide', 'focus', 'closed', 'minimize', 'restore', 'maximize', 'ready-to-show'])
      window.on(event, changed);
    for (const event of ['did-navigate', 'did-navigate-in-page', 'render-process-gone', 'dom-ready']) {
      window.webContents.on(event, changed);
    }
    changed();
  });
  globalThis.desktopRecord = record;
  return record;

  /** Calls `note` before a method. */
  function wrap(prototype, name, note) {
    const method = prototype[name];
    prototype[name] = function (...args) {
      note(this, args);
      const result = method.apply(this, args);
      changed();
      return result;
    };
  }
}

module.exports = { install };
