/**
 * Regular expressions (ECMA-262) as expressions over the characters of a JSON string. What cannot be said is refused; what is said may
 * allow less than the expression, never more.
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

/** A character behind a backslash; null for a class of characters. */
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
          // A range over a quote or a backslash, which have to be escaped, would let them through as they are.
          return refuse('a range holds a quote or a backslash');
      members += `${inClass(from)}-${inClass(to)}`;
    } else if (from === '"' || from === '\\' || from < ' ') apart.push(inString(from));
    else members += inClass(from);
  }
  if (negated) return `[^${members}"\\\\\\x00-\\x1F\\x7F]`;
  return either([...(members === '' ? [] : [`[${members}]`]), ...apart]);
}

function atom(reader: Reader, depth: number): string {
  const char = reader.next();
  switch (char) {
    case '(': {
      if (reader.eat('?') && !reader.eat(':')) refuse('only groups of the form (…) and (?:…) can be enforced');
      const inner = alternatives(reader, depth + 1);
      if (!reader.eat(')')) refuse('a group has no end');
      return `(${inner})`;
    }
    case '[':
      return characterClass(reader);
    case '.':
      return PLAIN_CHARACTERS;
    case '\\': {
      const name = reader.next();
      const plain = escaped(reader, name);
      return plain === null ? `[${CLASSES[name]}]` : inString(plain);
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
      return inString(char);
  }
}

function repeated(reader: Reader, item: string): string {
  const sign = reader.match(/^[*+?]/);
  const counts = sign === null ? reader.match(/^\{\d+(,\d*)?\}/) : null;
  // Whether it takes much or little decides nothing about what fits.
  if (sign !== null || counts !== null) reader.eat('?');
  if (counts !== null && (counts.match(/\d+/g) ?? []).some((count) => Number(count) > MAX_REPEAT))
    refuse(`a repetition of more than ${MAX_REPEAT} times`);
  return `${item}${sign ?? counts ?? ''}`;
}

function sequence(reader: Reader, depth: number): string {
  if (depth > 20) refuse('groups are nested too deep');
  const items: string[] = [];
  while (!reader.done && !/^[|)]/.test(reader.rest)) {
    if (depth === 0 && /^\$(\||$)/.test(reader.rest)) break;
    items.push(repeated(reader, atom(reader, depth)));
  }
  return items.length === 0 ? '""' : items.join(' ');
}

function alternatives(reader: Reader, depth: number): string {
  const options = [sequence(reader, depth)];
  while (reader.eat('|')) options.push(sequence(reader, depth));
  return options.join(' | ');
}

/** What stands between the quotes of a string that the expression fits. @throws PatternRefused */
export function patternCharacters(source: string): string {
  if (source.length > 2000) refuse('the expression is too long');
  const reader = new Reader(source);
  const options: string[] = [];
  do {
    const start = reader.eat('^') ? '' : 'plain* ';
    const body = sequence(reader, 0);
    const end = reader.eat('$') ? '' : ' plain*';
    options.push(`${start}${body}${end}`);
  } while (reader.eat('|'));
  if (!reader.done) refuse('a bracket has no beginning');
  return either(options.map((option) => `(${option})`));
}
