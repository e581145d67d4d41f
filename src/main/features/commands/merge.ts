/** Inputs over defaults. */
import { isJsonObject } from '../../../contract/kernel/json.ts';
import type { Json, JsonObject } from '../../../contract/kernel/scalars.ts';
import { secretId } from '../../core/secrets/secret-refs.ts';

/** Deep merge of objects; arrays and scalars of `over` win. */
export function mergeInput(base: JsonObject, over: JsonObject): JsonObject {
  const merged = Object.entries(over).map(([key, value]): [string, Json] => {
    const below = Object.hasOwn(base, key) ? base[key] : undefined;
    return [
      key,
      isJsonObject(below) && isJsonObject(value) && secretId(below) === null ? mergeInput(below, value) : value,
    ];
  });
  return { ...base, ...Object.fromEntries(merged) };
}
