/** Lines of a log as plain text. */
import { stripAnsi } from '../../lib/log/ansi.ts';
import type { LogRow } from '../../lib/log/ring.ts';

/** The line as text, for copying and files. */
export const plainLine = (row: LogRow): string =>
  `${new Date(row.at).toISOString()} ${row.level.padEnd(5)} ${row.source} ${stripAnsi(row.text)}`;

/** Saves the lines as a file `<name>.log`. */
export function download(name: string, rows: readonly LogRow[]): void {
  const url = URL.createObjectURL(new Blob([rows.map(plainLine).join('\n')], { type: 'text/plain' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = `${name}.log`;
  link.click();
  URL.revokeObjectURL(url);
}
