/** JSON values. */
import { z } from 'zod';

/** Values that a walk looks at before it gives up: more than any message between processes may hold, so only a value that contains itself has more. */
const MAX_WALK = 2_000_000;

/** Nothing is inherited but from an end of the chain: objects of JSON, of another realm, and those that a router makes. */
export const isPlain = (value: object): boolean => {
  const prototype: object | null = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
};

/** A name that would set the prototype of whatever is copied member by member. */
const SETTER = '__proto__';

/**
 * Whether a value holds nothing but JSON. Members called `__proto__` are removed from it. The walk keeps its own stack and makes nothing for a
 * list or an object that it passes: zod's own schema of any JSON takes 25 times as long for lists, which made small answers of programs
 * expensive to show.
 */
function holdsJson(value: unknown): boolean {
  const open: unknown[] = [value];
  let seen = 0;
  for (let next = open.pop(); ; next = open.pop()) {
    if (typeof next === 'number' ? !Number.isFinite(next) : !(typeof next === 'string' || typeof next === 'boolean')) {
      if (typeof next !== 'object') return false;
      if (Array.isArray(next)) {
        for (const item of next) open.push(item);
      } else if (next !== null) {
        if (!isPlain(next)) return false;
        if (Object.hasOwn(next, SETTER) && !Reflect.deleteProperty(next, SETTER)) return false;
        for (const member of Object.values(next)) open.push(member);
      }
    }
    seen += 1;
    if (seen > MAX_WALK) return false;
    if (open.length === 0) return true;
  }
}

type JsonValue = z.core.util.JSONType;

/** What says no more than that a value is JSON, without a walk for each of its members; see {@link holdsJson}. */
const walked = <T extends JsonValue>(expected: string, isOne: (value: unknown) => boolean) =>
  z.unknown().check((payload) => {
    const { value } = payload;
    if (!isOne(value)) payload.issues.push({ code: 'invalid_type', expected, input: value });
    else if (!holdsJson(value)) payload.issues.push({ code: 'invalid_type', expected: 'JSON', input: value });
    // The check above is what makes it one.
  }) as unknown as z.ZodType<T, T>;

/** Any JSON value. */
export const Json = walked<JsonValue>('JSON', (value) => value !== undefined);
export type Json = z.infer<typeof Json>;

/** A JSON object with any members. */
export const JsonObject = walked<Record<string, JsonValue>>(
  'record',
  (value) => typeof value === 'object' && value !== null && isPlain(value),
).meta({ type: 'object', propertyNames: { type: 'string' }, additionalProperties: {} });
export type JsonObject = z.infer<typeof JsonObject>;

/** Whether a value is an object, neither null nor an array. Its members are not looked at. */
export const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Whether two values are written alike; the order of members counts. */
export const sameJson = (a: Json | undefined, b: Json | undefined): boolean => JSON.stringify(a) === JSON.stringify(b);
