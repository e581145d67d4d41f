/**
 * In how many ways a text may be read while it is written. llama.cpp keeps each of them and tries each token on all: alternatives that
 * begin alike, within each other, are as many as the product of their numbers, and a token takes seconds.
 */
import { AppError } from '../../../../contract/kernel/errors.ts';
import type { Json, JsonObject } from '../../../../contract/kernel/scalars.ts';
import { isObject, keywordsOf } from './merge.ts';
import { createParts } from './parts.ts';
import { inside, type Place } from './place.ts';
import { areApart, typesOf } from './types.ts';

/** With a vocabulary of 150 000 tokens this many take half a second a token. */
const MAX_READINGS = 128;
/** Values of an enumeration that count as one reading: all but a few end with the first characters. */
const ENUM_SHARE = 16;

/** Members of alternatives that are compared with each other. */
const MAX_COMPARED = 200_000;

type Members = ReadonlyMap<string, { schema: JsonObject; isRequired: boolean }>;

const ambiguous = ({ param, pointer }: Place) =>
  new AppError(
    'unprocessable-entity',
    `${param}: the schema at #${pointer} may be read in too many ways at once. Let its alternatives differ in their type, or in a required member with another const in each, before other members.`,
    { extra: { param, pointer: `#${pointer}` } },
  );

/** @param root a schema whose rules could be made @throws AppError `unprocessable-entity` */
export function checkAmbiguity(root: JsonObject, param: string): void {
  const parts = createParts(root);
  /** Readings within what a reference means; null while it is looked at. */
  const known = new Map<string, number | null>();
  /** Readings at the beginning of what is looked at. */
  const entered = new Map<string, number>();

  const members = new WeakMap<JsonObject, Members>();
  let compared = 0;

  /** @param alive readings that are open where the value begins @returns the most that are open within it, for each of them */
  function readings(given: Json | undefined, place: Place, alive: number): number {
    if (alive > MAX_READINGS) throw ambiguous(place);
    if (!isObject(given)) return 1;
    if (typeof given.$ref === 'string' && keywordsOf(given).length === 1) return ofReference(given.$ref, place, alive);
    const schema = parts.flat(given, place);
    const own = ofSchema(schema, place, alive);
    if (alive * own > MAX_READINGS) throw ambiguous(place);
    return own;
  }

  function ofReference(ref: string, place: Place, alive: number): number {
    const seen = known.get(ref);
    // Within itself it must not be open more often than where it began, or each level would have more.
    if (seen === null && alive > (entered.get(ref) ?? 0)) throw ambiguous(place);
    if (seen !== undefined) {
      if (alive * (seen ?? 1) > MAX_READINGS) throw ambiguous(place);
      return seen ?? 1;
    }
    known.set(ref, null);
    entered.set(ref, alive);
    const found = readings(parts.resolve(ref, place), place, alive);
    known.set(ref, found);
    return found;
  }

  function ofSchema(schema: JsonObject, place: Place, alive: number): number {
    if (schema.const !== undefined) return 1;
    if (Array.isArray(schema.enum)) return Math.ceil(schema.enum.length / ENUM_SHARE);
    for (const keyword of ['anyOf', 'oneOf'] as const)
      if (schema[keyword] !== undefined)
        return ofBranches(parts.branches(schema, keyword, place), inside(place, keyword), alive);
    const within: [Json | undefined, Place][] = [
      [schema.items, inside(place, 'items')],
      [schema.additionalProperties, inside(place, 'additionalProperties')],
      ...Object.entries(isObject(schema.properties) ? schema.properties : {}).map(([name, member]): [Json, Place] => [
        member,
        inside(place, 'properties', name),
      ]),
      ...(Array.isArray(schema.prefixItems) ? schema.prefixItems : []).map((item, index): [Json, Place] => [
        item,
        inside(place, 'prefixItems', index),
      ]),
    ];
    return Math.max(1, ...within.map(([member, at]) => readings(member, at, alive)));
  }

  function ofBranches(branches: readonly JsonObject[], place: Place, alive: number): number {
    const flat = branches.map((branch, index) => parts.flat(branch, inside(place, index)));
    const together = flat.map((one, index) =>
      flat.flatMap((other, at) => (at === index || meet(one, other, place) ? at : [])),
    );
    const own = branches.map((branch, index) =>
      readings(branch, inside(place, index), alive * (together[index]?.length ?? 1)),
    );
    return Math.max(...together.map((indexes) => indexes.reduce((sum, at) => sum + (own[at] ?? 1), 0)));
  }

  /** Whether both may still be open where a list or an object begins within them. */
  function meet(one: JsonObject, other: JsonObject, place: Place): boolean {
    compared += 1;
    if (compared > MAX_COMPARED) throw ambiguous(place);
    const [a, b] = [containersOf(one, place), containersOf(other, place)];
    if (a.includes('array') && b.includes('array')) return true;
    return a.includes('object') && b.includes('object') && objectsMeet(one, other, place);
  }

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

  const differ = (one: JsonObject, other: JsonObject) =>
    (one.const !== undefined &&
      other.const !== undefined &&
      JSON.stringify(one.const) !== JSON.stringify(other.const)) ||
    areApart([one, other]);

  readings(root, { param, pointer: '' }, 1);
}
