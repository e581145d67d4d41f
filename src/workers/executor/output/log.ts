/** Log lines of a task: on standard output, in order, redacted, see `LOG_MARK` in the contract. */
import { Console } from 'node:console';
import { Writable } from 'node:stream';
import { formatWithOptions } from 'node:util';
import { LOG_MARK, type StructuredLog } from '../../../contract/automation/executor.ts';
import { keptLine } from '../../../contract/automation/report/report-limits.ts';
import type { Redactor } from '../../../contract/kernel/redact/redact.ts';
import { toLogJson, WHOLE } from './json.ts';
import { replaceStream, writeAll } from './output-stream.ts';

export type Level = StructuredLog['level'];

/** Writes log lines. */
export interface Log {
  write(level: Level, source: string, message: string, data?: unknown): void;
  /** Writes unfinished raw output; for the end of the process. */
  flush(): void;
}

/**
 * Takes over the output of this process.
 * @param currentStep seq of the step that a line belongs to
 */
export function createLog(redactor: Redactor, currentStep: () => number | null): Log {
  const raw = { stdout: redactor.stream(), stderr: redactor.stream() };
  // Only whole lines are passed on, so that a structured line never starts in the middle of a raw one.
  replaceStream('stdout', (text) => writeAll(1, raw.stdout.push(text)));
  replaceStream('stderr', (text) => writeAll(2, raw.stderr.push(text)));

  return {
    write(level, source, message, data) {
      const more = data === undefined ? {} : { data: toLogJson(data, redactor) };
      const line = keptLine({ level, source, message, step: currentStep(), ...more, at: Date.now() }, redactor);
      writeAll(1, `${LOG_MARK}${JSON.stringify(line)}\n`);
    },
    flush() {
      const rest = raw.stdout.flush();
      if (rest !== '') writeAll(1, `${rest}\n`);
      writeAll(2, raw.stderr.flush());
    },
  };
}

/** Sends everything that is printed with `console` to the log; `process.stdout.write` stays raw output. */
export function forwardConsole(log: Log): void {
  const to =
    (level: Level) =>
    (message: unknown, ...rest: unknown[]) =>
      log.write(level, 'script', formatWithOptions(WHOLE, message, ...rest));
  const lines = (level: Level) =>
    new Writable({
      write(chunk: Buffer, _encoding, done) {
        log.write(level, 'script', chunk.toString('utf8').replace(/\n$/, ''));
        done();
      },
    });
  // table, dir, group, count, time and assert: formatted as ever, written line by line.
  const others = new Console({ stdout: lines('info'), stderr: lines('error'), inspectOptions: WHOLE });
  for (const name of [
    'table',
    'dir',
    'dirxml',
    'group',
    'groupCollapsed',
    'groupEnd',
    'count',
    'countReset',
    'time',
    'timeEnd',
    'timeLog',
    'assert',
  ] as const) {
    Object.assign(console, { [name]: others[name].bind(others) });
  }
  Object.assign(console, {
    log: to('info'),
    info: to('info'),
    debug: to('debug'),
    trace: to('debug'),
    warn: to('warn'),
    error: to('error'),
  });
}
