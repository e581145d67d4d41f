/**
 * Redaction by value: once a secret is known, no text may carry it out, in whatever form it was encoded on the way.
 * Pure ECMAScript, so that the host, the workers and the panel share it.
 */
import type { Problem } from './errors.ts';
import type { Json } from './scalars.ts';

/** What stands where a secret stood. */
export const REDACTED = '[redacted]';

/** Values shorter than this are not redacted: they would match everywhere and protect nothing. */
export const MIN_SECRET_LENGTH = 4;

/** Redacts a text that arrives in pieces. */
export interface RedactStream {
  /**
   * Takes the next piece and gives back what is safe to pass on. Complete lines leave at once; an unfinished line is kept
   * until its end, or until it is so long that its head cannot be part of a secret any more.
   */
  push(chunk: string): string;
  /** Gives back what was kept. */
  flush(): string;
}

/** Replaces known secret values, see {@link createRedactor}. */
export interface Redactor {
  /** True while no value is known: every method then returns its argument. */
  readonly empty: boolean;
  /**
   * Sets the values of one holder in place of those it had. A value stays known while at least one holder has it. Values under
   * {@link MIN_SECRET_LENGTH} characters are ignored.
   */
  hold(holder: string, values: Iterable<string>): void;
  /** Forgets every value that only this holder has. Without effect when it holds none. */
  release(holder: string): void;
  text(text: string): string;
  /** Redacts every string and every member name; a number that *is* a secret becomes the marker. */
  json<T>(value: T): T;
  stream(): RedactStream;
}

/** Longest unfinished line that {@link RedactStream} keeps, characters. */
const MAX_HELD = 65_536;
/** No form of a character is longer than this many characters (a doubly percent-encoded code point of four bytes). */
const LONGEST_FORM = 32;

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
 * taken off by {@link widen}.
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
function partsOf(values: Iterable<string>): Set<string> {
  return new Set(Array.from(values).flatMap((value) => (value.length < MIN_SECRET_LENGTH ? [] : withLines(value))));
}

/** Finds every form of the values, the longest first; group 1 is base64 that begins with the value, group 2 at another offset. */
function patternOf(values: readonly string[]): RegExp {
  const plain = values.map((value) => Array.from(value, characterPattern).join(''));
  const encoded = values.map(base64Patterns);
  const aligned = encoded.map(([first]) => first);
  const shifted = encoded.flatMap(([, second, third]) => [second, third]);
  return new RegExp(`${plain.join('|')}|(${aligned.join('|')})|(${shifted.join('|')})`, 'g');
}

/** A place in a text, end exclusive. */
type Span = [start: number, end: number];

/**
 * Makes a redactor for the values given, which it never forgets, and for those of its holders.
 *
 * Each value is found as it is, percent-encoded (fully, partly or twice) and form-encoded, JSON-escaped, HTML-escaped, and as
 * base64 or base64url at any offset of a longer encoded text. Not found: hashes, compressed or encrypted forms, a value split
 * by something in between (base64 wrapped at 76 columns), and values under {@link MIN_SECRET_LENGTH} characters.
 */
