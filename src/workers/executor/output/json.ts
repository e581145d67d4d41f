/** JSON from the values of scripts. */
import { inspect } from 'node:util';
import { BOUNDS } from '../../../contract/kernel/bounds.ts';
import { clip, type TextRedactor } from '../../../contract/kernel/redact/clip.ts';
import type { Json } from '../../../contract/kernel/scalars.ts';

/** Says where a value is not JSON: `output.rows[3].at: a Map`. */
export class NotJson extends Error {}

const KINDS: readonly [type: new (...args: never[]) => object, name: string][] = [
  [Map, 'a Map'],
  [Set, 'a Set'],
  [Promise, 'a Promise (is an await missing?)'],
  [Error, 'an Error'],
  [ArrayBuffer, 'bytes (use artifact() for files)'],
  [RegExp, 'a RegExp'],
];

function problemWith(value: unknown): string | null {
  if (typeof value === 'number') return Number.isFinite(value) ? null : String(value);
  if (typeof value === 'bigint' || typeof value === 'symbol' || typeof value === 'function') return `a ${typeof value}`;
  if (typeof value !== 'object' || value === null) return null;
  if (ArrayBuffer.isView(value)) return 'bytes (use artifact() for files)';
  // Objects of Playwright's client are handles: what they enumerate is bookkeeping, not what they stand for.
  if ('_guid' in value && '_type' in value) return `a Playwright ${String(value._type)}`;
  return KINDS.find(([type]) => value instanceof type)?.[1] ?? null;
}

function hasToJson(value: object): value is { toJSON(): unknown } {
  return 'toJSON' in value && typeof value.toJSON === 'function';
}

/**
 * Turns a value into JSON without losing anything silently: members that are undefined are left out, `toJSON` is honoured (dates,
 * URLs), undefined itself becomes null.
 * @param name how the value is called in the error
 * @throws NotJson naming the place of the first value that JSON cannot hold
 */
export function toStrictJson(value: unknown, name: string): Json {
  const around = new Set<object>();

  function convert(item: unknown, path: string): Json {
    const problem = problemWith(item);
    if (problem !== null) throw new NotJson(`${path}: ${problem} cannot be stored as JSON`);
    if (item === undefined || item === null) return null;
    if (typeof item === 'string' || typeof item === 'number' || typeof item === 'boolean') return item;
    if (typeof item !== 'object') throw new NotJson(`${path}: a ${typeof item} cannot be stored as JSON`);
    if (around.has(item)) throw new NotJson(`${path}: refers to something that contains it, which JSON cannot express`);
    if (around.size >= BOUNDS.depth) throw new NotJson(`${path}: is nested more than ${BOUNDS.depth} levels deep`);
    if (hasToJson(item)) return convert(item.toJSON(), path);
    around.add(item);
    const result = Array.isArray(item)
      ? item.map((member, index) => convert(member, `${path}[${index}]`))
      : Object.fromEntries(
          Object.entries(item)
            .filter(([, member]) => member !== undefined)
            .map(([key, member]) => [key, convert(member, `${path}.${key}`)]),
        );
    around.delete(item);
    return result;
  }

  return convert(value, name);
}

/** Options of `inspect` that leave every string whole, for texts that are still to be redacted: by itself it cuts at 10 000 characters. */
export const WHOLE = { maxStringLength: Number.POSITIVE_INFINITY } as const;
/** Longest text that stands for what is not JSON, characters; as JSON it still fits the data of a log line. */
const MAX_TEXT = 32_000;

/** Like {@link toStrictJson}, but what JSON cannot hold becomes readable text: for log data, which must not stop a script. */
export function toLogJson(value: unknown, redactor: TextRedactor): Json {
  if (value instanceof Error) return { name: value.name, message: value.message };
  try {
    return toStrictJson(value, 'data');
  } catch {
    return clip(redactor, inspect(value, { ...WHOLE, depth: 4, breakLength: 120 }), MAX_TEXT, '…');
  }
}
