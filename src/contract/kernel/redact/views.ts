/**
 * A text with its escapes undone: percent-encoding (RFC 3986), JSON and other backslash escapes (RFC 8259), character references of
 * HTML. A secret is found in it however many of its characters were escaped, and whichever.
 */
import type { Bytes } from './utf8.ts';

/** See {@link unescaped}. */
export interface View {
  readonly bytes: Bytes;
  /** Where each byte began in the text that it was made of, and after the last one where that ended. */
  readonly starts: Int32Array;
}

const PERCENT = 0x25;
const BACKSLASH = 0x5c;
const AMPERSAND = 0x26;
/** Never in UTF-8: nothing matches across it. */
const GAP = 0xff;

const NAMES: Record<string, number> = { amp: 0x26, lt: 0x3c, gt: 0x3e, quot: 0x22, apos: 0x27, nbsp: 0xa0 };
const SHORT = new Map(Object.entries({ n: 10, r: 13, t: 9, b: 8, f: 12 }).map(([c, code]) => [c.charCodeAt(0), code]));
/** They stand for themselves after a backslash: " ' / \ */
const LITERAL = new Set([0x22, 0x27, 0x2f, 0x5c]);

/** What an escape stands for: a byte, or a code point; and its length in the text. */
interface Escape {
  code: number;
  isByte: boolean;
  length: number;
}

function digitAt(bytes: Uint8Array, at: number): number {
  const byte = bytes[at] ?? 0;
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : Number.NaN;
}

/** Hexadecimal digits as a number, NaN when there are fewer. */
function hexAt(bytes: Uint8Array, at: number, digits: number): number {
  let value = 0;
  for (let i = 0; i < digits; i++) value = value * 16 + digitAt(bytes, at + i);
  return value;
}

function backslashAt(bytes: Uint8Array, at: number): Escape | null {
  const next = bytes[at + 1] ?? 0;
  if (LITERAL.has(next)) return { code: next, isByte: true, length: 2 };
  const short = SHORT.get(next);
  if (short !== undefined) return { code: short, isByte: true, length: 2 };
  if (next === 0x78) {
    const code = hexAt(bytes, at + 2, 2);
    return Number.isNaN(code) ? null : { code, isByte: true, length: 4 };
  }
  if (next !== 0x75) return null;
  const code = hexAt(bytes, at + 2, 4);
  if (Number.isNaN(code)) return null;
  if (code >= 0xd800 && code <= 0xdbff && bytes[at + 6] === BACKSLASH && bytes[at + 7] === 0x75) {
    const low = hexAt(bytes, at + 8, 4);
    if (low >= 0xdc00 && low <= 0xdfff) {
      return { code: 0x1_0000 + (code - 0xd800) * 0x400 + (low - 0xdc00), isByte: false, length: 12 };
    }
  }
  return { code, isByte: false, length: 6 };
}

function referenceAt(bytes: Uint8Array, at: number): Escape | null {
  const end = bytes.subarray(at, at + 14).indexOf(0x3b);
  if (end < 2) return null;
  const name = String.fromCharCode(...bytes.subarray(at + 1, at + end));
  const digits = /^#(?:[xX]([0-9a-fA-F]{1,8})|([0-9]{1,8}))$/.exec(name);
  const code = digits ? Number.parseInt(digits[1] ?? digits[2] ?? '', digits[1] === undefined ? 10 : 16) : NAMES[name];
  return code === undefined || code > 0x10_ffff ? null : { code, isByte: false, length: end + 1 };
}

function escapeAt(bytes: Uint8Array, at: number): Escape | null {
  const first = bytes[at];
  if (first === BACKSLASH) return backslashAt(bytes, at);
  if (first === AMPERSAND) return referenceAt(bytes, at);
  const code = hexAt(bytes, at + 1, 2);
  return Number.isNaN(code) ? null : { code, isByte: true, length: 3 };
}

/** Walks over the places where an escape may begin. */
function createEscapeFinder(bytes: Uint8Array): (from: number) => number {
  const at = { [PERCENT]: -1, [BACKSLASH]: -1, [AMPERSAND]: -1 };
  function next(character: keyof typeof at, from: number): number {
    const known = at[character] ?? -1;
    if (known >= from) return known;
    const found = bytes.indexOf(character, from);
    const place = found === -1 ? bytes.length : found;
    at[character] = place;
    return place;
  }
  return (from) => Math.min(next(PERCENT, from), next(BACKSLASH, from), next(AMPERSAND, from));
}

class Writer {
  readonly #bytes: Bytes;
  readonly #starts: Int32Array;
  #length = 0;

  constructor(capacity: number) {
    this.#bytes = new Uint8Array(capacity);
    this.#starts = new Int32Array(capacity + 1);
  }

  byte(byte: number, start: number): void {
    this.#bytes[this.#length] = byte;
    this.#starts[this.#length] = start;
    this.#length += 1;
  }

  copy(from: Uint8Array, start: number, end: number): void {
    for (let at = start; at < end; at++) this.byte(from[at] ?? 0, at);
  }

  escape({ code, isByte }: Escape, start: number): void {
    if (isByte || code < 0x80) {
      this.byte(code, start);
      return;
    }
    const c = code >= 0xd800 && code <= 0xdfff ? 0xfffd : code;
    if (c < 0x800) this.byte(0xc0 | (c >> 6), start);
    else {
      if (c < 0x1_0000) this.byte(0xe0 | (c >> 12), start);
      else {
        this.byte(0xf0 | (c >> 18), start);
        this.byte(0x80 | ((c >> 12) & 63), start);
      }
      this.byte(0x80 | ((c >> 6) & 63), start);
    }
    this.byte(0x80 | (c & 63), start);
  }

  view(end: number): View {
    this.#starts[this.#length] = end;
    return { bytes: this.#bytes.subarray(0, this.#length), starts: this.#starts.subarray(0, this.#length + 1) };
  }
}

/**
 * Undoes one level of escapes, or answers null when there are none.
 * @param reach of what is looked for, bytes: text that is further than that from every escape is left out
 */
export function unescaped(bytes: Uint8Array, reach: number): View | null {
  const escapeFrom = createEscapeFinder(bytes);
  let out: Writer | null = null;
  let copied = 0;
  for (let at = escapeFrom(0); at < bytes.length; ) {
    const token = escapeAt(bytes, at);
    if (token === null) {
      at = escapeFrom(at + 1);
      continue;
    }
    // The gap takes the place of at least two bytes.
    if (at - copied > 2 * reach + 2) {
      if (out !== null) out.copy(bytes, copied, copied + reach);
      out ??= new Writer(bytes.length);
      out.byte(GAP, copied + reach);
      copied = at - reach;
    }
    out ??= new Writer(bytes.length);
    out.copy(bytes, copied, at);
    out.escape(token, at);
    copied = at + token.length;
    at = escapeFrom(copied);
  }
  if (out === null) return null;
  const end = Math.min(bytes.length, copied + reach);
  out.copy(bytes, copied, end);
  return out.view(end);
}
