/**
 * Regular expressions (ECMA-262) as expressions over the characters of a JSON string. What GBNF cannot express is refused; the result may
 * accept fewer texts than the expression, never more.
 */
import { either, literal, PLAIN_CHARACTERS } from './gbnf.ts';

/** Why an expression cannot be enforced. */
export class PatternRefused extends Error {}

const MAX_REPEAT = 1000;
const refuse = (why: string): never => {
  throw new PatternRefused(why);
};

/** A character as it stands in a JSON string. */
const inString = (char: string) => literal(JSON.stringify(char).slice(1, -1));
/** A character as a member of a class. */
const inClass = (char: string) => (/[\\\]^-]/.test(char) ? `\\${char}` : char);

const CLASSES: Readonly<Record<string, string>> = { d: '0-9', w: 'a-zA-Z0-9_', s: ' ' };
const CONTROL: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', f: '\f', v: '\v', 0: '\0' };

class Reader {
  readonly #text: string;
  at = 0;
  constructor(text: string) {
    this.#text = text;
  }
  get rest(): string {
    return this.#text.slice(this.at);
  }
  get done(): boolean {
    return this.at >= this.#text.length;
  }
  next(): string {
    const char = String.fromCodePoint(this.#text.codePointAt(this.at) ?? 0);
    this.at += char.length;
    return char;
  }
  eat(text: string): boolean {
    const found = this.#text.startsWith(text, this.at);
    if (found) this.at += text.length;
    return found;
  }
  match(pattern: RegExp): string | null {
    const found = pattern.exec(this.rest)?.[0] ?? null;
    if (found !== null) this.at += found.length;
    return found;
  }
}

/** The character that an escape means; null for a class of characters. */
function escaped(reader: Reader, char: string): string | null {
  if (char in CLASSES) return null;
  if (char in CONTROL) return CONTROL[char] ?? '';
  if (char === 'x' || char === 'u') {
    const code = reader.match(char === 'x' ? /^[0-9a-fA-F]{2}/ : /^[0-9a-fA-F]{4}/);
    return code === null ? refuse(`\\${char} needs its number`) : String.fromCharCode(Number.parseInt(code, 16));
  }
  return /[a-zA-Z0-9]/.test(char) ? refuse(`\\${char} cannot be enforced`) : char;
}

function characterClass(reader: Reader): string {
  const negated = reader.eat('^');
  let members = '';
  const apart: string[] = [];
  const one = (): string | null => {
    const char = reader.next();
    if (char !== '\\') return char;
    const name = reader.next();
    const plain = escaped(reader, name);
    if (plain === null) members += CLASSES[name] ?? '';
    return plain;
  };
  while (!reader.eat(']')) {
    if (reader.done) refuse('a class of characters has no end');
    const from = one();
    if (from === null) continue;
    if (reader.rest.startsWith('-') && !reader.rest.startsWith('-]')) {
      reader.next();
      const to = one();
      if (to === null || to < from) return refuse('a range of characters has no order');
      if (from < ' ' || (from <= '"' && to >= '"') || (from <= '\\' && to >= '\\'))
        if (!negated)
          // Such a range would let through a bare quote or backslash, which JSON requires to be escaped.
          return refuse('a range holds a quote or a backslash');
      members += `${inClass(from)}-${inClass(to)}`;
    } else if (from === '"' || from === '\\' || from < ' ') apart.push(inString(from));
    else members += inClass(from);
  }
  if (negated) return `[^${members}"\\\\\\x00-\\x1F\\x7F]`;
  return either([...(members === '' ? [] : [`[${members}]`]), ...apart]);
}

/** An expression, and what it costs to be read. */
interface Part {
  text: string;
  /** Characters, each repetition of them counted. */
  size: number;
  /** Repetitions that may be of different lengths: what follows them may begin at many places. */
  variable: number;
  mayBeEmpty: boolean;
}

const MAX_SIZE = 4_000;
const MAX_VARIABLE = 24;

/** @throws PatternRefused for one that would hold up the engine */
function bounded(part: Part): Part {
  if (part.size > MAX_SIZE) refuse('it is too large');
  if (part.variable > MAX_VARIABLE) refuse(`it has more than ${MAX_VARIABLE} repetitions of no fixed length`);
  return part;
}

const single = (text: string): Part => ({ text, size: 1, variable: 0, mayBeEmpty: false });
const sum = (parts: readonly Part[], of: 'size' | 'variable') => parts.reduce((total, part) => total + part[of], 0);

function atom(reader: Reader, depth: number): Part {
  const char = reader.next();
  switch (char) {
    case '(': {
      if (reader.eat('?') && !reader.eat(':')) refuse('only groups of the form (…) and (?:…) can be enforced');
      const inner = alternatives(reader, depth + 1);
      if (!reader.eat(')')) refuse('a group has no end');
      return { ...inner, text: `(${inner.text})` };
    }
    case '[':
      return single(characterClass(reader));
    case '.':
      return single(PLAIN_CHARACTERS);
    case '\\': {
      const name = reader.next();
      const plain = escaped(reader, name);
      return single(plain === null ? `[${CLASSES[name]}]` : inString(plain));
    }
    case '^':
    case '$':
      return refuse(`${char} can be enforced at the ends only`);
    case '*':
    case '+':
    case '?':
    case '{':
      return refuse('there is nothing to repeat');
    default:
      return single(inString(char));
  }
}

const COUNTS: Readonly<Record<string, readonly [least: number, most: number | null]>> = {
  '*': [0, null],
  '+': [1, null],
  '?': [0, 1],
};

function repeated(reader: Reader, item: Part): Part {
  const sign = reader.match(/^[*+?]/) ?? reader.match(/^\{\d+(,\d*)?\}/);
  if (sign === null) return item;
  // Greedy or lazy makes no difference to what matches.
  reader.eat('?');
  const [first = 0, last] = (sign.match(/\d+/g) ?? []).map(Number);
  const [least, most] = COUNTS[sign] ?? [first, last ?? (sign.includes(',') ? null : first)];
  if (Math.max(least, most ?? 0) > MAX_REPEAT) refuse(`a repetition of more than ${MAX_REPEAT} times`);
  // There would be a way to read it for each number of empty ones.
  if (item.mayBeEmpty) refuse('what may be empty cannot be repeated');
  const times = most ?? least + 1;
  return bounded({
    text: `${item.text}${sign}`,
    size: item.size * times,
    variable: item.variable * times + (least === most ? 0 : 1),
    mayBeEmpty: least === 0,
  });
}

function sequence(reader: Reader, depth: number): Part {
  if (depth > 20) refuse('groups are nested too deep');
  const items: Part[] = [];
  while (!reader.done && !/^[|)]/.test(reader.rest)) {
    if (depth === 0 && /^\$(\||$)/.test(reader.rest)) break;
    items.push(repeated(reader, atom(reader, depth)));
  }
  return bounded({
    text: items.length === 0 ? '""' : items.map(({ text }) => text).join(' '),
    size: sum(items, 'size'),
    variable: sum(items, 'variable'),
    mayBeEmpty: items.every(({ mayBeEmpty }) => mayBeEmpty),
  });
}

function alternatives(reader: Reader, depth: number): Part {
  const options = [sequence(reader, depth)];
  while (reader.eat('|')) options.push(sequence(reader, depth));
  const empty = options.filter(({ mayBeEmpty }) => mayBeEmpty).length;
  if (empty > 1) refuse('more than one of the alternatives may be empty');
  return bounded({
    text: options.map(({ text }) => text).join(' | '),
    size: sum(options, 'size'),
    variable: sum(options, 'variable'),
    mayBeEmpty: empty > 0,
  });
}

/** The characters between the quotes of a JSON string that matches. @throws PatternRefused */
export function patternCharacters(source: string): string {
  if (source.length > 2000) refuse('the expression is too long');
  const reader = new Reader(source);
  const options: Part[] = [];
  do {
    const start = reader.eat('^') ? '' : 'plain* ';
    const body = sequence(reader, 0);
    const end = reader.eat('$') ? '' : ' plain*';
    options.push({ ...body, text: `${start}${body.text}${end}` });
  } while (reader.eat('|'));
  if (!reader.done) refuse('a bracket has no beginning');
  bounded({ text: '', size: sum(options, 'size'), variable: sum(options, 'variable'), mayBeEmpty: false });
  return either(options.map(({ text }) => `(${text})`));
}
