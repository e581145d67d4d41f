/** Redaction of a text or of bytes that arrive in pieces: a secret that is split over them is found. */

/** A place, end exclusive. */
type Range = readonly [start: number, end: number];

/** What finds secrets. */
export interface Finder<T> {
  /** Every place of a secret, in order. */
  find(whole: T): readonly Range[];
  /** `whole` without the places. */
  cut(whole: T, places: readonly Range[]): T;
  /** No secret is longer than this, in whatever form. */
  reach(): number;
}

/** Least that is kept of a text without line ends, characters or bytes. */
const MAX_HELD = 65_536;

/** The end of the head that no secret can reach into any more; 0 while it is not worth a search. */
function safeEnd(length: number, reach: number): number {
  return length > MAX_HELD + 2 * reach ? length - reach : 0;
}

/** Redacts the head of `whole` that no secret can reach into any more. */
function splitHead<T extends { length: number; slice(from: number, to?: number): T }>(
  whole: T,
  finder: Finder<T>,
): { head: T; rest: T; found: boolean } {
  let safe = safeEnd(whole.length, finder.reach());
  const places = safe === 0 ? [] : finder.find(whole);
  for (const [start, end] of places) if (start < safe && end > safe) safe = start;
  const inside = places.filter(([, end]) => end <= safe);
  return { head: finder.cut(whole.slice(0, safe), inside), rest: whole.slice(safe), found: inside.length > 0 };
}

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

/** How a stream passes text on: complete lines at once, or what no secret can reach into any more. */
export type StreamPace = 'lines' | 'whole';

/** @param pace `whole` also finds secrets of several lines */
export function createTextStream(finder: Finder<string>, pace: StreamPace): RedactStream {
  const redact = (text: string) => finder.cut(text, finder.find(text));
  let rest = '';
  return {
    push(chunk) {
      rest += chunk;
      const lineEnd = pace === 'lines' ? rest.lastIndexOf('\n') + 1 : 0;
      const lines = redact(rest.slice(0, lineEnd));
      const { head, rest: unfinished } = splitHead(rest.slice(lineEnd), finder);
      rest = unfinished;
      return lines + head;
    },
    flush() {
      const last = redact(rest);
      rest = '';
      return last;
    },
  };
}

/** Redacts bytes that arrive in pieces, see {@link RedactStream}. */
export interface RedactByteStream {
  push(chunk: Uint8Array): Uint8Array;
  flush(): Uint8Array;
  /** True when what was given back so far had secrets. */
  readonly found: boolean;
}

export function createByteStream(finder: Finder<Uint8Array>): RedactByteStream {
  let rest = new Uint8Array(0);
  let found = false;
  return {
    get found() {
      return found;
    },
    push(chunk) {
      const whole = new Uint8Array(rest.length + chunk.length);
      whole.set(rest);
      whole.set(chunk, rest.length);
      const split = splitHead<Uint8Array>(whole, finder);
      rest = new Uint8Array(split.rest);
      found ||= split.found;
      return split.head;
    },
    flush() {
      const places = finder.find(rest);
      found ||= places.length > 0;
      const last = finder.cut(rest, places);
      rest = new Uint8Array(0);
      return last;
    },
  };
}
