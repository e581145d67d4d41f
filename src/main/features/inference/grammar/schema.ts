/**
 * JSON Schema (2020-12) as a grammar that lets through nothing that the schema does not. A keyword that cannot be enforced is refused by
 * its place: an answer that only looks as if it had been checked is worse than none.
 */
import type { Json, JsonObject } from '../../../../contract/kernel/scalars.ts';
import { arrayOf, objectOf } from './containers.ts';
import { createGrammar, either, type Grammar, literal } from './gbnf.ts';
import { ANNOTATIONS, isObject, merged } from './merge.ts';
import { inside, type Place, refuse } from './place.ts';
import { areApart, isOf, KEYWORDS, TYPES, type Type } from './types.ts';
import { numberOf, stringOf } from './values.ts';

const STRUCTURE = new Set(['type', 'enum', 'const', 'anyOf', 'oneOf', 'allOf', '$ref']);
const MAX_REFS = 64;
/** Levels of schemas within each other, references followed. */
const MAX_DEPTH = 100;
/** Parts that are merged; a schema that names its parts again and again has exponentially many. */
const MAX_MERGES = 5_000;

/** Adds the rules of a schema to a grammar. @returns the name of its rule @throws AppError `unsupported-parameter` with `pointer` */
export function addSchema(grammar: Grammar, root: JsonObject, param: string): string {
  const refs = new Map<string, string>();
  let depth = 0;
  let merges = 0;

  function resolve(ref: string, place: Place): JsonObject {
    if (ref !== '#' && !ref.startsWith('#/'))
      refuse(inside(place, '$ref'), 'only references within the schema are followed');
    let found: Json | undefined = root;
    for (const name of ref.split('/').slice(1)) {
      const key = decoded(name).replaceAll('~1', '/').replaceAll('~0', '~');
      found = Array.isArray(found)
        ? found[Number(key)]
        : isObject(found) && Object.hasOwn(found, key)
          ? found[key]
          : undefined;
    }
    if (found === true) return {};
    return isObject(found) ? found : refuse(inside(place, '$ref'), `there is no ${ref}`);
  }

  /** The schema without `allOf` and with its references followed as far as they have to be merged. */
  function flat(schema: JsonObject, place: Place, level = 0, from = place): JsonObject {
    if (level > MAX_REFS) refuse(from, 'references lead to themselves');
    merges += 1;
    if (merges > MAX_MERGES) refuse(from, 'it has too many parts');
    const { allOf, $ref, ...own } = schema;
    const conflict = (keyword: string) => refuse(inside(place, keyword), 'it contradicts another part');
    let out: JsonObject = own;
    if (typeof $ref === 'string') out = merged(out, flat(resolve($ref, place), place, level + 1, from), conflict);
    if (allOf === undefined) return out;
    if (!Array.isArray(allOf)) return refuse(inside(place, 'allOf'), 'it is no list');
    for (const [index, part] of allOf.entries()) {
      const at = inside(place, 'allOf', index);
      if (!isObject(part)) return refuse(at, 'it is no schema');
      out = merged(out, flat(part, at, level + 1, from), conflict);
    }
    return out;
  }

  const only = (schema: JsonObject) => Object.keys(schema).filter((keyword) => !ANNOTATIONS.has(keyword));

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
    // A reference alone is a rule of its own, which may refer to itself.
    if (typeof given.$ref === 'string' && only(given).length === 1) {
      const { $ref } = given;
      const known = refs.get($ref);
      if (known !== undefined) return known;
      const name = grammar.reserve('ref');
      refs.set($ref, name);
      grammar.define(name, visit(resolve($ref, place), place));
      return name;
    }
    const schema = flat(given, place);
    checkKeywords(schema, place);
    if (schema.const !== undefined) return constantOf([schema.const], schema, place);
    if (schema.enum !== undefined) return constantOf(Array.isArray(schema.enum) ? schema.enum : [], schema, place);
    for (const keyword of ['anyOf', 'oneOf'] as const) {
      const branches = schema[keyword];
      if (branches !== undefined) return branchesOf(schema, keyword, branches, place);
    }
    return either(typesOf(schema, place).map((type) => typed(type, schema, place)));
  }

  function checkKeywords(schema: JsonObject, place: Place): void {
    const known = new Set(Object.values(KEYWORDS).flat());
    for (const keyword of only(schema))
      if (!STRUCTURE.has(keyword) && !known.has(keyword))
        refuse(inside(place, keyword), `"${keyword}" is not supported`);
  }

  function typesOf(schema: JsonObject, place: Place): Type[] {
    const { type } = schema;
    if (type === undefined) {
      // Keywords of one type say nothing about the others, so without a type all others would have to be let through.
      const meant = TYPES.filter((one) => KEYWORDS[one].some((keyword) => schema[keyword] !== undefined));
      if (meant.length === 0) return ['object', 'array', 'string', 'number', 'boolean', 'null'];
      return meant.includes('number') ? ['number'] : meant;
    }
    const list = Array.isArray(type) ? type : [type];
    const unknown = list.find((one) => !TYPES.includes(one as Type));
    if (unknown !== undefined || list.length === 0) refuse(inside(place, 'type'), 'it names no type');
    // A whole number is a number.
    return (list as Type[]).filter((one) => one !== 'integer' || !list.includes('number'));
  }

  function constantOf(values: readonly Json[], schema: JsonObject, place: Place): string {
    const other = only(schema).find((keyword) => !['type', 'enum', 'const'].includes(keyword));
    if (other !== undefined) refuse(inside(place, other), 'beside enum or const it is not checked');
    const types = schema.type === undefined ? null : typesOf(schema, place);
    const fits = (value: Json) => types === null || types.some((type) => isOf(type, value));
    const allowed = values.filter(fits);
    if (allowed.length === 0) refuse(inside(place, 'enum'), 'no value fits it');
    return grammar.add('enum', allowed.map((value) => literal(JSON.stringify(value))).join(' | '));
  }

  function branchesOf(schema: JsonObject, keyword: 'anyOf' | 'oneOf', branches: Json, place: Place): string {
    if (!Array.isArray(branches) || branches.length === 0) return refuse(inside(place, keyword), 'it is no list');
    const { [keyword]: _branches, ...shared } = schema;
    const whole = branches.map((branch, index) => {
      const at = inside(place, keyword, index);
      if (!isObject(branch)) return refuse(at, 'it is no schema');
      if (only(shared).length === 0) return branch;
      return merged(shared, flat(branch, at), (word) => refuse(inside(at, word), 'it contradicts another part'));
    });
    if (keyword === 'oneOf' && !areApart(whole.map((branch) => flat(branch, place))))
      refuse(inside(place, 'oneOf'), 'a value might fit more than one of them; use anyOf');
    return grammar.add(keyword, whole.map((branch, index) => visit(branch, inside(place, keyword, index))).join(' | '));
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

  return visit(root, { param, pointer: '' });
}

/** A name in a reference; one that is no URI component is taken as it is. */
function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
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
