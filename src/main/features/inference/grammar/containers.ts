/** Lists and objects of a schema as rules. */
import type { Json, JsonObject } from '../../../../contract/kernel/scalars.ts';
import { type Grammar, literal } from './gbnf.ts';
import { isObject } from './merge.ts';
import { inside, type Place, refuse } from './place.ts';
import { counts } from './values.ts';

/** Adds the rules of a nested schema. @returns the name of its rule */
export type Visit = (schema: Json | undefined, place: Place) => string;

export function arrayOf(grammar: Grammar, visit: Visit, schema: JsonObject, place: Place): string {
  if (schema.uniqueItems === true)
    refuse(inside(place, 'uniqueItems'), 'items cannot be compared while they are written');
  const { min, max } = counts(schema, 'minItems', 'maxItems', place);
  const ws = grammar.base('ws');
  const prefix = schema.prefixItems === undefined ? [] : schema.prefixItems;
  if (!Array.isArray(prefix)) return refuse(inside(place, 'prefixItems'), 'it is no list');
  if (prefix.length > 0) {
    // A tuple is written with exactly its prefix items, which is valid whenever the bounds allow that length.
    if (min > prefix.length || (max !== null && max < prefix.length))
      refuse(place, 'the bounds do not fit prefixItems');
    const items = prefix.map((item, index) => visit(item, inside(place, 'prefixItems', index)));
    return grammar.add('tuple', `"[" ${ws} ${items.join(` ${ws} "," ${ws} `)} ${ws} "]"`);
  }
  if (max === 0) return grammar.add('array', `"[" ${ws} "]"`);
  if (schema.items === undefined && min === 0 && max === null) return grammar.base('array');
  const item = grammar.add('item', visit(schema.items, inside(place, 'items')));
  const more = `(${ws} "," ${ws} ${item}){${Math.max(0, min - 1)},${max === null ? '' : max - 1}}`;
  const some = `${item} ${more}`;
  return grammar.add('array', `"[" ${ws} ${min === 0 ? `(${some})?` : some} ${ws} "]"`);
}

export function objectOf(grammar: Grammar, visit: Visit, schema: JsonObject, place: Place): string {
  const ws = grammar.base('ws');
  const properties = isObject(schema.properties) ? { ...schema.properties } : {};
  const required = Array.isArray(schema.required) ? schema.required : [];
  for (const name of required) {
    if (typeof name !== 'string') return refuse(inside(place, 'required'), 'it names no member');
    if (Object.hasOwn(properties, name)) continue;
    if (schema.additionalProperties === false)
      refuse(inside(place, 'required'), `${JSON.stringify(name)} is not allowed`);
    properties[name] = schema.additionalProperties ?? true;
  }
  const entries = Object.entries(properties);
  if (entries.length === 0) return mapOf(grammar, visit, schema, place);
  const pairs = entries.map(([name, member]) => {
    const value = visit(member, inside(place, 'properties', name));
    return grammar.add(name, `${literal(`${JSON.stringify(name)}:`)} ${ws} ${value}`);
  });
  // From the last member to the first: `first` is what may follow while no member is written yet, `later` after one.
  let [first, later] = ['""', '""'];
  for (let index = entries.length - 1; index >= 0; index--) {
    const isRequired = required.includes(entries[index]?.[0] ?? '');
    const pair = pairs[index] ?? '';
    const begun = `${pair} ${later}`;
    const added = `${ws} "," ${ws} ${pair} ${later}`;
    const next = isRequired ? [begun, added] : [`${begun} | ${first}`, `${added} | ${later}`];
    first = grammar.add('first', next[0] ?? '');
    later = grammar.add('rest', next[1] ?? '');
  }
  return grammar.add('object', `"{" ${ws} ${first} ${ws} "}"`);
}

/** An object without named properties. */
function mapOf(grammar: Grammar, visit: Visit, schema: JsonObject, place: Place): string {
  const ws = grammar.base('ws');
  const { additionalProperties } = schema;
  if (additionalProperties === false) return grammar.add('object', `"{" ${ws} "}"`);
  if (additionalProperties === undefined || additionalProperties === true) return grammar.base('object');
  const value = visit(additionalProperties, inside(place, 'additionalProperties'));
  const pair = grammar.add('pair', `${grammar.base('string')} ":" ${ws} ${value}`);
  return grammar.add('object', `"{" ${ws} (${pair} (${ws} "," ${ws} ${pair})*)? ${ws} "}"`);
}
