/** Alternatives of a schema that may both still be open where a value within them begins. */
import { AppError } from '../../../../contract/kernel/errors.ts';
import type { Json, JsonObject } from '../../../../contract/kernel/scalars.ts';
import { isObject } from './merge.ts';
import type { Parts } from './parts.ts';
import type { Place } from './place.ts';
import { areApart, typesOf } from './types.ts';

/** Members of alternatives that are compared with each other. */
const MAX_COMPARED = 200_000;

type Members = ReadonlyMap<string, { schema: JsonObject; isRequired: boolean }>;

export const ambiguous = ({ param, pointer }: Place) =>
  new AppError(
    'unprocessable-entity',
    `${param}: the schema at #${pointer} may be read in too many ways at once. Let its alternatives differ in their type, or in a required member with another const in each, before other members.`,
    { extra: { param, pointer: `#${pointer}` } },
  );

const differ = (one: JsonObject, other: JsonObject) =>
  (one.const !== undefined && other.const !== undefined && JSON.stringify(one.const) !== JSON.stringify(other.const)) ||
  areApart([one, other]);

/** Creates what compares two of them, neither of which has references. It throws AppError `unprocessable-entity` when there are too many. */
export function createMeeting(parts: Parts) {
  const members = new WeakMap<JsonObject, Members>();
  let compared = 0;

  function containersOf(schema: JsonObject, place: Place): string[] {
    if (schema.const !== undefined || schema.enum !== undefined) return [];
    if (schema.anyOf !== undefined || schema.oneOf !== undefined) return ['array', 'object'];
    return typesOf(schema, place).filter((type) => type === 'array' || type === 'object');
  }

  const isDeep = (schema: JsonObject, place: Place) => containersOf(schema, place).length > 0;
  const flatOf = (schema: Json | undefined, place: Place) => (isObject(schema) ? parts.flat(schema, place) : {});

  /** Members that both have are reached by both, unless one that has to be written before them tells which of the two it is. */
  function objectsMeet(one: JsonObject, other: JsonObject, place: Place): boolean {
    const [mine, theirs] = [membersOf(one, place), membersOf(other, place)];
    if (mine.size === 0 || theirs.size === 0) return true;
    const reached = sharedNames(theirs, mine, place);
    return [...sharedNames(mine, theirs, place)].some(
      (name) =>
        reached.has(name) &&
        isDeep(mine.get(name)?.schema ?? {}, place) &&
        isDeep(theirs.get(name)?.schema ?? {}, place),
    );
  }

  /** Names up to the one, itself included, that tells that it is none of the others. */
  function sharedNames(own: Members, others: Members, place: Place): Set<string> {
    const names = new Set<string>();
    for (const [name, { schema, isRequired }] of own) {
      compared += 1;
      if (compared > MAX_COMPARED) throw ambiguous(place);
      names.add(name);
      const there = others.get(name);
      if (isRequired && (there === undefined || differ(schema, there.schema))) break;
    }
    return names;
  }

  /** In the order in which they are written. */
  function membersOf(schema: JsonObject, place: Place): Members {
    const seen = members.get(schema);
    if (seen !== undefined) return seen;
    const required = new Set(Array.isArray(schema.required) ? schema.required.map(String) : []);
    const properties = isObject(schema.properties) ? schema.properties : {};
    const found = new Map(
      [...new Set([...Object.keys(properties), ...required])].map((name) => [
        name,
        { schema: flatOf(properties[name], place), isRequired: required.has(name) },
      ]),
    );
    members.set(schema, found);
    return found;
  }

  /** Whether both may still be open where a list or an object begins within them. */
  return function meet(one: JsonObject, other: JsonObject, place: Place): boolean {
    compared += 1;
    if (compared > MAX_COMPARED) throw ambiguous(place);
    const [a, b] = [containersOf(one, place), containersOf(other, place)];
    if (a.includes('array') && b.includes('array')) return true;
    return a.includes('object') && b.includes('object') && objectsMeet(one, other, place);
  };
}
