/** Lines of a log as plain text. */
import { stripAnsi } from '../../lib/log/ansi.ts';
import type { LogRow } from '../../lib/log/ring.ts';
import { saveText } from '../../lib/save-text.ts';

/** The line as text, for copying and files. */
export const plainLine = (row: LogRow): string =>
  `${new Date(row.at).toISOString()} ${row.level.padEnd(5)} ${row.source} ${stripAnsi(row.text)}`;

/** Saves the lines as a file `<name>.log`. */
export function download(name: string, rows: readonly LogRow[]): void {
  saveText(`${name}.log`, rows.map(plainLine).join('\n'));
}
