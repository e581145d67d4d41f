/** Which values of an input are secret by its JSON Schema (2020-12), at whatever depth and by whatever keyword it says so. */

import { invalidField } from '../../../../contract/kernel/errors.ts';
import { isJsonObject } from '../../../../contract/kernel/json.ts';
import type { Json, JsonObject } from '../../../../contract/kernel/scalars.ts';
import { MASK } from '../../../../contract/kernel/text/mask.ts';
import { secretId } from '../../../core/secrets/secret-refs.ts';
import {
  DEPENDENT,
  hasMark,
  ITEMS_ONE,
  isMark,
  MEMBERS_ONE,
  objectsBelow,
  referred,
  SAME_LIST,
  SAME_ONE,
} from './schema-walk.ts';

/** Way to a value: names of members and indexes of items. */
export type Place = readonly (string | number)[];

/** Steps of one walk: values times the schemas that describe them. */
const MAX_STEPS = 2_000_000;

const TYPES: Record<string, (value: Json) => boolean> = {
  string: (value) => typeof value === 'string',
  number: (value) => typeof value === 'number',
  integer: (value) => Number.isInteger(value),
  boolean: (value) => typeof value === 'boolean',
  object: isJsonObject,
  array: Array.isArray,
  null: (value) => value === null,
};

/** True when a schema asks for the type that the value has. */
function asksFor({ type }: JsonObject, value: Json): boolean {
  return type !== undefined && (Array.isArray(type) ? type : [type]).some((name) => TYPES[String(name)]?.(value));
}

/** Of several schemas, one that is no secret counts only for a value whose type it asks for, and no secret one does. */
function isSecret(described: readonly JsonObject[], value: Json): boolean {
  const marks = described.filter(isMark);
  if (marks.length === 0 || value === MASK || secretId(value) !== null) return marks.length > 0;
  if (marks.some((schema) => schema.type === undefined || asksFor(schema, value))) return true;
  return !described.some((schema) => !isMark(schema) && asksFor(schema, value));
}

class Walk {
  readonly places: Place[] = [];
  readonly #root: JsonObject;
  #steps = 0;

  constructor(root: JsonObject) {
    this.#root = root;
  }

  /** @param schemas that describe the value, whether all of them do or one of several may */
  visit(schemas: readonly (Json | undefined)[], value: Json, place: Place): void {
    const described = this.#sameValue(schemas);
    // An input as a whole stays an object, whatever its schema calls it: what is secret in it is found below.
    if (place.length > 0 && isSecret(described, value)) {
      this.places.push(place);
      return;
    }
    if (Array.isArray(value)) {
      for (const [i, item] of value.entries())
        this.visit(
          described.flatMap((schema) => itemSchemas(schema, i)),
          item,
          [...place, i],
        );
    } else if (isJsonObject(value)) {
      for (const [name, member] of Object.entries(value)) {
        this.visit(
          described.flatMap((schema) => memberSchemas(schema, name)),
          member,
          [...place, name],
        );
      }
    }
  }

  /** Whether a value at a place could be secret, be inside of one, or hold one. */
  reaches(place: Place): boolean {
    let described = this.#sameValue([this.#root]);
    for (const key of place) {
      if (described.some(isMark)) return true;
      // A number names an item, or a member of an object.
      const items = (schema: JsonObject) => (/^\d+$/.test(String(key)) ? itemSchemas(schema, Number(key)) : []);
      described = this.#sameValue(
        described.flatMap((schema) => [...memberSchemas(schema, String(key)), ...items(schema)]),
      );
    }
    const seen = new Set<JsonObject>();
    for (let open = described; open.length > 0; ) {
      const below = open.flatMap((schema) => [...objectsBelow(schema)].map(([at]) => at));
      open = this.#sameValue(below).filter((schema) => !seen.has(schema));
      for (const schema of open) seen.add(schema);
    }
    return [...seen].some(isMark);
  }

  /** The schemas and all that their keywords say about the same value, each once. */
  #sameValue(schemas: readonly (Json | undefined)[]): JsonObject[] {
    const seen = new Set<JsonObject>();
    const open = [...schemas];
    while (open.length > 0) {
      const schema = open.pop();
      if (!isJsonObject(schema) || seen.has(schema)) continue;
      this.#count();
      seen.add(schema);
      open.push(...SAME_ONE.map((keyword) => schema[keyword]));
      for (const keyword of SAME_LIST) if (Array.isArray(schema[keyword])) open.push(...schema[keyword]);
      for (const keyword of DEPENDENT) if (isJsonObject(schema[keyword])) open.push(...Object.values(schema[keyword]));
      if (schema.$ref !== undefined) open.push(referred(this.#root, schema.$ref));
    }
    return [...seen];
  }

  #count(): void {
    this.#steps += 1;
    if (this.#steps <= MAX_STEPS) return;
    const reason = 'describes too many values with secrets; make the schema or the input smaller';
    throw invalidField('input_schema', reason);
  }
}

