/**
 * Redaction by value: once a secret is known, no text may carry it out, in whatever form it was encoded on the way. Pure ECMAScript,
 * so that the host, the workers and the panel share it.
 */
import { MIN_SECRET_LENGTH, partsOf, patternsOf } from './forms.ts';
import type { Pattern } from './matcher.ts';
import { Rests } from './rests.ts';
import { merged, PatternSet, type Span } from './spans.ts';
import {
  createByteStream,
  createTextStream,
  type Finder,
  type RedactByteStream,
  type RedactStream,
  type StreamPace,
} from './stream.ts';
import { encodeBriefly, encodeUtf8, rangesInText } from './utf8.ts';

/** What stands where a secret stood. */
export const REDACTED = '[redacted]';

/** Replaces known secret values, see {@link createRedactor}. */
export interface Redactor {
  /** True while no value is known: every method then returns its argument. */
  readonly empty: boolean;
  /** No secret takes more bytes than this, in whatever form. */
  readonly reach: number;
  /**
   * Sets the values of one holder in place of those it had. A value stays known while at least one holder has it. Values under
   * {@link MIN_SECRET_LENGTH} characters are ignored.
   */
  hold(holder: string, values: Iterable<string>): void;
  /** Forgets every value that only this holder has. Without effect when it holds none. */
  release(holder: string): void;
  text(text: string): string;
  /** Redacts text in any encoding that keeps ASCII; answers the same array when there is no secret in it. */
  bytes(bytes: Uint8Array): Uint8Array;
  /** Redacts every string and every member name; a number in whose digits a secret stands becomes the marker. */
  json<T>(value: T): T;
  /** For text that arrives in pieces; by `lines` when nothing is said, as a log is followed. */
  stream(pace?: StreamPace): RedactStream;
  byteStream(): RedactByteStream;
}

/** One value that is secret. */
interface Known {
  holders: number;
  readonly patterns: readonly Pattern[];
}

/** The values that are secret now, counted by who holds them. */
class KnownValues {
  readonly patterns = new PatternSet();
  readonly #held = new Map<string, ReadonlySet<string>>();
  readonly #values = new Map<string, Known>();

  /** Of the lasting values only: those of holders were redacted where they were used. */
  readonly #rests: Rests;

  constructor(lasting: readonly string[]) {
    this.#rests = new Rests(lasting);
    this.#take(partsOf(lasting));
  }

  /** Every place of a value, or of what is left of one, in order. */
  spans(bytes: Uint8Array): Span[] {
    const whole = this.patterns.spans(bytes);
    const rests = this.#rests.spans(bytes);
    return rests.length === 0 ? whole : merged([...whole, ...rests]);
  }

  hold(holder: string, values: Iterable<string>): void {
    const parts = partsOf(values);
    // Before the release: what a holder keeps is not taken out and put in again.
    this.#take(parts);
    this.release(holder);
    if (parts.size > 0) this.#held.set(holder, parts);
  }

  release(holder: string): void {
    for (const part of this.#held.get(holder) ?? []) {
      const known = this.#values.get(part);
      if (known === undefined) continue;
      known.holders -= 1;
      if (known.holders > 0) continue;
      this.#values.delete(part);
      for (const pattern of known.patterns) this.patterns.remove(pattern);
    }
    this.#held.delete(holder);
  }

  #take(parts: ReadonlySet<string>): void {
    for (const part of parts) {
      const known = this.#values.get(part);
      if (known !== undefined) {
        known.holders += 1;
        continue;
      }
      const patterns = patternsOf(part);
      this.#values.set(part, { holders: 1, patterns });
      for (const pattern of patterns) this.patterns.add(pattern);
    }
  }
}

function textFinder(known: KnownValues): Finder<string> {
  const { patterns } = known;
  return {
    find(text) {
      if (patterns.empty || text.length < MIN_SECRET_LENGTH) return [];
      const spans = known.spans(encodeBriefly(text));
      return spans.length === 0 ? spans : rangesInText(text, spans);
    },
    cut(text, places) {
      let out = '';
      let from = 0;
      for (const [start, end] of places) {
        out += text.slice(from, start) + REDACTED;
        from = end;
      }
      return out + text.slice(from);
    },
    reach: () => patterns.reach,
  };
}

function byteFinder(known: KnownValues): Finder<Uint8Array> {
  const { patterns } = known;
  const marker = encodeUtf8(REDACTED);
  return {
    find: (bytes) => known.spans(bytes),
    cut(bytes, places) {
      if (places.length === 0) return bytes;
      const gone = places.reduce((sum, [start, end]) => sum + end - start, 0);
      const out = new Uint8Array(bytes.length - gone + places.length * marker.length);
      let at = 0;
      let from = 0;
      for (const [start, end] of places) {
        out.set(bytes.subarray(from, start), at);
        at += start - from;
        out.set(marker, at);
        at += marker.length;
        from = end;
      }
      out.set(bytes.subarray(from), at);
      return out;
    },
    reach: () => patterns.reach,
  };
}

/**
 * Makes a redactor for the values given, which it never forgets, and for those of its holders. Its work is linear in the text,
 * however many values it knows.
 *
 * Each value is found as it is (UTF-8, UTF-16, ISO 8859-1), with any of its characters percent-encoded, form-encoded or escaped as in
 * JSON or HTML, up to four times over, as hexadecimal digits, and as base64 or base64url at any offset of a longer encoded text, of
 * UTF-8 and of UTF-16. Of the values given, what is left beside a mark of omission (`…`, `...`) is found as well, from 8 bytes on. Not found: hashes, compressed or encrypted forms, a value split by something in between (base64 wrapped at
 * 76 columns), and values under {@link MIN_SECRET_LENGTH} characters.
 */
export function createRedactor(values: Iterable<string> = []): Redactor {
  const known = new KnownValues(Array.from(values));
  const inText = textFinder(known);
  const inBytes = byteFinder(known);
  const text = (input: string) => {
    const places = inText.find(input);
    return places.length === 0 ? input : inText.cut(input, places);
  };

  /** A number as JSON writes it, and its digits alone: arithmetic may have added a sign, a fraction, zeros or an exponent. */
  function hidesInNumber(value: number): boolean {
    const written = String(value);
    const [mantissa = ''] = written.split('e');
    const digits = mantissa.replace('.', '');
    return inText.find(written).length > 0 || (digits !== written && inText.find(digits).length > 0);
  }

  function walk(value: unknown): unknown {
    if (typeof value === 'string') return text(value);
    if (typeof value === 'number') return hidesInNumber(value) ? REDACTED : value;
    if (Array.isArray(value)) return value.map(walk);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [text(name), walk(member)]));
  }

  return {
    get empty() {
      return known.patterns.empty;
    },
    get reach() {
      return known.patterns.reach;
    },
    hold: (holder, wanted) => known.hold(holder, wanted),
    release: (holder) => known.release(holder),
    text,
    bytes: (input) => inBytes.cut(input, inBytes.find(input)),
    // The shape stays the same: only strings and member names change.
    json: <T>(value: T): T => (known.patterns.empty ? value : (walk(value) as T)),
    stream: (pace = 'lines') => createTextStream(inText, pace),
    byteStream: () => createByteStream(inBytes),
  };
}
