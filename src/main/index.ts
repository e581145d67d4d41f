/** Entry of the desktop app: the host inside Electron's main process, the shell around it. */
import { app } from 'electron';
import { createHost } from './host.ts';
import { runDesktop } from './shell/app.ts';

runDesktop({ appRoot: app.getAppPath(), createHost });
