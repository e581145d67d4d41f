/** ANSI colour sequences (ECMA-48 SGR) as spans of text with names of styles; everything else that is invisible is removed. */

/** A run of text in one style. */
export interface AnsiSpan {
  text: string;
  /** Names of its styles: `color0` to `color7`, `bold`, `dim`, `italic`, `underline`; empty for plain text. */
  styles: readonly string[];
}

interface Style {
  color: number | null;
  bold: boolean;
  dim: boolean;
  italic: boolean;
  underline: boolean;
}

const PLAIN: Style = { color: null, bold: false, dim: false, italic: false, underline: false };
const ESCAPE = '\u001b';
// CSI sequences, OSC sequences up to BEL or ST, and two-character escapes.
const SEQUENCE = /\u001b(?:\[([0-9:;<=>?]*)[ -/]*([@-~])|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[@-Z\\-_])/g;
// C0 controls but tab and line feed.
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f]/g;

function namesOf(style: Style): string[] {
  return [
    style.color === null ? null : `color${style.color}`,
    style.bold ? 'bold' : null,
    style.dim ? 'dim' : null,
    style.italic ? 'italic' : null,
    style.underline ? 'underline' : null,
  ].filter((name) => name !== null);
}

function apply(style: Style, codes: number[]): Style {
  let next = style;
  for (let index = 0; index < codes.length; index += 1) {
    const code = codes[index] ?? 0;
    if (code === 0) next = PLAIN;
    else if (code === 1) next = { ...next, bold: true };
    else if (code === 2) next = { ...next, dim: true };
    else if (code === 3) next = { ...next, italic: true };
    else if (code === 4) next = { ...next, underline: true };
    else if (code === 22) next = { ...next, bold: false, dim: false };
    else if (code === 23) next = { ...next, italic: false };
    else if (code === 24) next = { ...next, underline: false };
    else if (code >= 30 && code <= 37) next = { ...next, color: code - 30 };
    else if (code >= 90 && code <= 97) next = { ...next, color: code - 90 };
    else if (code === 39) next = { ...next, color: null };
    else if (code === 38 || code === 48) {
      // 256 colours and true colour are told apart by their next parameter; only the basic eight are shown.
      const palette = codes[index + 2] ?? 0;
      if (code === 38 && codes[index + 1] === 5 && palette < 16) next = { ...next, color: palette % 8 };
      index += codes[index + 1] === 2 ? 4 : 2;
    }
  }
  return next;
}

/** Spans of one line; what comes after them has the style of the last one. */
const MAX_SPANS = 100;

/** Splits one line into spans. Never yields markup: the text is text. */
export function parseAnsi(line: string): AnsiSpan[] {
  if (!line.includes(ESCAPE)) {
    const text = line.replaceAll(CONTROL, '');
    return text === '' ? [] : [{ text, styles: [] }];
  }
  const spans: AnsiSpan[] = [];
  let style = PLAIN;
  let from = 0;
  const add = (raw: string) => {
    const text = raw.replaceAll(CONTROL, '');
    if (text === '') return;
    const styles = namesOf(style);
    const last = spans.at(-1);
    const isSame = spans.length === MAX_SPANS || last?.styles.join() === styles.join();
    if (last !== undefined && isSame) last.text += text;
    else spans.push({ text, styles });
  };
  for (const match of line.matchAll(SEQUENCE)) {
    add(line.slice(from, match.index));
    from = match.index + match[0].length;
    if (match[2] === 'm') style = apply(style, (match[1] ?? '').split(/[;:]/).map(Number));
  }
  add(line.slice(from));
  return spans;
}

/** Text without any sequence, for copying and searching; line ends stay. */
export const stripAnsi = (text: string): string => text.replaceAll(SEQUENCE, '').replaceAll(CONTROL, '');
