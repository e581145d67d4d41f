/** Start at login: the OS's own list on macOS and Windows, an autostart entry (XDG) on Linux. */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname } from 'node:path';
import { app } from 'electron';
import { autostartEntry, autostartFile, startCommand } from './autostart-entry.ts';

/** Makes the program start hidden at login, or not any more. @throws Error when the entry cannot be written */
export async function setStartAtLogin(on: boolean): Promise<void> {
  if (process.platform !== 'linux') {
    // macOS marks starts at login with wasOpenedAtLogin, Windows with the argument.
    app.setLoginItemSettings({ openAtLogin: on, args: ['--hidden'] });
    return;
  }
  const file = autostartFile(process.env, homedir());
  if (!on) return rm(file, { force: true });
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, autostartEntry(startCommand(process.execPath, process.env, app.isPackaged, app.getAppPath())));
}

/** Whether the OS started the program at login, which means without a window. */
export function startedAtLogin(): boolean {
  return process.platform === 'darwin' && app.getLoginItemSettings().wasOpenedAtLogin;
}
