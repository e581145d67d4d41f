/** The conjunction of two schemas as one schema. */
import type { Json, JsonObject } from '../../../../contract/kernel/scalars.ts';

/** Keywords that do not restrict values. */
const ANNOTATIONS: ReadonlySet<string> = new Set([
  '$schema',
  '$id',
  '$comment',
  '$defs',
  'definitions',
  'title',
  'description',
  'default',
  'examples',
  'deprecated',
  'readOnly',
  'writeOnly',
]);

export const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
/** The keywords of a schema that restrict values. */
export const keywordsOf = (schema: JsonObject) => Object.keys(schema).filter((keyword) => !ANNOTATIONS.has(keyword));
const listOf = (value: Json | undefined): Json[] => (value === undefined ? [] : Array.isArray(value) ? value : [value]);
const same = (one: Json | undefined, other: Json | undefined) => JSON.stringify(one) === JSON.stringify(other);

const GREATER: ReadonlySet<string> = new Set(['minimum', 'exclusiveMinimum', 'minLength', 'minItems']);
const LESS: ReadonlySet<string> = new Set(['maximum', 'exclusiveMaximum', 'maxLength', 'maxItems']);

/** @param conflict called with a keyword that cannot be combined */
export function merged(one: JsonObject, other: JsonObject, conflict: (keyword: string) => never): JsonObject {
  const out: JsonObject = { ...one };
  for (const [keyword, value] of Object.entries(other)) {
    const mine = one[keyword];
    if (mine === undefined || ANNOTATIONS.has(keyword) || same(mine, value)) {
      out[keyword] ??= value;
      continue;
    }
    if (GREATER.has(keyword)) out[keyword] = Math.max(Number(mine), Number(value));
    else if (LESS.has(keyword)) out[keyword] = Math.min(Number(mine), Number(value));
    else if (keyword === 'required') out[keyword] = [...new Set([...listOf(mine), ...listOf(value)])];
    else if (keyword === 'type' || keyword === 'enum') {
      const both = listOf(mine).filter((item) => listOf(value).some((candidate) => same(item, candidate)));
      if (both.length === 0) conflict(keyword);
      out[keyword] = both;
    } else if (keyword === 'properties' && isObject(mine) && isObject(value)) {
      const properties: JsonObject = { ...mine };
      for (const [name, schema] of Object.entries(value)) {
        const first = mine[name];
        properties[name] = isObject(first) && isObject(schema) ? { allOf: [first, schema] } : schema;
      }
      out[keyword] = properties;
    } else if (keyword === 'additionalProperties' && (mine === false || value === false)) out[keyword] = false;
    else conflict(keyword);
  }
  return closed(one, other, out, conflict);
}

/** Drops the properties that one side declares and the other forbids. */
function closed(one: JsonObject, other: JsonObject, out: JsonObject, conflict: (keyword: string) => never): JsonObject {
  const properties = isObject(out.properties) ? { ...out.properties } : {};
  for (const side of [one, other]) {
    if (side.additionalProperties !== false) continue;
    const known = isObject(side.properties) ? side.properties : {};
    for (const name of Object.keys(properties)) {
      if (Object.hasOwn(known, name)) continue;
      if (listOf(out.required).includes(name)) conflict('additionalProperties');
      delete properties[name];
    }
  }
  return out.properties === undefined ? out : { ...out, properties };
}