export function createRedactor(values: Iterable<string> = []): Redactor {
  const lasting = partsOf(values);
  const held = new Map<string, ReadonlySet<string>>();
  /** How many hold each value. */
  const known = new Map<string, number>();
  let pattern: RegExp | null = null;
  let longest = 0;
  let stale = false;

  function count(parts: ReadonlySet<string>, by: 1 | -1): void {
    for (const part of parts) {
      const holders = (known.get(part) ?? 0) + by;
      if (holders === 0) known.delete(part);
      else known.set(part, holders);
      if (holders === 0 || holders === by) stale = true;
    }
  }

  function release(holder: string): void {
    count(held.get(holder) ?? new Set(), -1);
    held.delete(holder);
  }

  function hold(holder: string, wanted: Iterable<string>): void {
    const parts = partsOf(wanted);
    count(parts, 1);
    release(holder);
    if (parts.size > 0) held.set(holder, parts);
  }

  function compile(): RegExp | null {
    if (!stale) return pattern;
    stale = false;
    // Longest first: at one position the alternative that comes first wins.
    const sorted = [...known.keys()].sort((a, b) => b.length - a.length);
    longest = sorted[0]?.length ?? 0;
    pattern = sorted.length === 0 ? null : patternOf(sorted);
    return pattern;
  }

  /** Takes in the base64 characters at the edges that carry some bits of the value. */
  function widen(text: string, match: RegExpExecArray): Span {
    let start = match.index;
    let end = start + match[0].length;
    if (match[1] === undefined && match[2] === undefined) return [start, end];
    if (match[2] !== undefined && start > 0 && BASE64_CHARACTER.test(text.charAt(start - 1))) start -= 1;
    if (end < text.length && BASE64_CHARACTER.test(text.charAt(end))) end += 1;
    return [start, end];
  }

  /** Every place of a secret, merged where they touch; overlapping secrets leave no rest of either. */
  function spans(text: string, regexp: RegExp): Span[] {
    const found: Span[] = [];
    regexp.lastIndex = 0;
    for (let match = regexp.exec(text); match !== null; match = regexp.exec(text)) {
      const span = widen(text, match);
      const last = found.at(-1);
      if (last !== undefined && span[0] < last[1]) last[1] = Math.max(last[1], span[1]);
      else found.push(span);
      regexp.lastIndex = match.index + 1;
    }
    return found;
  }

  function cut(text: string, found: readonly Span[]): string {
    let out = '';
    let from = 0;
    for (const [start, end] of found) {
      out += text.slice(from, start) + REDACTED;
      from = end;
    }
    return out + text.slice(from);
  }

  function text(input: string): string {
    const regexp = compile();
    if (regexp === null || input.length < MIN_SECRET_LENGTH) return input;
    regexp.lastIndex = 0;
    if (!regexp.test(input)) return input;
    return cut(input, spans(input, regexp));
  }

  function walk(value: unknown): unknown {
    if (typeof value === 'string') return text(value);
    if (typeof value === 'number') return known.has(String(value)) ? REDACTED : value;
    if (Array.isArray(value)) return value.map(walk);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [text(name), walk(member)]));
  }

  function stream(): RedactStream {
    let rest = '';
    return {
      push(chunk) {
        rest += chunk;
        const lineEnd = rest.lastIndexOf('\n') + 1;
        let out = text(rest.slice(0, lineEnd));
        rest = rest.slice(lineEnd);
        const regexp = compile();
        const reach = longest * LONGEST_FORM;
        if (rest.length <= MAX_HELD + reach) return out;
        const found = regexp === null ? [] : spans(rest, regexp);
        let safe = rest.length - reach;
        for (const [start, end] of found) if (start < safe && end > safe) safe = start;
        out += cut(
          rest.slice(0, safe),
          found.filter(([, end]) => end <= safe),
        );
        rest = rest.slice(safe);
        return out;
      },
      flush() {
        const last = text(rest);
        rest = '';
        return last;
      },
    };
  }

  count(lasting, 1);
  return {
    get empty() {
      return known.size === 0;
    },
    hold,
    release,
    text,
    // The shape stays the same: only strings and member names change.
    json: <T>(value: T): T => (known.size === 0 ? value : (walk(value) as T)),
    stream,
  };
}

/** Takes secrets out of a problem; the members that the protocol itself gives meaning to stay as they are. */
export function redactProblem(value: Problem, redactor: Redactor): Problem {
  const { type, title, status, code } = value;
  return { ...redactor.json(value), type, title, status, code };
}

/**
 * The strings of an input that are secret, by its JSON Schema: properties with `"format": "password"` or `"writeOnly": true`,
 * at any depth of `properties` and `items`. Numbers count in their decimal form.
 */
export function secretsOf(schema: Json | undefined, input: Json | undefined): string[] {
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema) || input === undefined || input === null)
    return [];
  if (schema.format === 'password' || schema.writeOnly === true) return leaves(input);
  if (Array.isArray(input)) return input.flatMap((item) => secretsOf(schema.items, item));
  if (typeof input !== 'object') return [];
  const properties = schema.properties;
  if (typeof properties !== 'object' || properties === null || Array.isArray(properties)) return [];
  return Object.entries(properties).flatMap(([name, member]) =>
    Object.hasOwn(input, name) ? secretsOf(member, input[name]) : [],
  );
}

function leaves(value: Json): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value === 'number') return [String(value)];
  if (Array.isArray(value)) return value.flatMap(leaves);
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(leaves) : [];
}
