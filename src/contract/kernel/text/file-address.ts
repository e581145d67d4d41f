/** Addresses with which a browser, or another program that takes an address, reads files of this computer. */
import type { InputScope } from '../define.ts';
import type { Json } from '../scalars.ts';

/** What it takes to give such an address to a command that somebody else has written: most pass what they are given to the browser. */
const FILE_ADDRESS = {
  scope: 'manage',
  what: "Giving a command the address of a file, or of a page of the browser's own,",
} as const satisfies InputScope;

const SCHEMES = '(?:file|filesystem|chrome|chrome-untrusted|chrome-extension|devtools)';
/** What stands in front of an address is not read, by Chromium or by scripts that trim what they are given; nor is it behind `view-source:`. */
const BEFORE = String.raw`^[\0-\x20\xa0\ufeff]*(?:view-source:[\0-\x20]*)*`;
/** As Chromium reads addresses: without tabs and line ends inside. One that is a scheme only is the first folder; a blank after the colon leads nowhere. */
const WHOLE = new RegExp(`${BEFORE}${SCHEMES}:(?:[^ ]|[\\0-\\x20]*$)`, 'i');
/** One address in each line is how lists of them are written. */
const IN_LINES = new RegExp(
  `${BEFORE.replaceAll(String.raw`\0-\x20`, String.raw`\0-\x09\x0b\x0c\x0e-\x20`)}${SCHEMES}:[\\\\/]`,
  'im',
);

const isLocal = (text: string): boolean =>
  WHOLE.test(text.replaceAll(/[\t\n\r]/g, '')) || IN_LINES.test(text.replaceAll('\t', ''));

/** What a call needs whose input holds such an address; null for what holds none. */
export function fileScope(input: Json | undefined): InputScope | null {
  if (typeof input === 'string') return isLocal(input) ? FILE_ADDRESS : null;
  if (typeof input !== 'object' || input === null) return null;
  for (const [name, item] of Object.entries(input)) {
    const needed = fileScope(item) ?? fileScope(name);
    if (needed !== null) return needed;
  }
  return null;
}
