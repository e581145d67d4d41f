/** Seeded inputs that follow a schema, and mutations of them. The same seed gives the same inputs on every machine. */
import { z } from 'zod';

type JsonSchema = { [key: string]: unknown };

/** What a fuzzer draws from. */
export interface Fuzzer {
  /** A number from 0 to `end` - 1. */
  below(end: number): number;
  chance(probability: number): boolean;
  pick<T>(list: readonly T[]): T;
  /** A value that mostly fits. */
  fitting(schema: JsonSchema): unknown;
  /** A copy with one place replaced, added, repeated or left out. */
  mutated(value: unknown): unknown;
  /** A copy of a text with a few places changed. */
  garbled(text: string): string;
  /** Bytes with a few of them changed, added or left out. */
  garbledBytes(bytes: Buffer): Buffer;
}

/** The schema of an input as data. */
export const inputSchema = (schema: z.ZodType): JsonSchema =>
  z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any', reused: 'inline' }) as JsonSchema;

/** Values that have broken programs before. */
export const HOSTILE: readonly unknown[] = [
  ...[null, true, 0, -1, 1e308, -0, 2 ** 53, 0.1, '', ' ', [], {}],
  ...[
    '\ud800',
    '\u0000',
    '\u202e',
    '‮👩‍👩‍👧',
    '__proto__',
    'constructor',
    '../../../etc/passwd',
    '%00',
    '{{secret:x}}',
    '{{',
  ],
  ...["' OR 1=1 --", '*" NEAR(', '$&', '-0', '1e999', 'NaN', 'tsk_', '9'.repeat(400), 'x'.repeat(70_000)],
  ...['2026-13-45T99:99:99.999Z', '-271821-04-20T00:00:00.000Z', 'http://[::1', 'file:///etc/passwd', '(a+)+$'],
  JSON.parse('{"__proto__":{"polluted":true}}'),
  JSON.parse('{"constructor":{"prototype":{"polluted":true}}}'),
  JSON.parse(`${'['.repeat(60)}${']'.repeat(60)}`),
  JSON.parse(`${'['.repeat(70)}${']'.repeat(70)}`),
  Array(2000).fill(null),
  Object.fromEntries(Array.from({ length: 500 }, (_, n) => [`m${n}`, n])),
];
const WORDS = ['a', 'name', 'x-1', 'host', 'Überschrift', 'true', '10', 'read', 'run'];
const FRAGMENTS = [
  '{',
  '}',
  '[',
  ']',
  '"',
  '\\',
  ',',
  ':',
  '\\u',
  '\\ud800',
  '1e999',
  'null',
  '"t":"call",',
  '\u0000',
  '[[[[[[',
  '"id":1,',
];

/**
 * Creates a fuzzer.
 * @param ids existing ids by prefix, for members that name something
 */
export function createFuzzer(seed: number, ids: Readonly<Record<string, string>> = {}): Fuzzer {
  let state = seed >>> 0;
  // Steele and Vigna's SplitMix, the 32-bit form: small, and good enough to choose by.
  function random(): number {
    state = (state + 0x9e3779b9) >>> 0;
    let z = state;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return ((z ^ (z >>> 15)) >>> 0) / 2 ** 32;
  }
  const below = (end: number) => Math.floor(random() * end);
  const chance = (probability: number) => random() < probability;
  const pick = <T>(list: readonly T[]): T => list[below(list.length)] as T;

  function fitting(schema: JsonSchema): unknown {
    if ('const' in schema) return schema.const;
    if (Array.isArray(schema.enum)) return pick(schema.enum);
    const branches = (schema.anyOf ?? schema.oneOf) as JsonSchema[] | undefined;
    if (branches && branches.length > 0) return fitting(pick(branches));
    switch (schema.type) {
      case 'object':
        return objectOf(schema);
      case 'array': {
        const least = Number(schema.minItems ?? 0);
        return Array.from({ length: least + below(3) }, () => fitting((schema.items ?? {}) as JsonSchema));
      }
      case 'string':
        return textOf(schema);
      case 'integer':
      case 'number': {
        const least = Math.max(Number(schema.minimum ?? 0), -1000);
        const most = Math.min(Number(schema.maximum ?? least + 100), least + 1000);
        return least + below(most - least + 1);
      }
      case 'boolean':
        return chance(0.5);
      case 'null':
        return null;
      default:
        return pick([null, 1, 'text', [1], { a: { b: [] } }]);
    }
  }

  function objectOf({ properties = {}, required = [], propertyNames, additionalProperties }: JsonSchema): JsonSchema {
    const object: JsonSchema = {};
    for (const [name, member] of Object.entries(properties as Record<string, JsonSchema>)) {
      if ((required as string[]).includes(name) || chance(0.3)) object[name] = fitting(member);
    }
    const extra = typeof additionalProperties === 'object' ? (additionalProperties as JsonSchema) : null;
    const names = (propertyNames as JsonSchema | undefined)?.enum;
    if (extra !== null && Array.isArray(names)) for (const name of names) object[name] = fitting(extra);
    else if (extra !== null && chance(0.5)) object[pick(WORDS)] = fitting(extra);
    return object;
  }

  function textOf({ pattern, format, minLength, maxLength }: JsonSchema): string {
    const prefix = typeof pattern === 'string' ? /^\^([a-z]{3})_\[/.exec(pattern)?.[1] : undefined;
    if (prefix !== undefined) return (chance(0.8) ? ids[prefix] : undefined) ?? `${prefix}_${'0'.repeat(26)}`;
    if (format === 'date-time') return `20${10 + below(80)}-0${1 + below(9)}-1${below(10)}T10:50:00.000Z`;
    if (format === 'uri') return 'http://127.0.0.1:9/';
    const text = pick(WORDS).padEnd(Number(minLength ?? 1), 'x');
    return maxLength === undefined ? text : text.slice(0, Number(maxLength));
  }

  function mutated(value: unknown): unknown {
    if (typeof value !== 'object' || value === null || chance(0.2)) return pick(HOSTILE);
    if (Array.isArray(value)) {
      const at = below(value.length + 1);
      return value.toSpliced(at, below(2), at < value.length ? mutated(value[at]) : pick(HOSTILE));
    }
    const names = Object.keys(value);
    const name = chance(0.8) && names.length > 0 ? pick(names) : pick(['unknown', '__proto__', 'id', 'x'.repeat(300)]);
    const copy = { ...value } as JsonSchema;
    if (chance(0.15)) delete copy[name];
    else if (name !== '__proto__') copy[name] = mutated(copy[name]);
    else Object.defineProperty(copy, name, { value: pick(HOSTILE), enumerable: true });
    return copy;
  }

  function garbled(text: string): string {
    let result = text;
    for (let count = 1 + below(3); count > 0; count--) {
      const at = below(result.length + 1);
      const to = Math.min(result.length, at + below(8));
      const insert = pick([pick(FRAGMENTS), result.slice(at, to), String.fromCharCode(below(0x10000)), '']);
      result = result.slice(0, at) + insert + result.slice(chance(0.5) ? at : to);
    }
    return result;
  }

  function garbledBytes(bytes: Buffer): Buffer {
    const at = below(bytes.length + 1);
    const noise = Buffer.from(Array.from({ length: below(12) }, () => below(256)));
    return Buffer.concat([bytes.subarray(0, at), noise, bytes.subarray(Math.min(bytes.length, at + below(12)))]);
  }

  return { below, chance, pick, fitting, mutated, garbled, garbledBytes };
}
