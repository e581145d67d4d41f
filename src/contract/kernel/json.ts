/** JSON values. */
import type { Json, JsonObject } from './scalars.ts';

/** Whether a value is an object, neither null nor an array. Its members are not looked at. */
export const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Whether two values are written alike; the order of members counts. */
export const sameJson = (a: Json | undefined, b: Json | undefined): boolean => JSON.stringify(a) === JSON.stringify(b);
