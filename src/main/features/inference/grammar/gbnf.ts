/** Grammars in llama.cpp's notation (GBNF), as a set of named rules. */
import { BOUNDS, excessOf } from '../../../../contract/kernel/bounds.ts';
import { AppError } from '../../../../contract/kernel/errors.ts';
import type { JsonObject } from '../../../../contract/kernel/scalars.ts';

/** More than schemas written by hand need; a larger grammar would hold up the engine. */
const MAX_RULES = 4_000;
const MAX_SIZE = 512 * 1024;

/** What a schema may be made of; {@link MAX_SIZE} counts only when its rules have been written. */
const SCHEMA_BOUNDS = { ...BOUNDS, members: 20_000, string: MAX_SIZE, size: MAX_SIZE };

const tooLarge = () => new AppError('unprocessable-entity', 'The schema is too large to be enforced.');

/** @throws AppError `unprocessable-entity` for a schema, or several of one request, whose grammar would be too large, before the time for its rules is spent */
export function assertEnforceable(schema: JsonObject | readonly JsonObject[]): void {
  if (excessOf(schema, SCHEMA_BOUNDS) !== null) throw tooLarge();
}

/** A text as a terminal. */
export function literal(text: string): string {
  const escaped = text
    .replaceAll(/[\\"]/g, '\\$&')
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')
    .replaceAll('\t', '\\t');
  return `"${escaped}"`;
}

/** Any of the expressions. */
export const either = (expressions: readonly string[]) =>
  expressions.length === 1 ? (expressions[0] ?? '') : `(${expressions.join(' | ')})`;

/** Characters of a JSON string that need no escape. */
export const PLAIN_CHARACTERS = '[^"\\\\\\x00-\\x1F\\x7F]';

/** JSON (RFC 8259). White space is bounded, or a model could write it without end. */
const BASE: Readonly<Record<string, string>> = {
  ws: '| " " | "\\n" [ \\t]{0,20}',
  plain: `${PLAIN_CHARACTERS} | "\\\\" ["\\\\/bfnrt]`,
  char: `${PLAIN_CHARACTERS} | "\\\\" (["\\\\/bfnrt] | "u" [0-9a-fA-F]{4})`,
  string: '"\\"" char* "\\""',
  boolean: '"true" | "false"',
  null: '"null"',
  integer: '"-"? ("0" | [1-9] [0-9]{0,14})',
  number: '"-"? ("0" | [1-9] [0-9]{0,14}) ("." [0-9]{1,15})? ([eE] [-+]? [0-9]{1,2})?',
  value: 'object | array | string | number | boolean | null',
  object: '"{" ws (string ":" ws value (ws "," ws string ":" ws value)*)? ws "}"',
  array: '"[" ws (value (ws "," ws value)*)? ws "]"',
};
/** What each rule of {@link BASE} needs. */
const NEEDS: Readonly<Record<string, readonly string[]>> = {
  string: ['char'],
  value: ['object', 'array', 'string', 'number', 'boolean', 'null'],
  object: ['ws', 'string', 'value'],
  array: ['ws', 'value'],
};

export interface Grammar {
  /** Name of a rule of plain JSON. */
  base(name: keyof typeof BASE & string): string;
  /** Adds a rule. @returns its name */
  add(hint: string, expression: string): string;
  /** A name whose rule is defined later, for recursion. */
  reserve(hint: string): string;
  define(name: string, expression: string): void;
  /** The whole grammar with its root. @throws AppError `unprocessable-entity` when it is too large */
  text(root: string): string;
}

export function createGrammar(): Grammar {
  const rules = new Map<string, string>();
  let number = 0;
  let size = 0;
  const define = (name: string, expression: string) => {
    size += expression.length;
    if (size > MAX_SIZE) throw tooLarge();
    rules.set(name, expression);
  };
  const reserve = (hint: string) => {
    number += 1;
    if (number > MAX_RULES) throw tooLarge();
    return `${
      hint
        .toLowerCase()
        .replaceAll(/[^a-z0-9]+/g, '-')
        .slice(0, 30) || 'rule'
    }-${number}`;
  };
  const base = (name: string): string => {
    const rule = BASE[name];
    if (rule === undefined) throw new Error(`there is no rule ${name}`);
    if (!rules.has(name)) {
      rules.set(name, rule);
      for (const needed of NEEDS[name] ?? []) base(needed);
    }
    return name;
  };
  return {
    base,
    reserve,
    define,
    add(hint, expression) {
      const name = reserve(hint);
      define(name, expression);
      return name;
    },
    text(root) {
      const text = [['root', root], ...rules].map(([name, rule]) => `${name} ::= ${rule}`).join('\n');
      if (text.length > MAX_SIZE) throw tooLarge();
      return text;
    },
  };
}
