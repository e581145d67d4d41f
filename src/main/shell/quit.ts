/** The way out: the host stops in order before the process ends, and a host that cannot stop does not keep it alive. */
import { app, powerMonitor } from 'electron';
import type { ShellLog } from './host-port.ts';

/** How long the host may take to stop before the process ends without it, ms. */
const STOP_DEADLINE_MS = 15_000;

/** What quitting needs. */
export interface QuitDeps {
  /** Called once, first: saves what is on the screen. */
  onQuitting(): void;
  stopHost(): Promise<void>;
  log: ShellLog;
  deadlineMs?: number;
}

/** The way out. */
export interface Quit {
  /** Starts to quit; further calls change nothing. */
  quit(): void;
  /** True from the first moment of quitting on: windows then close instead of hiding. */
  quitting(): boolean;
}

/** Takes over quitting, however it begins: menu, tray, dock, signal, shutdown of the computer. */
export function takeOverQuit({ onQuitting, stopHost, log, deadlineMs = STOP_DEADLINE_MS }: QuitDeps): Quit {
  let state: 'running' | 'stopping' | 'stopped' = 'running';

  const stop = async () => {
    let timer: NodeJS.Timeout | undefined;
    const deadline = new Promise<'late'>((resolve) => {
      timer = setTimeout(() => resolve('late'), deadlineMs);
    });
    try {
      const outcome = await Promise.race([stopHost(), deadline]);
      if (outcome === 'late') log.error('the host did not stop in time', { deadline_ms: deadlineMs });
    } catch (error) {
      log.error('the host did not stop cleanly', { error });
    }
    clearTimeout(timer);
    state = 'stopped';
    app.quit();
  };

  app.on('before-quit', (event) => {
    if (state === 'stopped') return;
    event.preventDefault();
    if (state === 'stopping') return;
    state = 'stopping';
    onQuitting();
    stop().catch(() => app.exit(1));
  });
  // Windows and the tray decide what closing means, so the last window does not end the program by itself.
  app.on('window-all-closed', () => undefined);
  powerMonitor.on('shutdown', () => app.quit());

  return { quit: () => app.quit(), quitting: () => state !== 'running' };
}
