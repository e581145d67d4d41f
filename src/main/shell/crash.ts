/** The end of a desktop app whose host has failed: in order, and once more from the beginning unless that has happened too often. */
import { app, dialog } from 'electron';
import { EXIT } from './give-up.ts';
import type { ShellHost } from './host-port.ts';

/** How long the host may take to stop before the process ends without it, ms. */
const STOP_DEADLINE_MS = 15_000;

/** Reports, stops and starts the app again. */
export function endAfterCrash(host: Pick<ShellHost, 'reportCrash' | 'stop'>, error: unknown): void {
  const { file, again } = host.reportCrash(error);
  const end = () => {
    if (again) app.relaunch();
    else {
      const report = file === null ? '' : ` A report was saved to ${file}.`;
      dialog.showErrorBox('TabAgent has stopped', `It failed more than three times in ten minutes.${report}`);
    }
    app.exit(EXIT.crashed);
  };
  const deadline = setTimeout(end, STOP_DEADLINE_MS);
  host
    .stop('an exception was caught by nothing')
    .catch(() => undefined)
    .finally(() => {
      clearTimeout(deadline);
      end();
    });
}
