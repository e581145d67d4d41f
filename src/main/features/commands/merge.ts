/** Inputs over defaults. */
import type { Json, JsonObject } from '../../../contract/kernel/scalars.ts';
import { secretId } from '../../core/secrets/secret-refs.ts';

function isRecord(value: unknown): value is Record<string, Json> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Deep merge of objects; arrays and scalars of `over` win. */
export function mergeInput(base: JsonObject, over: JsonObject): JsonObject {
  const merged = Object.entries(over).map(([key, value]): [string, Json] => {
    const below = Object.hasOwn(base, key) ? base[key] : undefined;
    return [key, isRecord(below) && isRecord(value) && secretId(below) === null ? mergeInput(below, value) : value];
  });
  return { ...base, ...Object.fromEntries(merged) };
}
