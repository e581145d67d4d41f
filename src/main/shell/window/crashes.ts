/** Watches a window's page: loads it again after a crash, asks when it hangs or keeps crashing. */
import { app, type BrowserWindow, dialog } from 'electron';
import type { ShellLog } from '../host-port.ts';
import { createCrashPolicy } from './crash-policy.ts';

/** What watching needs. */
export interface CrashDeps {
  log: ShellLog;
  /** Shows the folder with the logs. */
  openLogs(): void;
  quit(): void;
}

/** Watches one window until it is closed. */
export function watchWindow(window: BrowserWindow, deps: CrashDeps): void {
  const { webContents } = window;
  const policy = createCrashPolicy(() => performance.now());
  let timer: NodeJS.Timeout | undefined;
  let hang: AbortController | null = null;

  const reload = () => {
    if (!window.isDestroyed()) webContents.reload();
  };

  const ask = async () => {
    const { response } = await dialog.showMessageBox(window, {
      type: 'error',
      message: 'The panel keeps crashing.',
      detail: 'Running tasks are not affected. Reload it, or look at the log first.',
      buttons: ['Reload', 'Show logs', 'Quit'],
      defaultId: 0,
      cancelId: 0,
      noLink: true,
    });
    if (response === 2) return deps.quit();
    if (response === 1) deps.openLogs();
    policy.reset();
    reload();
  };

  const again = (what: string, data: Record<string, unknown>) => {
    const verdict = policy.crashed();
    deps.log.error(what, { ...data, action: verdict.action });
    clearTimeout(timer);
    if (verdict.action === 'reload') timer = setTimeout(reload, verdict.delayMs);
    else ask().catch((error: unknown) => deps.log.error('the crash dialog failed', { error }));
  };

  webContents.on('render-process-gone', (_event, { reason, exitCode }) => {
    if (reason !== 'clean-exit') again('the panel crashed', { reason, exit_code: exitCode });
  });
  webContents.on('did-fail-load', (_event, code, description, _url, isMainFrame) => {
    // -3 is ERR_ABORTED: another navigation took over, or a lock refused this one.
    if (isMainFrame && code !== -3) again('the panel could not be loaded', { code, description });
  });

  window.on('unresponsive', () => {
    if (hang) return;
    deps.log.warn('the panel does not respond');
    hang = new AbortController();
    dialog
      .showMessageBox(window, {
        type: 'warning',
        message: 'The panel does not respond.',
        detail: 'Wait for it, or reload it. Running tasks are not affected.',
        buttons: ['Wait', 'Reload'],
        defaultId: 0,
        cancelId: 0,
        noLink: true,
        signal: hang.signal,
      })
      .then(({ response }) => {
        hang = null;
        if (response !== 1 || window.isDestroyed()) return;
        // A reload would wait for the script that hangs; the crash that this causes loads the page again.
        webContents.forcefullyCrashRenderer();
      })
      .catch((error: unknown) => deps.log.error('the dialog failed', { error }));
  });
  window.on('responsive', () => {
    hang?.abort();
    hang = null;
  });
  window.once('closed', () => {
    clearTimeout(timer);
    hang?.abort();
  });
}

/** Logs the end of Chromium's other processes (GPU, network, utility); Chromium starts them again itself. */
export function logChildProcesses(log: ShellLog): void {
  app.on('child-process-gone', (_event, { type, reason, exitCode, serviceName }) => {
    if (reason !== 'clean-exit')
      log.warn('a child process ended', { type, reason, exit_code: exitCode, service: serviceName ?? null });
  });
}
