/** Opens addresses in the system's browser, after asking where {@link judgeLink} says so. */
import { type BrowserWindow, dialog, shell } from 'electron';
import type { ShellLog } from '../host-port.ts';
import { judgeLink } from './external-links.ts';

/** What opening links needs. */
export interface ExternalDeps {
  /** Address of the HTTP door, null while it is closed. */
  apiUrl(): string | null;
  window(): BrowserWindow | null;
  log: ShellLog;
}

/** Makes the opener of outside links. One question is open at a time; further links meanwhile are dropped. */
export function createExternal({ apiUrl, window, log }: ExternalDeps): (url: string) => void {
  const trusted = new Set<string>();
  let asking = false;

  const open = async (url: string) => {
    const verdict = judgeLink(url, apiUrl(), trusted);
    if (verdict === 'refuse' || (verdict === 'ask' && asking)) return;
    if (verdict === 'ask' && !(await agreed(new URL(url)))) return;
    await shell.openExternal(url);
  };

  const agreed = async (url: URL): Promise<boolean> => {
    asking = true;
    try {
      const options: Electron.MessageBoxOptions = {
        type: 'question',
        message: `Open ${url.host} in your browser?`,
        detail: url.href.slice(0, 300),
        buttons: ['Open', 'Cancel'],
        defaultId: 0,
        cancelId: 1,
        checkboxLabel: 'Do not ask again for this site until TabAgent quits',
        noLink: true,
      };
      const parent = window();
      const answer = await (parent ? dialog.showMessageBox(parent, options) : dialog.showMessageBox(options));
      if (answer.response === 0 && answer.checkboxChecked) trusted.add(url.host);
      return answer.response === 0;
    } finally {
      asking = false;
    }
  };

  return (url) => {
    open(url).catch((error: unknown) => log.warn('a link could not be opened', { error }));
  };
}
