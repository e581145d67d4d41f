/** JSON pointers (RFC 6901) into what an event tells. */
import { z } from 'zod';
import { isJsonObject } from '../../kernel/json.ts';
import type { Json, JsonObject } from '../../kernel/scalars.ts';

export const Pointer = z
  .string()
  .max(300)
  .regex(/^(?:\/(?:[^~/]|~[01])*)+$/, 'must be a path such as /task/output/url');

function parts(pointer: string): string[] {
  const [, ...escaped] = pointer.split('/');
  return escaped.map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function below(value: Json | undefined, part: string): Json | undefined {
  if (Array.isArray(value)) return /^(?:0|[1-9]\d{0,8})$/.test(part) ? value[Number(part)] : undefined;
  return isJsonObject(value) && Object.hasOwn(value, part) ? value[part] : undefined;
}

/** The value at a pointer; undefined where there is none. */
export function at(event: JsonObject, pointer: string): Json | undefined {
  return parts(pointer).reduce<Json | undefined>(below, event);
}

/** Whether an event like the example can have a value at a pointer: it has one, or leads through an object that may hold anything. */
export function canHave(example: JsonObject, pointer: string): boolean {
  let value: Json | undefined = example;
  for (const part of parts(pointer)) {
    if (isJsonObject(value) && Object.keys(value).length === 0) return true;
    value = below(value, part);
    if (value === undefined) return false;
  }
  return true;
}

/** Pointers to all plain values of an example, and to its open objects. */
export function pointersOf(value: Json, base = ''): string[] {
  if (!isJsonObject(value) || (base !== '' && Object.keys(value).length === 0)) return [base];
  return Object.entries(value).flatMap(([name, item]) =>
    pointersOf(item, `${base}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`),
  );
}
