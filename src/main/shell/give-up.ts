/** The end of a desktop app that cannot run. */
import { app, dialog } from 'electron';
import { AlreadyRunning } from '../core/instance-lock.ts';

/** Exit codes, the same as those of `tabagent serve`. */
export const EXIT = { failed: 1, alreadyRunning: 4, unsafeBind: 5, crashed: 70 } as const;

/** Says why the program cannot run, and ends it. */
export function giveUp(
  error: unknown,
  code: number = error instanceof AlreadyRunning ? EXIT.alreadyRunning : EXIT.failed,
): void {
  dialog.showErrorBox('TabAgent cannot start', error instanceof Error ? error.message : String(error));
  app.exit(code);
}
