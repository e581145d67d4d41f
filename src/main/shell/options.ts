/** Command line of the desktop app. Chromium's own switches and deep links stand beside ours, so unknown ones pass. */
import { resolve } from 'node:path';

/** What the command line says. */
export interface DesktopOptions {
  /** Start in the tray, without a window. */
  hidden: boolean;
  dataDir: string | null;
  host: string | null;
  port: number | null;
}

/**
 * Reads `--hidden`, `--data-dir <path>`, `--host <address>` and `--port <number>`, with a blank or `=`.
 * @throws Error with one sentence when a value is missing or wrong
 */
export function parseOptions(argv: readonly string[], cwd: string): DesktopOptions {
  const value = (name: string): string | null => {
    for (const [index, argument] of argv.entries()) {
      if (argument.startsWith(`${name}=`)) return argument.slice(name.length + 1);
      if (argument !== name) continue;
      const next = argv[index + 1];
      if (next === undefined || next.startsWith('-')) throw new Error(`${name} needs a value.`);
      return next;
    }
    return null;
  };
  const dataDir = value('--data-dir');
  const port = value('--port');
  if (port !== null && !(/^\d{1,5}$/.test(port) && Number(port) <= 65_535)) {
    throw new Error(`--port takes a number from 0 to 65535, not "${port}".`);
  }
  return {
    hidden: argv.includes('--hidden'),
    dataDir: dataDir === null ? null : resolve(cwd, dataDir),
    host: value('--host'),
    port: port === null ? null : Number(port),
  };
}
