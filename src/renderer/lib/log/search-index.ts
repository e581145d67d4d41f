/** The text of the lines that a viewer holds, for finding lines in it. */

/** One line as it is searched. */
export interface SearchLine {
  seq: number;
  text: string;
}

export interface SearchIndex {
  /** Adds lines, and forgets those that are no longer between `first` and `last`. */
  keep(first: number, last: number, lines: readonly SearchLine[]): void;
  clear(): void;
  /** Sequence numbers of the lines that contain `q` in upper or lower case, ascending. */
  find(q: string): number[];
}

/** Creates an empty index. */
export function createSearchIndex(): SearchIndex {
  const texts = new Map<number, string>();
  return {
    keep: (first, last, lines) => {
      for (const { seq, text } of lines) texts.set(seq, text.toLowerCase());
      for (const seq of texts.keys()) if (seq < first || seq > last) texts.delete(seq);
    },
    clear: () => texts.clear(),
    find: (q) => {
      const wanted = q.toLowerCase();
      return [...texts].flatMap(([seq, text]) => (text.includes(wanted) ? [seq] : [])).sort((a, b) => a - b);
    },
  };
}
