/** The autostart entry of Linux desktops, as text. */
import { join } from 'node:path';

/** Where the autostart entry of this user lies (Desktop Application Autostart Specification 0.5). */
export function autostartFile(env: NodeJS.ProcessEnv, home: string): string {
  return join(env.XDG_CONFIG_HOME || join(home, '.config'), 'autostart', 'tabagent.desktop');
}

/** One argument of an `Exec` line, quoted as the Desktop Entry Specification 1.5 says. */
function quoted(argument: string): string {
  return `"${argument
    .replace(/["`$\\]/g, '\\$&')
    .replaceAll('%', '%%')
    .replaceAll('\\', '\\\\')}"`;
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