function itemSchemas(schema: JsonObject, index: number): (Json | undefined)[] {
  const { items, prefixItems } = schema;
  return [
    ...(Array.isArray(prefixItems) ? [prefixItems[index]] : []),
    ...(Array.isArray(items) ? [items[index]] : []),
    ...ITEMS_ONE.map((keyword) => schema[keyword]),
  ];
}

/** All pattern properties describe every member: a pattern of the caller's is not run here, and one secret too many does no harm. */
function memberSchemas(schema: JsonObject, name: string): (Json | undefined)[] {
  const { properties, patternProperties } = schema;
  const patterns = isJsonObject(patternProperties) ? Object.values(patternProperties) : [];
  if (isJsonObject(properties) && Object.hasOwn(properties, name)) return [properties[name], ...patterns];
  return [...patterns, ...MEMBERS_ONE.map((keyword) => schema[keyword])];
}

/**
 * Places of the values in `input` that its schema calls secret (`format: password` or `writeOnly: true`), in order. Where one of several
 * schemas may apply, each of them counts.
 * @throws AppError `validation-error` when there are too many values and schemas to look at
 */
export function secretPlaces(schema: JsonObject, input: JsonObject): Place[] {
  if (!hasMark(schema)) return [];
  const walk = new Walk(schema);
  walk.visit([schema], input, []);
  return walk.places;
}

/** Whether the value at a place of any input could be secret, be inside of a secret, or hold one. */
export function mayBeSecret(schema: JsonObject, place: Place): boolean {
  return hasMark(schema) && new Walk(schema).reaches(place);
}

/** The value at a place, or undefined. */
export function valueAt(input: Json, place: Place): Json | undefined {
  let at: Json | undefined = input;
  for (const key of place) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, key)) return undefined;
    at = Array.isArray(at) ? at[Number(key)] : at[key];
  }
  return at;
}

/** Puts a value at a place whose parent is there; undefined removes a member, and leaves null for an item. */
function putAt(input: JsonObject, place: Place, value: Json | undefined): void {
  const parent = valueAt(input, place.slice(0, -1));
  const key = place.at(-1) ?? '';
  if (Array.isArray(parent)) parent[Number(key)] = value ?? null;
  else if (!isJsonObject(parent)) return;
  else if (value === undefined) delete parent[key];
  else Object.defineProperty(parent, key, { value, writable: true, enumerable: true, configurable: true });
}

/**
 * A copy of `input` in which the value at each place has gone through `replace`.
 * @param replace gets the value (or reference) and its place; undefined removes it
 */
export async function mapPlaces(
  input: JsonObject,
  places: readonly Place[],
  replace: (value: Json, place: Place) => Json | undefined | Promise<Json | undefined>,
): Promise<JsonObject> {
  const copy = structuredClone(input);
  for (const place of places) putAt(copy, place, await replace(valueAt(copy, place) ?? null, place));
  return copy;
}

/** A copy of `input` as answers show it. */
export function maskPlaces(input: JsonObject, places: readonly Place[]): JsonObject {
  const copy = structuredClone(input);
  for (const place of places) putAt(copy, place, MASK);
  return copy;
}

/** What is given, in which each mask in place of a secret is what `base` has there. */
export function keepMasked(schema: JsonObject, base: JsonObject, given: JsonObject): JsonObject {
  const copy = structuredClone(given);
  for (const place of secretPlaces(schema, copy)) {
    if (valueAt(copy, place) === MASK) putAt(copy, place, valueAt(base, place));
  }
  return copy;
}
