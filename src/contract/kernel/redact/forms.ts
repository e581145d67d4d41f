/** The forms in which a secret may be written into a text, as bytes. Escapes are undone in the text instead, see `views.ts`. */
import type { Pattern } from './matcher.ts';
import { type Bytes, encodeUtf8 } from './utf8.ts';
import { unescaped } from './views.ts';

/** Shorter values are not redacted: they would match almost any text. */
export const MIN_SECRET_LENGTH = 4;
/** Shorter parts of a value are not redacted by themselves. */
const MIN_PIECE_LENGTH = 8;
/** Times that a text may be escaped over and over. */
export const MAX_NESTING = 4;

const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** One character for each byte. */
function binary(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 4096) text += String.fromCharCode(...bytes.subarray(at, at + 4096));
  return text;
}

/** Characters 80 to 9F of windows-1252 (WHATWG Encoding); the others are those of ISO 8859-1. */
const WINDOWS_1252 = '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ';

/** What windows-1252 makes of bytes that were read as ISO 8859-1. */
function asWindows1252(text: string): string {
  return text.replace(/[\x80-\x9f]/g, (character) => WINDOWS_1252.charAt(character.charCodeAt(0) - 0x80));
}

function hex(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += byte.toString(16).padStart(2, '0');
  return text;
}

function utf16(text: string, littleEndian: boolean): Bytes {
  const bytes = new Uint8Array(2 * text.length);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < text.length; i++) view.setUint16(2 * i, text.charCodeAt(i), littleEndian);
  return bytes;
}

/**
 * The characters of a longer base64 text (RFC 4648) that the bytes determine alone when they begin at an offset in a group of three;
 * those that they share with their neighbours are taken off where it is found.
 */
function base64At(bytes: Uint8Array, offset: 0 | 1 | 2): string {
  const length = offset + bytes.length;
  const first = Math.ceil((offset * 8) / 6);
  const end = Math.floor((length * 8) / 6);
  let text = '';
  for (let i = first; i < end; i++) {
    const at = Math.floor((i * 6) / 8) - offset;
    const word = ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
    text += BASE64.charAt((word >> (10 - ((i * 6) % 8))) & 63);
  }
  return text;
}

function base64Patterns(bytes: Uint8Array): Pattern[] {
  return ([0, 1, 2] as const).flatMap((offset) => {
    const plain = base64At(bytes, offset);
    const url = plain.replaceAll('+', '-').replaceAll('/', '_');
    return [...new Set([plain, url])].map((text) => ({ bytes: text, before: offset === 0 ? 0 : 1, after: 1 }) as const);
  });
}

/** What undoing escapes makes of a value that looks escaped itself, as it will in an escaped text. */
function decodings(bytes: Bytes): string[] {
  const all: string[] = [];
  let now: Bytes | undefined = bytes;
  for (let level = 0; level < MAX_NESTING; level++) {
    now = unescaped(now, Number.POSITIVE_INFINITY)?.bytes;
    if (now === undefined) break;
    all.push(binary(now));
  }
  return all;
}

/** Every byte sequence to look for. */
export function patternsOf(value: string): Pattern[] {
  const bytes = encodeUtf8(value);
  const little = utf16(value, true);
  const digits = hex(bytes);
  const exact = [
    binary(bytes),
    ...decodings(bytes),
    binary(little),
    binary(utf16(value, false)),
    digits,
    digits.toUpperCase(),
  ];
  // Forms write a space so (WHATWG URL, application/x-www-form-urlencoded).
  if (value.includes(' ')) exact.push(binary(encodeUtf8(value.replaceAll(' ', '+'))));
  // And read them back so, also where a value was put into a query as it is.
  if (value.includes('+')) {
    const read = encodeUtf8(value.replaceAll('+', ' '));
    exact.push(binary(read), ...decodings(read));
  }
  // UTF-8 that was read as another encoding: header values arrive so, and pages without a charset.
  if (bytes.length > value.length) {
    const latin1 = binary(bytes);
    exact.push(...[latin1, asWindows1252(latin1)].map((text) => binary(encodeUtf8(text))));
  }
  // ISO 8859-1.
  if (bytes.length > value.length && /^[\0-\xff]*$/.test(value)) exact.push(value);
  const all: Pattern[] = [...new Set(exact)].map((text) => ({ bytes: text, before: 0, after: 0 }));
  all.push(...base64Patterns(bytes), ...base64Patterns(little));
  return all.filter((pattern) => pattern.bytes.length >= MIN_SECRET_LENGTH);
}

/** A secret of several lines is also looked for line by line, because logs are. */
function withLines(value: string): string[] {
  const lines = value.split(/\r?\n/).map((line) => line.trim());
  if (lines.length === 1) return [value];
  return [value, ...lines.filter((line) => line.length >= MIN_PIECE_LENGTH && !line.startsWith('-----'))];
}

/** How a value arrives that is trimmed (a header), or goes through a URL (WHATWG: no tab and no line end, `/` for a backslash). */
function normalised(value: string): string[] {
  const flat = value.replace(/[\t\r\n]/g, '');
  return [value.trim(), flat, flat.trim(), flat.replaceAll('\\', '/').trim()];
}

/** Where a value that is put into a URL or a cookie as it is comes apart: parameters (WHATWG URL), fragment, attributes (RFC 6265). */
const SEPARATORS = [/&/, /#/, /[&#]/, /;/] as const;

/** The pieces that a browser and its trace list of such a value, with the name and the value of each parameter. */
function pieces(value: string): string[] {
  const split = SEPARATORS.flatMap((separator) => (separator.test(value) ? value.split(separator) : []));
  const parameters = [value, ...split].flatMap((piece) => {
    const equals = piece.indexOf('=');
    return equals === -1 ? [] : [piece.slice(0, equals), piece.slice(equals + 1)];
  });
  return [...split, ...parameters].map((piece) => piece.trim()).filter((piece) => piece.length >= MIN_PIECE_LENGTH);
}

/** How a value is written once it has gone through a number: without leading zeros, and rounded beyond 2^53. */
function asNumber(value: string): string[] {
  return /^\s*[+-]?\d[\d.]*\s*$/.test(value) && Number.isFinite(Number(value)) ? [String(Math.abs(Number(value)))] : [];
}

/** What is looked for: each value that is long enough, as it is, as a number and as it is normalised on the way, its lines and its pieces. */
export function partsOf(values: Iterable<string>): Set<string> {
  const all = Array.from(values).filter((value) => value.length >= MIN_SECRET_LENGTH);
  const parts = all.flatMap((value) => [
    ...withLines(value),
    ...normalised(value),
    ...asNumber(value),
    ...pieces(value),
  ]);
  return new Set(parts.filter((part) => part.length >= MIN_SECRET_LENGTH));
}
