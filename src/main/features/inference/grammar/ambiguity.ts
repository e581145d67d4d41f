/**
 * In how many ways a text may be read while it is written. llama.cpp keeps each of them and tries each token on all: alternatives that
 * begin alike, within each other, are as many as the product of their numbers, and a token takes seconds.
 */
import type { Json, JsonObject } from '../../../../contract/kernel/scalars.ts';
import { ambiguous, createMeeting } from './meeting.ts';
import { isObject, keywordsOf } from './merge.ts';
import { createParts } from './parts.ts';
import { inside, type Place } from './place.ts';

/** With a vocabulary of 150 000 tokens this many take half a second a token. */
const MAX_READINGS = 128;
/** Values of an enumeration that count as one reading: all but a few end with the first characters. */
const ENUM_SHARE = 16;

/** @param root a schema whose rules could be made @throws AppError `unprocessable-entity` */
export function checkAmbiguity(root: JsonObject, param: string): void {
  const parts = createParts(root);
  const meet = createMeeting(parts);
  /** Readings within what a reference means; null while it is looked at. */
  const known = new Map<string, number | null>();
  /** Readings at the beginning of what is looked at. */
  const entered = new Map<string, number>();

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

  readings(root, { param, pointer: '' }, 1);
}
