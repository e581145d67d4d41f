/** Where the patterns of several secrets are in a text: as it is and with its escapes undone, block by block. */
import { MAX_NESTING } from './forms.ts';
import { Matcher, type Pattern } from './matcher.ts';
import { unescaped } from './views.ts';

/** A place in a text, end exclusive. */
export type Span = [start: number, end: number];

/** Bytes that one byte takes in a text that was escaped several times; longer forms may be missed where a text is cut. */
const MAX_ESCAPE = 16;
const BLOCK = 262_144;

const isBase64 = (byte: number | undefined) =>
  byte !== undefined &&
  ((byte >= 0x30 && byte <= 0x39) ||
    (byte >= 0x41 && byte <= 0x5a) ||
    (byte >= 0x61 && byte <= 0x7a) ||
    byte === 0x2b ||
    byte === 0x2d ||
    byte === 0x2f ||
    byte === 0x5f);

/** Finds patterns; see {@link Matcher}. */
export class PatternSet {
  readonly #short = new Matcher(4);
  readonly #long = new Matcher(6);
  /** How many patterns have each length. */
  readonly #lengths = new Map<number, number>();
  #longest = 0;

  get empty(): boolean {
    return this.#short.size + this.#long.size === 0;
  }

  /** No secret takes more bytes than this, in whatever form. */
  get reach(): number {
    return this.#longest * MAX_ESCAPE;
  }

  add(pattern: Pattern): void {
    const { length } = pattern.bytes;
    this.#matcherOf(pattern).add(pattern);
    this.#lengths.set(length, (this.#lengths.get(length) ?? 0) + 1);
    this.#longest = Math.max(this.#longest, length);
  }

  remove(pattern: Pattern): void {
    const { length } = pattern.bytes;
    this.#matcherOf(pattern).remove(pattern);
    const left = (this.#lengths.get(length) ?? 0) - 1;
    if (left > 0) {
      this.#lengths.set(length, left);
      return;
    }
    this.#lengths.delete(length);
    if (length === this.#longest) this.#longest = [...this.#lengths.keys()].reduce((a, b) => Math.max(a, b), 0);
  }

  /** Every place of a secret, in order, merged where they overlap: overlapping secrets leave no rest of either. */
  spans(bytes: Uint8Array): Span[] {
    const found: Span[] = [];
    if (this.empty) return found;
    const size = Math.max(BLOCK, 4 * this.reach);
    for (let end = 0; end < bytes.length; ) {
      const start = Math.max(0, end - this.reach);
      end = Math.min(bytes.length, end + size);
      this.#findIn(bytes.subarray(start, end), start, found);
    }
    return merged(found);
  }

  #findIn(block: Uint8Array, offset: number, found: Span[]): void {
    const maps: Int32Array[] = [];
    let view = block;
    const place = (index: number) => offset + maps.reduceRight((at, map) => map[at] ?? 0, index);
    const note = (start: number, end: number, { before, after }: Pattern) => {
      const from = before === 1 && isBase64(view[start - 1]) ? start - 1 : start;
      const to = after === 1 && isBase64(view[end]) ? end + 1 : end;
      found.push([place(from), place(to)]);
    };
    for (let level = 0; ; level++) {
      this.#short.find(view, note);
      this.#long.find(view, note);
      if (level === MAX_NESTING) return;
      const next = unescaped(view, this.#longest + 1);
      if (next === null) return;
      maps.push(next.starts);
      view = next.bytes;
    }
  }

  #matcherOf({ bytes }: Pattern): Matcher {
    return bytes.length < 6 ? this.#short : this.#long;
  }
}

/** In order, without overlaps. */
export function merged(spans: Span[]): Span[] {
  const out: Span[] = [];
  for (const span of spans.sort((a, b) => a[0] - b[0])) {
    const last = out.at(-1);
    if (last !== undefined && span[0] < last[1]) last[1] = Math.max(last[1], span[1]);
    else out.push(span);
  }
  return out;
}
