/** Names of tokens that a text must not become: a tokenizer that is told to read no control tokens still reads those that it counts as words. */
import { CALL_CLOSE, CALL_OPEN } from '../../../contract/models/engine.ts';

/** What can read text as tokens. */
export interface Tokenizing<Token> {
  /**
   * Tokens of a text.
   * @param special whether names of control tokens become those tokens, or stay text
   * @param inside the text goes on with one that stands before it, so that no space belongs before it
   */
  tokenize(text: string, special: boolean, inside?: boolean): Token[];
  /** Whether a token is one of control to the model's own files. */
  isControl(token: Token): boolean;
}

/** Texts as tokens that are text, whatever they spell. */
export interface Literal<Token> {
  tokenize(text: string): Token[];
  /** The control tokens among some, with the words that a template or the reader of answers takes for structure. */
  among(tokens: readonly Token[]): Token[];
}

/** Marks that answers are read by, whether the template writes them or not. */
const OWN = [CALL_OPEN, CALL_CLOSE, '<think>', '</think>', '<tool_response>', '</tool_response>'];
/** What names of tokens look like in a template. */
const NAMES = /<[^<>\s"'{}%]{1,60}>|\[\/?[A-Z][A-Z_]{1,40}\]/g;

/** More than any template has. */
const MAX_NAMES = 500;

/**
 * Where such a word stands in a text, the text is read in two pieces that part behind its first character. Words of the vocabulary that
 * the template does not write, as for HTML, stay as they are: they are no structure to the model.
 */
export function createLiteral<Token>({ tokenize, isControl }: Tokenizing<Token>, template: string): Literal<Token> {
  const words = new Map<string, Token>();
  for (const name of new Set([...OWN, ...(template.match(NAMES) ?? []).slice(0, MAX_NAMES)])) {
    const [special, ...others] = tokenize(name, true);
    // A control token stays text by itself. To ask for that would open the second vocabulary that some tokenizers need for it.
    if (special !== undefined && others.length === 0 && isControl(special)) continue;
    const [token, ...more] = tokenize(name, false);
    if (token !== undefined && more.length === 0) words.set(name, token);
  }
  const structure = new Set(words.values());

  /** The text in pieces, none of which holds such a word. */
  function pieces(text: string): string[] {
    const cuts = new Set<number>();
    for (const word of words.keys())
      for (let at = text.indexOf(word); at !== -1; at = text.indexOf(word, at + 1)) cuts.add(at + 1);
    const ends = [...cuts].sort((a, b) => a - b);
    return [...ends, text.length].map((end, at) => text.slice(ends[at - 1] ?? 0, end));
  }

  return {
    tokenize: (text) => pieces(text).flatMap((piece, at) => tokenize(piece, false, at > 0)),
    among: (tokens) => tokens.filter((token) => isControl(token) || structure.has(token)),
  };
}
