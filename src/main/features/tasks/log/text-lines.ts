/** Text that is written piece by piece → log lines that appear while it is written. */
import type { Redactor } from '../../../../contract/kernel/redact/redact.ts';

/** A line without an end is broken at the last space before this length, characters: a paragraph may take minutes to write. */
const WIDTH = 160;
/** Without a space it is broken anywhere once it is so long. */
const MAX_WIDTH = 8 * WIDTH;

/** See {@link createTextLines}. */
export interface TextLines {
  /** Resolves when more can be taken. */
  push(piece: string): Promise<void>;
  /** The text has ended: what is left is a line. */
  end(): Promise<void>;
}

/**
 * @param write takes a line without secrets; resolves when more can be taken
 */
export function createTextLines(redactor: Redactor, write: (line: string) => Promise<void>): TextLines {
  let rest = '';

  /** Where the text can be broken so that no secret is cut in two, or 0. */
  function breakOf(text: string): number {
    const safe = text.length - redactor.reach;
    if (safe < WIDTH) return 0;
    const space = text.lastIndexOf(' ', WIDTH);
    if (space > 0 || safe < MAX_WIDTH) return space + 1;
    // A surrogate pair stays together.
    return /[\uD800-\uDBFF]/.test(text.charAt(MAX_WIDTH - 1)) ? MAX_WIDTH - 1 : MAX_WIDTH;
  }

  return {
    async push(piece) {
      rest += piece;
      for (let end = rest.indexOf('\n'); end !== -1; end = rest.indexOf('\n')) {
        const line = rest.slice(0, end);
        rest = rest.slice(end + 1);
        await write(redactor.text(line));
      }
      if (breakOf(rest) === 0) return;
      rest = redactor.text(rest);
      for (let end = breakOf(rest); end > 0; end = breakOf(rest)) {
        const line = rest.slice(0, end).trimEnd();
        rest = rest.slice(end);
        await write(line);
      }
    },
    async end() {
      if (rest !== '') await write(redactor.text(rest));
      rest = '';
    },
  };
}
