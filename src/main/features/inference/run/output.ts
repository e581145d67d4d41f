/** Splits what a model writes into reasoning, tool calls and content. */
import { CALL_CLOSE, CALL_OPEN, type Logprob } from '../../../../contract/models/engine.ts';

/** A piece of what was written. */
export type OutputPart =
  | { t: 'content'; text: string; logprobs: Logprob[] }
  | { t: 'reasoning'; text: string; tokens: number }
  /** A call begins. */
  | { t: 'call'; index: number; name: string }
  /** Its arguments, JSON in pieces. */
  | { t: 'arguments'; index: number; text: string };

const THINK_OPEN = '<think>';
const THINK_CLOSE = '</think>';
/** Head of a call; the grammar allows no other form. */
const CALL_HEAD = /^\s*\{\s*"name"\s*:\s*"([^"]*)"\s*,\s*"arguments"\s*:\s*(?=\{)/;

/** Length of the longest suffix of `text` that is a prefix of `mark`. */
function begun(text: string, mark: string): number {
  for (let length = Math.min(mark.length - 1, text.length); length > 0; length--)
    if (text.endsWith(mark.slice(0, length))) return length;
  return 0;
}

/** Finds the end of a JSON object in text that comes in pieces. */
function createObjectEnd() {
  let depth = 0;
  let inString = false;
  let escaped = false;
  /** @returns length up to the end of the object, or null when it has not ended */
  return (text: string): number | null => {
    for (let at = 0; at < text.length; at++) {
      const char = text[at];
      if (escaped) escaped = false;
      else if (inString) {
        if (char === '\\') escaped = true;
        else if (char === '"') inString = false;
      } else if (char === '"') inString = true;
      else if (char === '{' || char === '[') depth += 1;
      else if (char === '}' || char === ']') {
        depth -= 1;
        if (depth === 0) return at + 1;
      }
    }
    return null;
  };
}

type Mode = 'start' | 'reasoning' | 'content' | 'head' | 'arguments' | 'tail' | 'between';

/** Options of {@link OutputReader}. */
export interface OutputOptions {
  /** Whether the model marks reasoning. */
  reasons: boolean;
  /** Whether the prompt ends inside a reasoning block. */
  inside: boolean;
  /** Whether tool calls are expected; otherwise their marks are plain text. */
  tools: boolean;
}

/** Reads text as it comes; what may be the beginning of a mark is held back until that is decided. */
export class OutputReader {
  readonly #tools: boolean;
  #mode: Mode;
  #held = '';
  #calls = 0;
  /** Tokens of reasoning that no part has reported yet. */
  #tokens = 0;
  #logprobs: Logprob[] = [];
  #objectEnd = createObjectEnd();

  constructor({ reasons, inside, tools }: OutputOptions) {
    this.#tools = tools;
    this.#mode = inside ? 'reasoning' : reasons ? 'start' : 'content';
  }

  get calls(): number {
    return this.#calls;
  }

  /** @param tokens how many made the text */
  add(text: string, tokens: number, logprobs: readonly Logprob[]): OutputPart[] {
    this.#held += text;
    if (this.#mode === 'reasoning' || this.#mode === 'start') this.#tokens += tokens;
    this.#logprobs.push(...logprobs);
    const parts: OutputPart[] = [];
    for (let next = this.#step(); next !== null; next = this.#step()) parts.push(...next);
    return parts;
  }

  /** What was held back, at the end. */
  end(): OutputPart[] {
    const rest = this.#take(this.#held.length);
    if (rest === '') return [];
    switch (this.#mode) {
      case 'reasoning':
        return this.#reasoning(rest);
      case 'tail':
      case 'between':
        return [];
      // A call that ends before its name is complete counts as text.
      case 'head':
        return this.#content(CALL_OPEN + rest);
      default:
        return this.#content(rest);
    }
  }

  /** Takes one step; null when more text is needed. */
  #step(): OutputPart[] | null {
    switch (this.#mode) {
      case 'start':
        return this.#readStart();
      case 'reasoning':
        return this.#readReasoning();
      case 'content':
        return this.#tools ? this.#readUntilCall() : this.#readAll();
      case 'head':
        return this.#readHead();
      case 'arguments':
        return this.#readArguments();
      case 'tail':
        return this.#readTail();
      case 'between':
        return this.#skipSpace();
    }
  }

  #readStart(): OutputPart[] | null {
    const text = this.#held.trimStart();
    if (text.length < THINK_OPEN.length && THINK_OPEN.startsWith(text)) return null;
    if (!text.startsWith(THINK_OPEN)) {
      this.#tokens = 0;
      return this.#become('content');
    }
    this.#held = text.slice(THINK_OPEN.length);
    return this.#become('reasoning');
  }

  #readReasoning(): OutputPart[] | null {
    const at = this.#held.indexOf(THINK_CLOSE);
    if (at === -1) {
      const text = this.#take(this.#held.length - begun(this.#held, THINK_CLOSE));
      return text === '' ? null : this.#reasoning(text);
    }
    const text = this.#take(at);
    this.#take(THINK_CLOSE.length);
    this.#mode = 'between';
    return this.#reasoning(text);
  }

  #readAll(): OutputPart[] | null {
    const text = this.#take(this.#held.length);
    return text === '' ? null : this.#content(text);
  }

  #readUntilCall(): OutputPart[] | null {
    const at = this.#held.indexOf(CALL_OPEN);
    if (at === -1) {
      // White space before a call belongs to its mark.
      const mark = begun(this.#held, CALL_OPEN);
      const text = this.#take(this.#held.slice(0, this.#held.length - mark).trimEnd().length);
      return text === '' ? null : this.#content(text);
    }
    const before = this.#take(at).trimEnd();
    this.#take(CALL_OPEN.length);
    this.#mode = 'head';
    return before === '' ? [] : this.#content(before);
  }

  #readHead(): OutputPart[] | null {
    const head = CALL_HEAD.exec(this.#held);
    if (head === null) return null;
    this.#take(head[0].length);
    this.#mode = 'arguments';
    this.#objectEnd = createObjectEnd();
    this.#logprobs = [];
    this.#calls += 1;
    return [{ t: 'call', index: this.#calls - 1, name: head[1] ?? '' }];
  }

  #readArguments(): OutputPart[] | null {
    if (this.#held === '') return null;
    const end = this.#objectEnd(this.#held);
    const text = this.#take(end ?? this.#held.length);
    if (end !== null) this.#mode = 'tail';
    return [{ t: 'arguments', index: this.#calls - 1, text }];
  }

  #readTail(): OutputPart[] | null {
    const at = this.#held.indexOf(CALL_CLOSE);
    if (at === -1) return null;
    this.#take(at + CALL_CLOSE.length);
    return this.#become('between');
  }

  /** The line breaks behind reasoning and calls belong to their marks. */
  #skipSpace(): OutputPart[] | null {
    this.#held = this.#held.trimStart();
    return this.#held === '' ? null : this.#become('content');
  }

  #become(mode: Mode): OutputPart[] {
    this.#mode = mode;
    return [];
  }

  /** Takes the first `length` characters out of what is held. */
  #take(length: number): string {
    const text = this.#held.slice(0, length);
    this.#held = this.#held.slice(length);
    return text;
  }

  #content(text: string): OutputPart[] {
    const part: OutputPart = { t: 'content', text, logprobs: this.#logprobs };
    this.#logprobs = [];
    return [part];
  }

  #reasoning(text: string): OutputPart[] {
    const part: OutputPart = { t: 'reasoning', text, tokens: this.#tokens };
    this.#tokens = 0;
    this.#logprobs = [];
    return [part];
  }
}
