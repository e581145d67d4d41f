/**
 * Patterns of schemas, matched in time linear in the text by RE2 (https://github.com/google/re2/wiki/Syntax). A regular expression of V8 can take
 * exponential time, and what it is compiled to takes memory beyond the limit of its process.
 */
import { RE2JS } from 're2js';
import type { JsonObject } from '../../../../contract/kernel/scalars.ts';
import { objectsBelow } from '../secrets/schema-walk.ts';

/** Characters of one pattern, and of all different ones of a schema. */
const MAX_PATTERN = 1000;
const MAX_PATTERNS = 16 * 1024;
/** Instructions of what one pattern is compiled to, and all different ones of a schema: matching takes so many steps for each character. */
const MAX_PROGRAM = 5000;
const MAX_PROGRAMS = 20_000;

/** A pattern that is not taken. */
export class PatternError extends Error {
  readonly #pattern: string;

  constructor(pattern: string, reason: string) {
    super(reason);
    this.#pattern = pattern;
  }

  /** The reason with the JSON Pointer of the pattern. */
  in(schema: JsonObject): string {
    for (const [at, pointer] of objectsBelow(schema)) {
      if (at.pattern === this.#pattern) return `${pointer}/pattern ${this.message}`;
      const names = at.patternProperties;
      if (typeof names === 'object' && names !== null && Object.hasOwn(names, this.#pattern)) {
        return `${pointer}/patternProperties ${this.message}: ${this.#pattern.slice(0, 100)}`;
      }
    }
    return this.message;
  }
}

/** Writes a pattern of ECMA-262 (flag `u`), as JSON Schema has them, in the syntax of RE2. */
function translated(pattern: string): string {
  const text = RE2JS.translateRegExp(pattern);
  // Two halves of one character stay two there.
  return text.replace(/\\x\{(d[89ab]..)\}\\x\{(d[c-f]..)\}/gi, (_, high: string, low: string) => {
    const character = String.fromCharCode(Number.parseInt(high, 16), Number.parseInt(low, 16));
    return `\\x{${character.codePointAt(0)?.toString(16)}}`;
  });
}

function compile(pattern: string): RE2JS {
  try {
    return RE2JS.compile(translated(pattern));
  } catch (error) {
    const why = error instanceof Error ? error.message.replace('error parsing regexp: ', '') : String(error);
    throw new PatternError(
      pattern,
      `is not a pattern of RE2, which has neither look-around nor back-references (${why})`,
    );
  }
}

/**
 * Makes Ajv's engine of regular expressions for one schema.
 * @throws PatternError from the engine for a pattern that is too long, too large, or beyond what RE2 knows
 */
export function patternEngine() {
  let left = MAX_PATTERNS;
  let instructions = MAX_PROGRAMS;
  const known = new Map<string, RE2JS>();
  const engine = (pattern: string) => {
    let found = known.get(pattern);
    if (found === undefined) {
      if (pattern.length > MAX_PATTERN)
        throw new PatternError(pattern, `has more than ${MAX_PATTERN} characters; make it shorter`);
      left -= pattern.length;
      if (left < 0)
        throw new PatternError(pattern, `is one pattern too many: all have more than ${MAX_PATTERNS} characters`);
      found = compile(pattern);
      const size = found.programSize();
      instructions -= size;
      if (size > MAX_PROGRAM)
        throw new PatternError(
          pattern,
          `repeats too much: it stands for ${size} steps, and at most ${MAX_PROGRAM} are taken; use smaller numbers in braces, or maxLength`,
        );
      if (instructions < 0)
        throw new PatternError(pattern, `is one pattern too many: all stand for more than ${MAX_PROGRAMS} steps`);
      known.set(pattern, found);
    }
    const matcher = found;
    // Ajv tells patterns apart by their text.
    return { test: (text: string) => matcher.test(text), toString: () => pattern };
  };
  // For schemas that are written out as a module, which none is.
  return Object.assign(engine, { code: 'patternEngine' });
}

/** Whether a text is of the format `regex`. */
export function isPattern(text: string): boolean {
  try {
    return text.length <= MAX_PATTERN && new RegExp(text, 'u').unicode;
  } catch {
    return false;
  }
}
