/** The parts of a JSON Schema (2020-12), and why a secret in one could not be found in an input. */
import { isJsonObject } from '../../../../contract/kernel/json.ts';
import type { Json, JsonObject } from '../../../../contract/kernel/scalars.ts';

/** Keywords whose schema describes the same value. */
export const SAME_ONE = ['not', 'if', 'then', 'else'] as const;
export const SAME_LIST = ['allOf', 'anyOf', 'oneOf'] as const;
export const DEPENDENT = ['dependentSchemas', 'dependencies'] as const;
/** Keywords whose schema describes members or items, whichever a value has. */
export const MEMBERS_ONE = ['additionalProperties', 'unevaluatedProperties'] as const;
export const ITEMS_ONE = ['items', 'additionalItems', 'contains', 'unevaluatedItems'] as const;
/** Keywords that hold schemas, in which a secret could not be sealed. */
const UNSEALABLE = ['propertyNames', 'contentSchema'] as const;
/** Keywords with schemas by name. */
const NAMED = ['properties', 'patternProperties', 'dependentSchemas', 'dependencies', '$defs', 'definitions'] as const;
/** Keywords with objects that are no schemas. */
const VALUES = ['enum', 'const', 'default', 'examples', 'dependentRequired'];
/** Keywords that make `#/…` or an address lead elsewhere. */
const BASES = ['$anchor', '$dynamicAnchor', '$recursiveAnchor'];

export const isMark = (schema: JsonObject) => schema.format === 'password' || schema.writeOnly === true;

/** Every schema or object below one, with its JSON Pointer. */
export function* objectsBelow(root: JsonObject): Generator<[at: JsonObject, pointer: string]> {
  const open: [value: Json, pointer: string][] = [[root, '']];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [value, pointer] = next;
    if (typeof value !== 'object' || value === null) continue;
    if (!Array.isArray(value)) yield [value, pointer];
    for (const [key, below] of Object.entries(value)) {
      open.push([below, `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`]);
    }
  }
}

export const hasMark = (schema: JsonObject) => objectsBelow(schema).some(([at]) => isMark(at));

/** What a reference inside one document points to; undefined when it leads elsewhere. */
export function referred(root: JsonObject, reference: Json): Json | undefined {
  if (reference === '#') return root;
  if (typeof reference !== 'string' || !reference.startsWith('#/')) return undefined;
  let at: Json | undefined = root;
  for (const part of reference.slice(2).split('/')) {
    let key: string;
    try {
      key = decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~');
    } catch {
      return undefined;
    }
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, key)) return undefined;
    at = Array.isArray(at) ? at[Number(key)] : at[key];
  }
  return at;
}

type Refusal = { pointer: string; reason: string };

const hasObject = (value: Json | undefined): boolean =>
  Array.isArray(value) ? value.some(hasObject) : typeof value === 'object' && value !== null;

/** Schemas that a schema has in a keyword, each with the rest of its JSON Pointer; null where the keyword is none that has schemas. */
function schemasIn(keyword: string, value: Json): [below: Json, rest: string][] | null {
  const isOne: readonly string[] = [...SAME_ONE, ...MEMBERS_ONE, ...ITEMS_ONE, ...UNSEALABLE];
  const isList: readonly string[] = [...SAME_LIST, 'prefixItems', 'items', 'additionalItems'];
  if (isList.includes(keyword) && Array.isArray(value)) return value.map((below, i) => [below, `/${i}`]);
  if (isOne.includes(keyword)) return [[value, '']];
  const named: readonly string[] = NAMED;
  return named.includes(keyword) && isJsonObject(value)
    ? Object.entries(value).map(([name, below]) => [below, `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`])
    : null;
}

/** Every schema of a schema by the keywords that are known here, or where it has others. */
function allSchemas(root: JsonObject): Map<JsonObject, string> | Refusal {
  const found = new Map<JsonObject, string>();
  const open: [schema: Json, pointer: string][] = [[root, '']];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [schema, pointer] = next;
    if (!isJsonObject(schema) || found.has(schema)) continue;
    found.set(schema, pointer);
    for (const [keyword, value] of Object.entries(schema)) {
      const below = schemasIn(keyword, value);
      if (below !== null)
        open.push(...below.map(([one, rest]): [Json, string] => [one, `${pointer}/${keyword}${rest}`]));
      else if (
        BASES.includes(keyword) ||
        (keyword === '$id' && schema !== root) ||
        (hasObject(value) && !VALUES.includes(keyword))
      ) {
        return { pointer: `${pointer}/${keyword}`, reason: 'is not supported in a schema with secrets; remove it' };
      }
    }
  }
  return found;
}

/**
 * Says where a schema calls something secret that could not be found in an input, or null. In a schema with secrets only keywords are taken
 * whose meaning is known here, and only references by a pointer to a schema.
 */
export function unsealable(schema: JsonObject): Refusal | null {
  if (!hasMark(schema)) return null;
  const schemas = allSchemas(schema);
  if (!(schemas instanceof Map)) return schemas;
  for (const [at, pointer] of schemas) {
    for (const keyword of UNSEALABLE) {
      const below = at[keyword];
      if (isJsonObject(below) && objectsBelow(below).some(([one]) => isMark(one) || one.$ref !== undefined)) {
        return { pointer: `${pointer}/${keyword}`, reason: 'cannot hold a secret; mark a property or an item instead' };
      }
    }
    for (const keyword of ['$ref', '$dynamicRef', '$recursiveRef']) {
      const reference = at[keyword];
      if (typeof reference !== 'string') continue;
      const target = keyword === '$ref' ? referred(schema, reference) : undefined;
      if (typeof target === 'boolean' || (isJsonObject(target) && schemas.has(target))) continue;
      const reason = `must be a reference like #/$defs/name in a schema with secrets, not ${reference.slice(0, 100)}`;
      return { pointer: `${pointer}/${keyword}`, reason };
    }
  }
  return null;
}
