/** What the command line writes: results to stdout, everything else to stderr. */
import { AppError, problemOf, toAppError } from '../../contract/kernel/errors.ts';
import { errorText, fieldTexts } from '../../contract/kernel/text/field-words.ts';
import { printable, printableJson } from '../../contract/kernel/text/printable.ts';

/** Writes for people or, with `--json`, for programs. */
export interface Printer {
  readonly json: boolean;
  /** One line for people; nothing in JSON mode. */
  line(text?: string): void;
  /** A note beside the result, on stderr. */
  note(text: string): void;
  /** The result: JSON in JSON mode, else what `people` makes of it. */
  result(value: unknown, people: () => string): void;
  /** One JSON value per line, whatever the mode. */
  item(value: unknown): void;
  /** The problem, with what to do. */
  failure(error: unknown): void;
}

/** Creates a printer. */
export function createPrinter(json: boolean): Printer {
  // What is said may hold what pages, servers and callers wrote.
  const out = (text: string) => void process.stdout.write(`${printable(text)}\n`);
  const err = (text: string) => void process.stderr.write(`${printable(text)}\n`);
  return {
    json,
    line: (text = '') => {
      if (!json) out(text);
    },
    note: err,
    result: (value, people) => out(json ? printableJson(JSON.stringify(value, null, 2)) : people()),
    item: (value) => out(printableJson(JSON.stringify(value))),
    failure(thrown) {
      const error = toAppError(thrown);
      if (json) return err(printableJson(JSON.stringify(problemOf(error))));
      err(
        `error: ${error.slug === 'internal-server-error' && thrown instanceof Error && !(thrown instanceof AppError) ? thrown.message : errorText(error)}`,
      );
      for (const text of Object.values(fieldTexts(error.errors ?? {}))) err(`  ${text}`);
    },
  };
}

/** A table with aligned columns. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
