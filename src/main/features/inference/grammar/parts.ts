/** Schemas that are written in parts (`$ref`, `allOf`, branches beside shared keywords), put together. */
import type { Json, JsonObject } from '../../../../contract/kernel/scalars.ts';
import { isObject, keywordsOf, merged } from './merge.ts';
import { inside, type Place, refuse } from './place.ts';
import { areApart } from './types.ts';

const MAX_REFS = 64;
/** Most parts that are merged: repeated references can multiply them exponentially. */
const MAX_MERGES = 5_000;

/** Resolves the parts of one document. All methods throw AppError `unsupported-parameter` with `pointer`. */
export interface Parts {
  /** The schema that a reference means. */
  resolve(ref: string, place: Place): JsonObject;
  /** The schema without `allOf` and with its references followed as far as they have to be merged. */
  flat(schema: JsonObject, place: Place): JsonObject;
  /** The branches of `anyOf` or `oneOf`, each merged with the keywords beside them. */
  branches(schema: JsonObject, keyword: 'anyOf' | 'oneOf', place: Place): JsonObject[];
}

/** @param root the document that references lead into */
export function createParts(root: JsonObject): Parts {
  let merges = 0;

  function flat(schema: JsonObject, place: Place, level = 0, from = place): JsonObject {
    if (level > MAX_REFS) refuse(from, 'references lead to themselves');
    merges += 1;
    if (merges > MAX_MERGES) refuse(from, 'it has too many parts');
    const { allOf, $ref, ...own } = schema;
    const conflict = (keyword: string) => refuse(inside(place, keyword), 'it contradicts another part');
    let out: JsonObject = own;
    if (typeof $ref === 'string') out = merged(out, flat(resolve(root, $ref, place), place, level + 1, from), conflict);
    if (allOf === undefined) return out;
    if (!Array.isArray(allOf)) return refuse(inside(place, 'allOf'), 'it is no list');
    for (const [index, part] of allOf.entries()) {
      const at = inside(place, 'allOf', index);
      if (!isObject(part)) return refuse(at, 'it is no schema');
      out = merged(out, flat(part, at, level + 1, from), conflict);
    }
    return out;
  }

  return {
    resolve: (ref, place) => resolve(root, ref, place),
    flat: (schema, place) => flat(schema, place),
    branches(schema, keyword, place) {
      const { [keyword]: branches, ...shared } = schema;
      if (!Array.isArray(branches) || branches.length === 0) return refuse(inside(place, keyword), 'it is no list');
      const whole = branches.map((branch, index) => {
        const at = inside(place, keyword, index);
        if (!isObject(branch)) return refuse(at, 'it is no schema');
        if (keywordsOf(shared).length === 0) return branch;
        return merged(shared, flat(branch, at), (word) => refuse(inside(at, word), 'it contradicts another part'));
      });
      if (keyword === 'oneOf' && !areApart(whole.map((branch) => flat(branch, place))))
        refuse(inside(place, 'oneOf'), 'a value might fit more than one of them; use anyOf');
      return whole;
    },
  };
}

/** Follows a JSON Pointer (RFC 6901) written as a URI fragment. */
function resolve(root: JsonObject, ref: string, place: Place): JsonObject {
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

/** A name in a reference; one that is no URI component is taken as it is. */
function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
