/**
 * The `electron` module of the desktop tests where Electron's binary is not installed: what the program uses of it and
 * no more, around a real Chromium. Its parts are checked against Electron's own types (`satisfies`, `implements`), so
 * they cannot drift from it unseen; a member that the program uses and the stand-in lacks fails the specs.
 */
export { app } from './app.ts';
export { BrowserWindow } from './browser-window.ts';
export { Menu, MenuItem, Notification, Tray } from './chrome.ts';
export { ipcMain, MessageChannelMain, MessagePortMain } from './ipc.ts';
export { protocol, session } from './session.ts';
export { dialog, nativeImage, nativeTheme, powerMonitor, safeStorage, screen, shell } from './system.ts';
export { utilityProcess } from './utility-process.ts';
