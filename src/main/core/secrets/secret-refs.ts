/** Secrets inside stored inputs: references at rest, dots in answers, plain values only in what is sent to the executor. */

import { invalidField } from '../../../contract/kernel/errors.ts';
import { isJsonObject } from '../../../contract/kernel/json.ts';
import type { Json, JsonObject } from '../../../contract/kernel/scalars.ts';
import { MASK } from '../../../contract/kernel/text/mask.ts';

/** Reference of a sealed value `{"$secret": id}`, or null when `value` is not one. */
export function secretId(value: Json): string | null {
  if (!isJsonObject(value)) return null;
  const id = value.$secret;
  return typeof id === 'string' && Object.keys(value).length === 1 ? id : null;
}

/** The input with each sealed secret replaced by what `replace` gives for its reference. */
export async function replaceSecrets(input: JsonObject, replace: (id: string) => Promise<Json>): Promise<JsonObject> {
  return (await walk(input, replace)) as JsonObject;
}

async function walk(value: Json, replace: (id: string) => Promise<Json>): Promise<Json> {
  const id = secretId(value);
  if (id !== null) return replace(id);
  if (Array.isArray(value)) return Promise.all(value.map((item) => walk(item, replace)));
  if (!isJsonObject(value)) return value;
  const entries = Object.entries(value).map(async ([key, item]) => [key, await walk(item, replace)] as const);
  return Object.fromEntries(await Promise.all(entries));
}

/** The value as answers show it: {@link MASK} in place of every reference. Works without the schema, so old snapshots stay masked. */
export function masked<T extends Json>(value: T): T;
export function masked(value: Json): Json {
  if (secretId(value) !== null) return MASK;
  if (Array.isArray(value)) return value.map((item) => masked(item));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, masked(item)]));
}

/** References of every sealed value, in order. */
export function secretIds(value: Json): string[] {
  const id = secretId(value);
  if (id !== null) return [id];
  if (Array.isArray(value)) return value.flatMap(secretIds);
  return isJsonObject(value) ? Object.values(value).flatMap(secretIds) : [];
}

/** Throws away what a caller wrote in the form of a reference: only the host may refer to secrets. */
export function withoutReferences(input: JsonObject): JsonObject {
  return strip(input) as JsonObject;
}

function strip(value: Json): Json {
  if (secretId(value) !== null) return null;
  if (Array.isArray(value)) return value.map(strip);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, strip(item)]));
}

/** Paths of the sealed values of `earlier` that stay when `given` is merged into it, as a mask or by saying nothing. */
export function keptSecrets(earlier: JsonObject, given: JsonObject): string[] {
  return keptAt(earlier, given, true, []).map((path) => path.join('.'));
}

const isContainer = (value: Json | undefined): value is JsonObject | Json[] =>
  typeof value === 'object' && value !== null;

/** Paths of the sealed values in a value. */
function placesOf(value: Json, path: readonly string[]): string[][] {
  if (secretId(value) !== null) return [[...path]];
  if (!isContainer(value)) return [];
  return Object.entries(value).flatMap(([name, item]) => placesOf(item, [...path, name]));
}

/** @param stays whether a value stays about which nothing is said */
function keptAt(earlier: Json, given: Json | undefined, stays: boolean, path: readonly string[]): string[][] {
  // A mask brings back whatever was at its place, and all that is in it.
  if (given === MASK) return placesOf(earlier, path);
  if (secretId(earlier) !== null) return given === undefined && stays ? [[...path]] : [];
  if (!isContainer(earlier) || (given !== undefined && !isContainer(given))) return [];
  // Objects are merged; a list is replaced, and so is what becomes another kind of value. A mask keeps its place in any of them.
  const below = given === undefined ? stays : isJsonObject(earlier) && isJsonObject(given);
  return Object.entries(earlier).flatMap(([name, item]) => {
    const next: Json | undefined = given === undefined ? undefined : new Map(Object.entries(given)).get(name);
    return keptAt(item, next, below, [...path, name]);
  });
}

/** Longest secret, bytes of UTF-8: every form of each is looked for in whatever a task writes. */
export const MAX_SECRET_BYTES = 65_536;

/**
 * The text of a secret value, as it is sealed.
 * @param field where the value was given, like `input.password`
 * @throws AppError `validation-error` at that field when it is longer than {@link MAX_SECRET_BYTES}, or still has the mask of another
 *   secret in it: then somebody typed beside the dots, and the dots would be sent as the secret
 */
export function secretText(value: Json, field: string): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const length = Buffer.byteLength(text);
  if (length > MAX_SECRET_BYTES) {
    const reason = `a secret may have at most ${MAX_SECRET_BYTES} bytes, this one has ${length}`;
    throw refused(field, reason, '; keep it in a file and give its path');
  }
  if (text.includes(MASK))
    throw refused(field, 'has the dots in it that stand for a stored secret; type the whole value');
  return text;
}

const refused = (field: string, reason: string, more = '') => invalidField(field, reason, { more: `${more}.` });

/** Seals in `input` every value that is sealed at the same place of `like`, for inputs that no schema describes. */
export async function sealLike(
  like: JsonObject,
  input: JsonObject,
  seal: (value: Json) => Promise<Json>,
): Promise<JsonObject> {
  return (await sealAt(like, input, seal)) as JsonObject;
}

async function sealAt(like: Json | undefined, value: Json, seal: (value: Json) => Promise<Json>): Promise<Json> {
  if (like === undefined || value === null || secretId(value) !== null) return value;
  if (secretId(like) !== null) return seal(value);
  if (Array.isArray(like) && Array.isArray(value))
    return Promise.all(value.map((item, i) => sealAt(like[i], item, seal)));
  if (!isJsonObject(like) || !isJsonObject(value)) return value;
  const entries = Object.entries(value).map(async ([key, item]) => [key, await sealAt(like[key], item, seal)] as const);
  return Object.fromEntries(await Promise.all(entries));
}
