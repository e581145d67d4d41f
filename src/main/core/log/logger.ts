/** Structured log of the host: pino lines, redacted by value, into {@link LogFiles}. */
import pino from 'pino';
import type { LogFiles } from './log-files.ts';

/** What every part of the host logs with. `context` is the module, `data` structured facts; an `error` member is unfolded. */
export interface Logger {
  debug(context: string, message: string, data?: Record<string, unknown>): void;
  info(context: string, message: string, data?: Record<string, unknown>): void;
  warn(context: string, message: string, data?: Record<string, unknown>): void;
  error(context: string, message: string, data?: Record<string, unknown>): void;
  /** The same log under another source (`http`, `tasks`, `storage`, …), on request for the files alone. */
  for(source: string, options?: { terminal?: boolean }): Logger;
  setLevel(level: 'debug' | 'info' | 'warn' | 'error'): void;
}

/** Options of {@link createLogger}. */
export interface LoggerOptions {
  files: LogFiles;
  level: 'debug' | 'info' | 'warn' | 'error';
  /** Removes secret values from a finished line. */
  redact: (line: string) => string;
  /** Also tell a person at a terminal about warnings and errors. */
  terminal?: (line: string) => void;
  /** Takes the errors of entries. @returns whether it tells the terminal about them itself, less often */
  quiet?: (error: unknown) => boolean;
}

/** Makes errors readable in JSON: name, message, stack, code, cause. */
function unfold(data: Record<string, unknown> | undefined): Record<string, unknown> | null {
  if (!data) return null;
  return Object.fromEntries(
    Object.entries(data).map(([key, value]) => [
      key,
      value instanceof Error ? pino.stdSerializers.errWithCause(value) : value,
    ]),
  );
}

/** Creates the root logger; its source is `host`. */
export function createLogger(options: LoggerOptions): Logger {
  const { files, redact, terminal, quiet } = options;
  let silent = false;
  const root = pino(
    {
      level: options.level,
      base: null,
      messageKey: 'message',
      timestamp: () => `,"timestamp":${Date.now()}`,
      formatters: { level: (level) => ({ level }) },
      mixin: () => ({ id: files.nextId() }),
    },
    {
      write(line: string) {
        const clean = redact(line);
        files.write(clean);
        if (terminal && !silent && /^\{"level":"(warn|error)"/.test(clean)) {
          const entry = JSON.parse(clean) as { level: string; context: string; message: string };
          terminal(`${entry.level}: ${entry.context}: ${entry.message}`);
        }
      },
    },
  );

  const make = (source: string, { terminal: told = true } = {}): Logger => {
    const at =
      (level: 'debug' | 'info' | 'warn' | 'error') =>
      (context: string, message: string, data?: Record<string, unknown>): void => {
        // pino writes before it returns.
        silent = !told || (data?.error !== undefined && quiet?.(data.error) === true);
        root[level]({ source, context, data: unfold(data) }, message);
        silent = false;
      };
    return {
      debug: at('debug'),
      info: at('info'),
      warn: at('warn'),
      error: at('error'),
      for: make,
      setLevel: (level) => {
        root.level = level;
      },
    };
  };
  return make('host');
}
