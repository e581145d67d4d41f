/**
 * Where each token is in the text. Tokenizers say it only of the text that they have normalized, so what is read is compared with the text, letter by
 * letter, both as the vocabulary writes them: small letters, no accents, bytes, whatever the files ask for.
 */
import type { TextTokenizer } from '../tokenizer.ts';

/** UTF-16 units of the text. */
export interface Span {
  start: number;
  end: number;
}

/** Text that has been read. */
export interface ReadText {
  ids: number[];
  spans: Span[];
}

/** Longer words are cut, so that reading one takes no long time. */
const MAX_WORD = 2000;
const WORDS = new RegExp(`\\s+|\\S{1,${MAX_WORD}}`, 'gu');
/** Spaces before a word that its tokens may depend on. */
const MAX_SPACES = 64;
const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** The text as the vocabulary writes it, and of which letter each byte is. */
interface Written {
  bytes: Buffer;
  letters: Span[];
  letterOf: number[];
}

function written(piece: string, offset: number, writeLetter: (letter: string) => Buffer): Written {
  const letters: Span[] = [];
  const letterOf: number[] = [];
  const parts: Buffer[] = [];
  for (const { segment, index } of graphemes.segment(piece)) {
    const bytes = writeLetter(segment);
    parts.push(bytes);
    for (let at = 0; at < bytes.length; at++) letterOf.push(letters.length);
    letters.push({ start: offset + index, end: offset + index + segment.length });
  }
  return { bytes: Buffer.concat(parts), letters, letterOf };
}

/** From the letter of byte `from` to that of the byte before `to`. */
function spanOf({ letters, letterOf }: Written, from: number, to: number): Span {
  const start = letters[letterOf[from] ?? letters.length - 1];
  if (to <= from) {
    const at = letterOf[from] === undefined ? (start?.end ?? 0) : (start?.start ?? 0);
    return { start: at, end: at };
  }
  return { start: start?.start ?? 0, end: letters[letterOf[to - 1] ?? 0]?.end ?? 0 };
}

/** Places of the tokens of one piece. A token that stands for unknown letters has all those that its neighbours leave. */
function place(text: Written, surfaces: readonly (Buffer | null)[]): Span[] {
  const spans: Span[] = [];
  const { bytes } = text;
  let at = 0;
  let unknown = 0;
  const fill = (to: number) => {
    for (; unknown > 0; unknown--) spans.push(spanOf(text, at, to));
  };
  for (const surface of surfaces) {
    const found = surface === null ? -1 : bytes.indexOf(surface, at);
    if (surface === null || found < 0) {
      unknown += 1;
      continue;
    }
    fill(found);
    at = found + surface.length;
    spans.push(spanOf(text, found, at));
  }
  fill(bytes.length);
  return spans;
}

/** Words with the spaces before them; the last one has those behind it too. No token of any vocabulary reaches from one to the next. */
function* piecesOf(text: string): Generator<Span> {
  let piece: Span | null = null;
  let spaces: Span = { start: 0, end: 0 };
  for (const { 0: word, index } of text.matchAll(WORDS)) {
    const end = index + word.length;
    if (word.trim() === '') {
      spaces = { start: index, end };
      continue;
    }
    if (piece !== null) yield piece;
    piece = { start: spaces.end === index ? Math.max(spaces.start, index - MAX_SPACES) : index, end };
  }
  const { start, end } = piece ?? spaces;
  if (text !== '') yield { start, end: Math.min(text.length, end + MAX_SPACES) };
}

/**
 * Reads a text. Names of control tokens in it stay text.
 * @param pause is awaited between words
 */
export async function readText(
  tokenizer: Pick<TextTokenizer, 'tokensOf' | 'write'>,
  text: string,
  pause: () => Promise<void>,
): Promise<ReadText> {
  const known = new Map<string, Buffer>();
  const writeLetter = (letter: string) => {
    const before = known.get(letter);
    if (before !== undefined) return before;
    const bytes = tokenizer.write(letter);
    if (known.size < 10_000) known.set(letter, bytes);
    return bytes;
  };
  const read: ReadText = { ids: [], spans: [] };
  for (const { start, end } of piecesOf(text)) {
    await pause();
    const piece = text.slice(start, end);
    const tokens = tokenizer.tokensOf(piece);
    const spans = place(
      written(piece, start, writeLetter),
      tokens.map(({ surface }) => surface),
    );
    for (const { id } of tokens) read.ids.push(id);
    for (const span of spans) read.spans.push(span);
  }
  return read;
}
