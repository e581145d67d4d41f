/** Tokens as text: a piece is told once its characters are whole and it cannot be the beginning of a stop text. */
import type { Logprob } from '../../../contract/models/engine.ts';

/** Tokens before a piece that its spelling may depend on. */
const TAIL = 4;
/** Tokens that one character takes at most. */
const LONGEST_CHARACTER = 8;
const BROKEN = '\u{FFFD}';

/** Text of tokens that stand behind others. */
export type Detokenize<Token> = (tokens: readonly Token[], before: readonly Token[]) => string;

/** Puts tokens together until they spell whole characters. */
export function createSpelling<Token>(detokenize: Detokenize<Token>, before: readonly Token[]) {
  let tail = before.slice(-TAIL);
  let pending: Token[] = [];
  const spelled = () => {
    const text = detokenize(pending, tail);
    tail = [...tail, ...pending].slice(-TAIL);
    pending = [];
    return text;
  };
  return {
    /** The text that is whole with this token; null while a character is not. */
    add(token: Token): string | null {
      pending.push(token);
      const open = pending.length < LONGEST_CHARACTER && detokenize(pending, tail).endsWith(BROKEN);
      return open ? null : spelled();
    },
    /** Tokens before the piece that comes next. */
    tail: () => tail,
    rest: () => (pending.length === 0 ? '' : spelled()),
  };
}

/** What may be told now. */
export interface Told {
  text: string;
  tokens: number;
  logprobs: Logprob[];
}

/** Length of the longest end of `text` with which one of the stops begins. */
function possibleStop(text: string, stops: readonly string[]): number {
  let longest = 0;
  for (const stop of stops)
    for (let length = Math.min(stop.length - 1, text.length); length > longest; length--)
      if (text.endsWith(stop.slice(0, length))) longest = length;
  return longest;
}

/** Keeps back what may become a stop text; the stop itself is never told. */
export function createStopFilter(stops: readonly string[]) {
  let held: Told[] = [];
  const joined = () => held.map(({ text }) => text).join('');

  /** Tells the first `length` characters, with the tokens that end in them. */
  function told(length: number, cut: boolean): Told {
    const out: Told = { text: '', tokens: 0, logprobs: [] };
    while (held[0] !== undefined && (out.text.length + held[0].text.length <= length || cut)) {
      const [piece] = held.splice(0, 1);
      if (piece === undefined) break;
      const room = length - out.text.length;
      if (piece.text.length > room) {
        // The stop begins inside of this piece, or before it.
        const text = piece.text.slice(0, room);
        out.text += text;
        const last = piece.logprobs.at(-1);
        if (text !== '' && last) out.logprobs.push({ ...last, token: text, bytes: [...Buffer.from(text)] });
        continue;
      }
      out.text += piece.text;
      out.tokens += piece.tokens;
      out.logprobs.push(...piece.logprobs);
    }
    return out;
  }

  return {
    /** @returns what may be told, and whether a stop text has come */
    add(piece: Told): Told & { stopped: boolean } {
      held.push(piece);
      const text = joined();
      const found = stops.map((stop) => text.indexOf(stop)).filter((at) => at !== -1);
      if (found.length > 0) {
        const out = told(Math.min(...found), true);
        held = [];
        return { ...out, stopped: true };
      }
      return { ...told(text.length - possibleStop(text, stops), false), stopped: false };
    },
    rest: () => told(joined().length, true),
  };
}
