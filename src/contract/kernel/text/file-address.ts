/** Addresses with which a browser, or another program that takes an address, reads files of this computer. */
import type { InputScope } from '../define.ts';
import type { Json } from '../scalars.ts';

/** What it takes to give such an address to a command that somebody else has written: most pass what they are given to the browser. */
const FILE_ADDRESS = {
  scope: 'manage',
  what: "Giving a command the address of a file, or of a page of the browser's own,",
} as const satisfies InputScope;

/** As Chromium reads addresses: without what stands in front, and without tabs and line ends inside. A blank after the colon leads nowhere. */
const LOCAL =
  /^[\u0000-\u0020]*(?:view-source:)?(?:file|filesystem|chrome|chrome-untrusted|chrome-extension|devtools):[^ ]/i;
const isLocal = (text: string): boolean => LOCAL.test(text.replaceAll(/[\t\n\r]/g, ''));

/** What a call needs whose input holds such an address; null for what holds none. */
export function fileScope(input: Json | undefined): InputScope | null {
  if (typeof input === 'string') return isLocal(input) ? FILE_ADDRESS : null;
  if (typeof input !== 'object' || input === null) return null;
  for (const item of Object.values(input)) {
    const needed = fileScope(item);
    if (needed !== null) return needed;
  }
  return null;
}
