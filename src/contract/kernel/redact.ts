/**
 * Redaction by value: once a secret is known, no text may carry it out, in whatever form it was encoded on the way.
 * Pure ECMAScript, so that the host, the workers and the panel share it.
 */
import type { Problem } from './errors.ts';
import { LONGEST_FORM, MIN_SECRET_LENGTH, partsOf, patternOf, type Span, spansOf } from './secret-forms.ts';

/** What stands where a secret stood. */
export const REDACTED = '[redacted]';

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

/** What finds the known values in a text. */
interface Search {
  /** Null while no value is known. */
  pattern: RegExp | null;
  /** No secret of this search takes more characters than this, whatever its form. */
  reach: number;
}

/** The values that are secret now, counted by who holds them. */
class KnownValues {
  readonly #held = new Map<string, ReadonlySet<string>>();
  /** How many hold each value. */
  readonly #holders = new Map<string, number>();
  #search: Search | null = null;

  constructor(lasting: Iterable<string>) {
    this.#count(partsOf(lasting), 1);
  }

  get size(): number {
    return this.#holders.size;
  }

  has(value: string): boolean {
    return this.#holders.has(value);
  }

  hold(holder: string, values: Iterable<string>): void {
    const parts = partsOf(values);
    // Before the release: what a holder keeps must not make the pattern stale.
    this.#count(parts, 1);
    this.release(holder);
    if (parts.size > 0) this.#held.set(holder, parts);
  }

  release(holder: string): void {
    this.#count(this.#held.get(holder) ?? new Set(), -1);
    this.#held.delete(holder);
  }

  /** Compiled when it is first needed after a change. */
  search(): Search {
    this.#search ??= compile([...this.#holders.keys()]);
    return this.#search;
  }

  #count(parts: ReadonlySet<string>, by: 1 | -1): void {
    for (const part of parts) {
      const holders = (this.#holders.get(part) ?? 0) + by;
      if (holders === 0) this.#holders.delete(part);
      else this.#holders.set(part, holders);
      if (holders === 0 || holders === by) this.#search = null;
    }
  }
}

function compile(values: string[]): Search {
  // Longest first: at one position the alternative that comes first wins.
  values.sort((a, b) => b.length - a.length);
  return {
    pattern: values.length === 0 ? null : patternOf(values),
    reach: (values[0]?.length ?? 0) * LONGEST_FORM,
  };
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

function redactText(input: string, { pattern }: Search): string {
  if (pattern === null || input.length < MIN_SECRET_LENGTH) return input;
  pattern.lastIndex = 0;
  return pattern.test(input) ? cut(input, spansOf(input, pattern)) : input;
}

/** The head of an unfinished line that no secret can reach into any more, redacted, and the rest of the line. */
function splitUnfinished(line: string, { pattern, reach }: Search): [out: string, rest: string] {
  if (line.length <= MAX_HELD + reach) return ['', line];
  const found = pattern === null ? [] : spansOf(line, pattern);
  let safe = line.length - reach;
  for (const [start, end] of found) if (start < safe && end > safe) safe = start;
  const inside = found.filter(([, end]) => end <= safe);
  return [cut(line.slice(0, safe), inside), line.slice(safe)];
}

function createStream(known: KnownValues): RedactStream {
  let rest = '';
  return {
    push(chunk) {
      rest += chunk;
      const lineEnd = rest.lastIndexOf('\n') + 1;
      const lines = redactText(rest.slice(0, lineEnd), known.search());
      const [head, unfinished] = splitUnfinished(rest.slice(lineEnd), known.search());
      rest = unfinished;
      return lines + head;
    },
    flush() {
      const last = redactText(rest, known.search());
      rest = '';
      return last;
    },
  };
}

/**
 * Makes a redactor for the values given, which it never forgets, and for those of its holders.
 *
 * Each value is found as it is, percent-encoded (fully, partly or twice) and form-encoded, JSON-escaped, HTML-escaped, and as
 * base64 or base64url at any offset of a longer encoded text. Not found: hashes, compressed or encrypted forms, a value split
 * by something in between (base64 wrapped at 76 columns), and values under {@link MIN_SECRET_LENGTH} characters.
 */
export function createRedactor(values: Iterable<string> = []): Redactor {
  const known = new KnownValues(values);
  const text = (input: string) => redactText(input, known.search());

  function walk(value: unknown): unknown {
    if (typeof value === 'string') return text(value);
    if (typeof value === 'number') return known.has(String(value)) ? REDACTED : value;
    if (Array.isArray(value)) return value.map(walk);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [text(name), walk(member)]));
  }

  return {
    get empty() {
      return known.size === 0;
    },
    hold: (holder, wanted) => known.hold(holder, wanted),
    release: (holder) => known.release(holder),
    text,
    // The shape stays the same: only strings and member names change.
    json: <T>(value: T): T => (known.size === 0 ? value : (walk(value) as T)),
    stream: () => createStream(known),
  };
}

/** Takes secrets out of a problem; the members that the protocol itself gives meaning to stay as they are. */
export function redactProblem(value: Problem, redactor: Redactor): Problem {
  const { type, title, status, code } = value;
  return { ...redactor.json(value), type, title, status, code };
}
