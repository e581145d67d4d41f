/** Which values of an input are secret by its JSON Schema (2020-12), at whatever depth and by whatever keyword it says so. */
import { AppError } from '../../../../contract/kernel/errors.ts';
import type { Json, JsonObject } from '../../../../contract/kernel/scalars.ts';
import { MASK, secretId } from '../../../core/secrets/secret-refs.ts';

/** Way to a value: names of members and indexes of items. */
export type Place = readonly (string | number)[];

/** Keywords whose schema describes the same value. */
const SAME_ONE = ['not', 'if', 'then', 'else'] as const;
const SAME_LIST = ['allOf', 'anyOf', 'oneOf'] as const;
const DEPENDENT = ['dependentSchemas', 'dependencies'] as const;
/** Keywords whose schema describes members or items, whichever a value has. */
const MEMBERS_ONE = ['additionalProperties', 'unevaluatedProperties'] as const;
const ITEMS_ONE = ['items', 'additionalItems', 'contains', 'unevaluatedItems'] as const;
/** Keywords that hold schemas, in which a secret could not be sealed. */
const UNSEALABLE = ['propertyNames', 'contentSchema'] as const;
/** Keywords with schemas by name. */
const NAMED = ['properties', 'patternProperties', 'dependentSchemas', 'dependencies', '$defs', 'definitions'] as const;
/** Keywords with objects that are no schemas. */
const VALUES = ['enum', 'const', 'default', 'examples', 'dependentRequired'];
/** Keywords that make `#/…` or an address lead elsewhere. */
const BASES = ['$anchor', '$dynamicAnchor', '$recursiveAnchor'];
/** Steps of one walk: values times the schemas that describe them. */
const MAX_STEPS = 2_000_000;

const isRecord = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isMark = (schema: JsonObject) => schema.format === 'password' || schema.writeOnly === true;

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

const hasMark = (schema: JsonObject) => objectsBelow(schema).some(([at]) => isMark(at));

/** What a reference inside one document points to; undefined when it leads elsewhere. */
function referred(root: JsonObject, reference: Json): Json | undefined {
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
  return named.includes(keyword) && isRecord(value)
    ? Object.entries(value).map(([name, below]) => [below, `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`])
    : null;
}

/** Every schema of a schema by the keywords that are known here, or where it has others. */
function allSchemas(root: JsonObject): Map<JsonObject, string> | Refusal {
  const found = new Map<JsonObject, string>();
  const open: [schema: Json, pointer: string][] = [[root, '']];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [schema, pointer] = next;
    if (!isRecord(schema) || found.has(schema)) continue;
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
      if (isRecord(below) && objectsBelow(below).some(([one]) => isMark(one) || one.$ref !== undefined)) {
        return { pointer: `${pointer}/${keyword}`, reason: 'cannot hold a secret; mark a property or an item instead' };
      }
    }
    for (const keyword of ['$ref', '$dynamicRef', '$recursiveRef']) {
      const reference = at[keyword];
      if (typeof reference !== 'string') continue;
      const target = keyword === '$ref' ? referred(schema, reference) : undefined;
      if (typeof target === 'boolean' || (isRecord(target) && schemas.has(target))) continue;
      const reason = `must be a reference like #/$defs/name in a schema with secrets, not ${reference.slice(0, 100)}`;
      return { pointer: `${pointer}/${keyword}`, reason };
    }
  }
  return null;
}

const TYPES: Record<string, (value: Json) => boolean> = {
  string: (value) => typeof value === 'string',
  number: (value) => typeof value === 'number',
  integer: (value) => Number.isInteger(value),
  boolean: (value) => typeof value === 'boolean',
  object: isRecord,
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
    } else if (isRecord(value)) {
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
      if (!isRecord(schema) || seen.has(schema)) continue;
      this.#count();
      seen.add(schema);
      open.push(...SAME_ONE.map((keyword) => schema[keyword]));
      for (const keyword of SAME_LIST) if (Array.isArray(schema[keyword])) open.push(...schema[keyword]);
      for (const keyword of DEPENDENT) if (isRecord(schema[keyword])) open.push(...Object.values(schema[keyword]));
      if (schema.$ref !== undefined) open.push(referred(this.#root, schema.$ref));
    }
    return [...seen];
  }

  #count(): void {
    this.#steps += 1;
    if (this.#steps <= MAX_STEPS) return;
    const reason = 'describes too many values with secrets; make the schema or the input smaller';
    throw new AppError('validation-error', `Field 'input_schema': ${reason}`, {
      errors: { input_schema: reason },
      extra: { field: 'input_schema', reason },
    });
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
  const patterns = isRecord(patternProperties) ? Object.values(patternProperties) : [];
  if (isRecord(properties) && Object.hasOwn(properties, name)) return [properties[name], ...patterns];
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
  else if (!isRecord(parent)) return;
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
