/** Command line of the desktop app. Chromium's own switches and deep links stand beside ours, so unknown ones pass. */
import type { HostFlags } from '../core/config.ts';

/** What the command line says. */
export interface DesktopOptions {
  /** Start in the tray, without a window. */
  hidden: boolean;
  /** The same flags as `tabagent serve` has. */
  flags: HostFlags;
}

/**
 * Reads `--hidden`, `--data-dir <path>`, `--host <address>`, `--port <number>` and `--log-level <level>`, with a blank
 * or `=`.
 * @throws Error with one sentence when a value is missing
 */
export function parseOptions(argv: readonly string[]): DesktopOptions {
  const value = (name: string): string | undefined => {
    for (const [index, argument] of argv.entries()) {
      if (argument.startsWith(`${name}=`)) return argument.slice(name.length + 1);
      if (argument !== name) continue;
      const next = argv[index + 1];
      if (next === undefined || next.startsWith('-')) throw new Error(`${name} needs a value.`);
      return next;
    }
    return undefined;
  };
  return {
    hidden: argv.includes('--hidden'),
    flags: {
      dataDir: value('--data-dir'),
      host: value('--host'),
      port: value('--port'),
      logLevel: value('--log-level'),
    },
  };
}
