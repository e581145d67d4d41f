/** Every form in which a secret may be written into a text, as one regular expression, and where it matches. */

/** Shorter values are not redacted: they would match almost any text. */
export const MIN_SECRET_LENGTH = 4;
/** No form of a character is longer than this many characters (a doubly percent-encoded code point of four bytes). */
export const LONGEST_FORM = 32;

const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const BASE64_CHARACTER = /[A-Za-z0-9+/_-]/;
const HTML_NAMES: Record<string, string> = { '&': 'amp', '<': 'lt', '>': 'gt', '"': 'quot', "'": 'apos' };

/** UTF-8 bytes of a code point (RFC 3629); lone surrogates become U+FFFD as in every encoder. */
function utf8(codePoint: number): number[] {
  const c = codePoint >= 0xd800 && codePoint <= 0xdfff ? 0xfffd : codePoint;
  if (c < 0x80) return [c];
  if (c < 0x800) return [0xc0 | (c >> 6), 0x80 | (c & 63)];
  if (c < 0x10000) return [0xe0 | (c >> 12), 0x80 | ((c >> 6) & 63), 0x80 | (c & 63)];
  return [0xf0 | (c >> 18), 0x80 | ((c >> 12) & 63), 0x80 | ((c >> 6) & 63), 0x80 | (c & 63)];
}

const hex = (n: number, width: number) => n.toString(16).padStart(width, '0');
/** Hexadecimal digits in either case. */
const anyCase = (digits: string) => digits.replace(/[a-f]/g, (d) => `[${d}${d.toUpperCase()}]`);
const literal = (text: string) => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');

/** Pattern of one character in any mix of plain, percent, form, JSON and HTML encoding. */
function characterPattern(character: string): string {
  if (/[A-Za-z0-9_]/.test(character)) return character;
  const codePoint = character.codePointAt(0) ?? 0;
  const percent = utf8(codePoint)
    .map((byte) => `%(?:25){0,2}${anyCase(hex(byte, 2))}`)
    .join('');
  const units = Array.from({ length: character.length }, (_, i) => character.charCodeAt(i));
  const forms = [literal(character), percent, units.map((unit) => `\\\\{1,4}u${anyCase(hex(unit, 4))}`).join('')];
  if (character === ' ') forms.push('\\+');
  if (character === '"' || character === '/') forms.push(`\\\\{1,4}${literal(character)}`);
  if (character === '\\') forms.unshift('\\\\{2,8}');
  const short = { '\n': 'n', '\r': 'r', '\t': 't', '\b': 'b', '\f': 'f' }[character];
  if (short !== undefined) forms.push(`\\\\{1,4}${short}`);
  const entity = HTML_NAMES[character];
  if (entity !== undefined) forms.push(`&(?:${entity}|#0?${codePoint}|#[xX]${anyCase(hex(codePoint, 2))});`);
  return `(?:${forms.join('|')})`;
}

/**
 * Patterns of a value inside a longer base64 or base64url text (RFC 4648), one for each of the three positions its first byte
 * can have in a group. Only characters that the value determines alone are named; those it shares with its neighbours are
 * taken off by {@link spansOf}.
 */
function base64Patterns(value: string): string[] {
  const bytes = Array.from(value).flatMap((character) => utf8(character.codePointAt(0) ?? 0));
  return [0, 1, 2].map((offset) => {
    const padded = [...new Array<number>(offset).fill(0), ...bytes];
    const first = Math.ceil((offset * 8) / 6);
    const end = Math.floor((padded.length * 8) / 6);
    let pattern = '';
    for (let i = first; i < end; i++) {
      const at = Math.floor((i * 6) / 8);
      const word = ((padded[at] ?? 0) << 8) | (padded[at + 1] ?? 0);
      const character = BASE64.charAt((word >> (10 - ((i * 6) % 8))) & 63);
      if (character === '+') pattern += '(?:[+-]|%2[Bb])';
      else if (character === '/') pattern += '(?:[/_]|\\\\\\/|%2[Ff])';
      else pattern += character;
    }
    return pattern;
  });
}

/** A secret of several lines is also looked for line by line, because logs are. */
function withLines(value: string): string[] {
  const lines = value.split(/\r?\n/).map((line) => line.trim());
  if (lines.length === 1) return [value];
  return [value, ...lines.filter((line) => line.length >= 8 && !line.startsWith('-----'))];
}

/** What is looked for: each value that is long enough, and its lines. */
export function partsOf(values: Iterable<string>): Set<string> {
  return new Set(Array.from(values).flatMap((value) => (value.length < MIN_SECRET_LENGTH ? [] : withLines(value))));
}

/** Finds every form of the values, the longest first; group 1 is base64 that begins with the value, group 2 at another offset. */
export function patternOf(values: readonly string[]): RegExp {
  const plain = values.map((value) => Array.from(value, characterPattern).join(''));
  const encoded = values.map(base64Patterns);
  const aligned = encoded.map(([first]) => first);
  const shifted = encoded.flatMap(([, second, third]) => [second, third]);
  return new RegExp(`${plain.join('|')}|(${aligned.join('|')})|(${shifted.join('|')})`, 'g');
}

/** A place in a text, end exclusive. */
export type Span = [start: number, end: number];

/** Takes in the base64 characters at the edges that carry some bits of the value. */
function widen(text: string, match: RegExpExecArray): Span {
  let start = match.index;
  let end = start + match[0].length;
  if (match[1] === undefined && match[2] === undefined) return [start, end];
  if (match[2] !== undefined && start > 0 && BASE64_CHARACTER.test(text.charAt(start - 1))) start -= 1;
  if (end < text.length && BASE64_CHARACTER.test(text.charAt(end))) end += 1;
  return [start, end];
}

/** Every place that a pattern of {@link patternOf} finds, merged where they overlap: overlapping secrets leave no rest of either. */
export function spansOf(text: string, pattern: RegExp): Span[] {
  const found: Span[] = [];
  pattern.lastIndex = 0;
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    const span = widen(text, match);
    const last = found.at(-1);
    if (last !== undefined && span[0] < last[1]) last[1] = Math.max(last[1], span[1]);
    else found.push(span);
    pattern.lastIndex = match.index + 1;
  }
  return found;
}
