/**
 * JSON Schema (2020-12) as a grammar that accepts nothing the schema rejects. A keyword that cannot be enforced is refused with its place:
 * an answer that only looks checked is worse than an error.
 */
import type { Json, JsonObject } from '../../../../contract/kernel/scalars.ts';
import { checkAmbiguity } from './ambiguity.ts';
import { arrayOf, objectOf } from './containers.ts';
import { assertEnforceable, createGrammar, either, type Grammar } from './gbnf.ts';
import { isObject, keywordsOf } from './merge.ts';
import { createParts } from './parts.ts';
import { inside, type Place, refuse } from './place.ts';
import { KEYWORDS, type Type, typesOf } from './types.ts';
import { constantOf, numberOf, stringOf } from './values.ts';

const STRUCTURE = ['type', 'enum', 'const', 'anyOf', 'oneOf', 'allOf', '$ref'];
const KNOWN: ReadonlySet<string> = new Set([...STRUCTURE, ...Object.values(KEYWORDS).flat()]);
/** Deepest nesting of schemas, with references followed. */
const MAX_DEPTH = 100;

/** Adds the rules of a schema to a grammar. @returns the name of its rule @throws AppError `unsupported-parameter` and `unprocessable-entity` with `pointer` */
export function addSchema(grammar: Grammar, root: JsonObject, param: string): string {
  assertEnforceable(root);
  const parts = createParts(root);
  /** Rule names by reference; a recursive reference becomes a recursive rule. */
  const refs = new Map<string, string>();
  let depth = 0;

  function visit(given: Json | undefined, place: Place): string {
    depth += 1;
    if (depth > MAX_DEPTH) refuse(place, 'it is nested too deep');
    const rule = ruleOf(given, place);
    depth -= 1;
    return rule;
  }

  function ruleOf(given: Json | undefined, place: Place): string {
    if (given === true || given === undefined) return grammar.base('value');
    if (!isObject(given)) return refuse(place, given === false ? 'nothing fits it' : 'it is no schema');
    if (typeof given.$ref === 'string' && keywordsOf(given).length === 1) return referenceOf(given.$ref, place);
    const schema = parts.flat(given, place);
    for (const keyword of keywordsOf(schema))
      if (!KNOWN.has(keyword)) refuse(inside(place, keyword), `"${keyword}" is not supported`);
    if (schema.const !== undefined) return constantOf(grammar, [schema.const], schema, place);
    if (schema.enum !== undefined)
      return constantOf(grammar, Array.isArray(schema.enum) ? schema.enum : [], schema, place);
    for (const keyword of ['anyOf', 'oneOf'] as const) {
      if (schema[keyword] === undefined) continue;
      const branches = parts.branches(schema, keyword, place);
      const rules = branches.map((branch, index) => visit(branch, inside(place, keyword, index)));
      return grammar.add(keyword, rules.join(' | '));
    }
    return either(typesOf(schema, place).map((type) => typed(type, schema, place)));
  }

  function referenceOf(ref: string, place: Place): string {
    const known = refs.get(ref);
    if (known !== undefined) return known;
    const name = grammar.reserve('ref');
    refs.set(ref, name);
    grammar.define(name, visit(parts.resolve(ref, place), place));
    return name;
  }

  function typed(type: Type, schema: JsonObject, place: Place): string {
    switch (type) {
      case 'boolean':
      case 'null':
        return grammar.base(type);
      case 'integer':
      case 'number':
        return numberOf(grammar, type, schema, place);
      case 'string':
        return stringOf(grammar, schema, place);
      case 'array':
        return arrayOf(grammar, visit, schema, place);
      case 'object':
        return objectOf(grammar, visit, schema, place);
    }
  }

  const rule = visit(root, { param, pointer: '' });
  checkAmbiguity(root, param);
  return rule;
}

/** The grammar of an answer that is one value of the schema. @throws AppError `unsupported-parameter` */
export function schemaGrammar(schema: JsonObject, param: string): string {
  const grammar = createGrammar();
  return grammar.text(addSchema(grammar, schema, param));
}

/** The grammar of an answer that is any object. */
export function objectGrammar(): string {
  const grammar = createGrammar();
  return grammar.text(grammar.base('object'));
}
