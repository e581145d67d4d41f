/** The operations that only the desktop can answer (`contract/shell.ts`). */
import { copyFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { app, type BrowserWindow, dialog, shell } from 'electron';
import { AppError } from '../../contract/kernel/errors.ts';
import type { Handlers } from '../core/operation/operation.ts';
import type { ShellHost, ShellOperationId } from './host-port.ts';

/** What the operations need. */
export interface ShellOperationDeps {
  host: Pick<ShellHost, 'desktop' | 'openContent' | 'openExport'>;
  window(): BrowserWindow | null;
  quit(): void;
}

const done = { ok: true } as const;

/** Handlers of the shell's operations. */
export function shellHandlers({ host, window, quit }: ShellOperationDeps): Handlers<ShellOperationId> {
  const shown = (): BrowserWindow => {
    const current = window();
    if (current === null) throw new AppError('invalid-state', 'There is no window.');
    return current;
  };
  return {
    shell_open_path: async ({ target, id }) => {
      const folder = host.desktop.folderOf(target, id);
      if (folder === null) throw new AppError('not-found');
      await openFolder(folder);
      return done;
    },
    shell_pick_file: async ({ title, kind }) => {
      const { canceled, filePaths } = await dialog.showOpenDialog(shown(), {
        title,
        properties: kind === 'folder' ? ['openDirectory', 'createDirectory'] : ['openFile'],
      });
      return { path: canceled ? null : (filePaths[0] ?? null) };
    },
    shell_save_file: async (wanted) => {
      const content = 'export_id' in wanted ? host.openExport(wanted.export_id) : host.openContent(wanted.artifact_id);
      if (content === null) throw new AppError('not-found');
      const { canceled, filePath } = await dialog.showSaveDialog(shown(), {
        // A name comes from the page a task visited, and must not choose the folder.
        defaultPath: join(app.getPath('downloads'), basename(content.name)),
      });
      if (canceled || !filePath) return { path: null };
      await copyFile(content.path, filePath);
      return { path: filePath };
    },
    shell_window: ({ action }) => {
      act(shown(), action);
      return done;
    },
    shell_quit: () => {
      // The answer has to reach the page before its port closes.
      setImmediate(quit);
      return done;
    },
  };
}

/** Shows a folder in the file manager. @throws AppError `internal-server-error` with what the OS says */
export async function openFolder(folder: string): Promise<void> {
  const problem = await shell.openPath(folder);
  if (problem !== '') throw new AppError('internal-server-error', `The folder ${folder} cannot be shown: ${problem}`);
}

function act(window: BrowserWindow, action: 'minimize' | 'toggle_maximize' | 'close' | 'reload'): void {
  if (action === 'minimize') window.minimize();
  else if (action === 'close') setImmediate(() => window.close());
  else if (action === 'reload') setImmediate(() => window.webContents.reload());
  else if (window.isMaximized()) window.unmaximize();
  else window.maximize();
}
