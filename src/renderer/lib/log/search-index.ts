/** The text of the lines that a viewer holds, for finding lines in it. */
import { stripAnsi } from './ansi.ts';
import type { LogRow } from './ring.ts';

/** One line as it is searched: its text without colours, and its structured data. */
export type SearchLine = Pick<LogRow, 'seq' | 'text' | 'data'>;

const searchable = ({ text, data }: SearchLine): string =>
  (data === null ? stripAnsi(text) : `${stripAnsi(text)} ${JSON.stringify(data)}`).toLowerCase();

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
      for (const line of lines) texts.set(line.seq, searchable(line));
      for (const seq of texts.keys()) if (seq < first || seq > last) texts.delete(seq);
    },
    clear: () => texts.clear(),
    find: (q) => {
      const wanted = q.toLowerCase();
      return [...texts].flatMap(([seq, text]) => (text.includes(wanted) ? [seq] : [])).sort((a, b) => a - b);
    },
  };
}
