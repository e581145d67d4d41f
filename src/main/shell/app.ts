/** The desktop app before `ready`: options, the single instance, schemes and the sandbox. */
import { join } from 'node:path';
import { app, protocol } from 'electron';
import { readConfig } from '../core/config.ts';
import { defaultPaths } from '../platform/node.ts';
import { type DesktopProgram, runReady, type Start } from './desktop-app.ts';
import { giveUp } from './give-up.ts';
import { receiveLinks } from './links.ts';
import { parseOptions } from './options.ts';
import { CONTENT_SCHEME, PANEL_SCHEME } from './panel/panel-url.ts';

/**
 * Runs the desktop app. Call it synchronously from the entry: schemes, the sandbox and the lock have to be there
 * before `ready`.
 */
export function runDesktop(program: DesktopProgram): void {
  let start: Start;
  try {
    const { hidden, flags } = parseOptions(process.argv.slice(1));
    start = { hidden, config: readConfig(flags, process.env, defaultPaths().data) };
  } catch (error) {
    return giveUp(error);
  }
  // One program per data directory, and Chromium's files beside the data they belong to.
  app.setPath('userData', join(start.config.dataDir, 'desktop'));
  if (!app.requestSingleInstanceLock()) return app.quit();
  app.setAppUserModelId('dev.tabagent.desktop');
  app.enableSandbox();
  const standard = { standard: true, secure: true, supportFetchAPI: true, stream: true };
  protocol.registerSchemesAsPrivileged([
    { scheme: PANEL_SCHEME, privileges: { ...standard, codeCache: true } },
    // The trace viewer is a service worker.
    { scheme: CONTENT_SCHEME, privileges: { ...standard, allowServiceWorkers: true, corsEnabled: true } },
  ]);
  const links = receiveLinks();
  app
    .whenReady()
    .then(() => runReady(program, start, links))
    .catch((error: unknown) => giveUp(error));
}
