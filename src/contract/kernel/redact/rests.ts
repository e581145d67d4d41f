/**
 * What is left of a secret where a text was cut before it came here: V8 quotes ten characters on each side of what is not JSON, Playwright shows
 * the first 50 of an element's text, Chromium the ends of an object's members. Each leaves a mark of omission, and beside it a rest of the secret.
 */
import type { Span } from './spans.ts';
import { encodeUtf8 } from './utf8.ts';

/** Least bytes of a rest; fewer would match words that are no rest of anything. */
const LEAST = 8;
const DOT = 0x2e;
/** The ellipsis U+2026 in UTF-8. */
const ELLIPSIS = [0xe2, 0x80, 0xa6] as const;
/** Quotes and the backslashes before them may stand between a rest and the mark: " ' ` \ */
const QUOTES = new Set([0x22, 0x27, 0x60, 0x5c]);
const MAX_QUOTES = 4;

const latin = (bytes: Uint8Array, from: number, to: number) => String.fromCharCode(...bytes.subarray(from, to));

/** How a value stands in messages and addresses. */
function formsOf(value: string): string[] {
  const wellFormed = value.toWellFormed();
  return [value, JSON.stringify(value).slice(1, -1), encodeURI(wellFormed), encodeURIComponent(wellFormed)];
}

/** Finds the rests of some values. */
export class Rests {
  readonly #values: readonly string[];
  #parts: Set<string> | null = null;

  constructor(values: Iterable<string>) {
    this.#values = Array.from(values).filter((value) => value.length > LEAST);
  }

  /** The places of rests, in order. */
  spans(bytes: Uint8Array): Span[] {
    const found: Span[] = [];
    if (this.#values.length === 0) return found;
    for (const [start, end] of marksIn(bytes)) {
      const before = this.#before(bytes, start);
      const after = this.#after(bytes, end);
      if (before !== null) found.push(before);
      if (after !== null) found.push(after);
    }
    return found;
  }

  #before(bytes: Uint8Array, mark: number): Span | null {
    let end = mark;
    while (mark - end < MAX_QUOTES && QUOTES.has(bytes[end - 1] ?? 0) && !this.#has(bytes, end - LEAST)) end -= 1;
    let start = end;
    while (this.#has(bytes, start === end ? end - LEAST : start - 1)) start = start === end ? end - LEAST : start - 1;
    return start === end ? null : [start, end];
  }

  #after(bytes: Uint8Array, mark: number): Span | null {
    let start = mark;
    while (start - mark < MAX_QUOTES && QUOTES.has(bytes[start] ?? 0) && !this.#has(bytes, start)) start += 1;
    let end = start;
    while (this.#has(bytes, end === start ? start : end - LEAST + 1)) end = end === start ? start + LEAST : end + 1;
    return start === end ? null : [start, end];
  }

  /** Whether the {@link LEAST} bytes from a place are a part of a value. */
  #has(bytes: Uint8Array, at: number): boolean {
    if (at < 0 || at + LEAST > bytes.length) return false;
    this.#parts ??= this.#partsOfAll();
    return this.#parts.has(latin(bytes, at, at + LEAST));
  }

  /** Made when the first mark is met: most texts have none. */
  #partsOfAll(): Set<string> {
    const parts = new Set<string>();
    for (const form of new Set(this.#values.flatMap(formsOf))) {
      const bytes = encodeUtf8(form);
      for (let at = 0; at + LEAST <= bytes.length; at++) parts.add(latin(bytes, at, at + LEAST));
    }
    return parts;
  }
}

/** Ellipses, and runs of three dots or more. */
function* marksIn(bytes: Uint8Array): Generator<Span, void> {
  const [lead, second, third] = ELLIPSIS;
  let dot = bytes.indexOf(DOT);
  let ellipsis = bytes.indexOf(lead);
  while (dot !== -1 || ellipsis !== -1) {
    if (ellipsis === -1 || (dot !== -1 && dot < ellipsis)) {
      let end = dot + 1;
      while (bytes[end] === DOT) end += 1;
      if (end - dot >= 3) yield [dot, end];
      dot = bytes.indexOf(DOT, end);
    } else {
      if (bytes[ellipsis + 1] === second && bytes[ellipsis + 2] === third) yield [ellipsis, ellipsis + 3];
      ellipsis = bytes.indexOf(lead, ellipsis + 1);
    }
  }
}
