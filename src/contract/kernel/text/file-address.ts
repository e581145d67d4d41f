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
const BEFORE = String.raw`^[\0-\x20\s]*(?:view-source:[\0-\x20]*)*`;
/** As Chromium reads addresses. One that is a scheme only is the first folder; a blank after the colon leads nowhere. */
const WHOLE = new RegExp(`${BEFORE}${SCHEMES}:(?:[^ ]|[\\0-\\x20]*$)`, 'i');
const PART = new RegExp(`${BEFORE}${SCHEMES}:[^\\0-\\x20\\s]`, 'i');
/** How lists of addresses are written: one in each line, or in each field of a line. */
const FIELDS = /[\n\r\u2028\u2029,;|]/;
/** A list with blanks between its addresses; prose has words like `file: x`, and hardly such an address. */
const AMID = new RegExp(`\\s(?:view-source:)*${SCHEMES}:[/\\\\]`, 'i');
/** A text of JSON has its addresses in quotes. */
const JSON_BEGINS = /^\s*[["{]/;
/** What whoever reads the text as JSON reads instead of its escapes, without the tabs and line ends that it makes of them. */
const unescaped = (text: string): string =>
  text
    .replaceAll(/\\(?:u([0-9a-f]{4})|[bfnrt]|(.))/gi, (_, code?: string, other = '') =>
      code === undefined ? other : String.fromCharCode(Number.parseInt(code, 16)),
    )
    .replaceAll(/[\t\n\r]/g, '');

function isLocal(text: string): boolean {
  // Chromium reads an address without the tabs and line ends inside of it.
  const read = text.replaceAll(/[\t\n\r]/g, '');
  if (WHOLE.test(read) || AMID.test(text)) return true;
  const fields = [...read.split(FIELDS), ...text.replaceAll('\t', '').split(FIELDS)];
  const quoted = JSON_BEGINS.test(text) ? [...read.split('"'), ...unescaped(text).split('"')] : [];
  return [...fields, ...quoted].some((one) => PART.test(one));
}

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
