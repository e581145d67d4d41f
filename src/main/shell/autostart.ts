/** Start at login: the OS's own list on macOS and Windows, an autostart entry (XDG) on Linux. */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { app } from 'electron';

/** Where the autostart entry of this user lies (Desktop Application Autostart Specification 0.5). */
export function autostartFile(env: NodeJS.ProcessEnv, home: string): string {
  return join(env.XDG_CONFIG_HOME || join(home, '.config'), 'autostart', 'tabagent.desktop');
}

/** One argument of an `Exec` line, quoted as the Desktop Entry Specification 1.5 says. */
function quoted(argument: string): string {
  return `"${argument.replace(/["`$\\]/g, '\\$&').replaceAll('%', '%%').replaceAll('\\', '\\\\')}"`;
}

/** The autostart entry. @param command program and arguments */
export function autostartEntry(command: readonly string[]): string {
  return [
    '[Desktop Entry]',
    'Type=Application',
    'Name=TabAgent',
    'Comment=Control room for browser automation',
    `Exec=${command.map(quoted).join(' ')}`,
    'Icon=tabagent',
    'Terminal=false',
    'X-GNOME-Autostart-enabled=true',
    '',
  ].join('\n');
}

/** The command that starts this program again; an AppImage is started by its file, not by where it is mounted. */
export function startCommand(execPath: string, env: NodeJS.ProcessEnv, packaged: boolean, appPath: string): string[] {
  return [env.APPIMAGE || execPath, ...(packaged ? [] : [appPath]), '--hidden'];
}

/** Makes the program start hidden at login, or not any more. @throws Error when the entry cannot be written */
export async function setStartAtLogin(on: boolean): Promise<void> {
  if (process.platform !== 'linux') {
    // macOS tells hidden starts by wasOpenedAtLogin, Windows by the argument.
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
