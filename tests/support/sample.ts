/** Smallest values that fit a schema, so that generated tests can call every operation. */
import { z } from 'zod';

type JsonSchema = { [key: string]: unknown };

/** A value that `schema` accepts (`input`) or gives (`output`), with required members only. */
export function sampleOf(schema: z.ZodType, io: 'input' | 'output'): unknown {
  return fromJsonSchema(z.toJSONSchema(schema, { io, unrepresentable: 'any', reused: 'inline' }) as JsonSchema);
}

/** The same of a schema that is data already, without references. */
export function fromJsonSchema(schema: JsonSchema): unknown {
  if ('const' in schema) return schema.const;
  if ('default' in schema) return schema.default;
  if (Array.isArray(schema.enum)) return schema.enum[0];
  const [branch] = (schema.anyOf ?? schema.oneOf ?? []) as JsonSchema[];
  // Of an object with alternatives, they name further members that are required.
  if (branch) return fromJsonSchema(schema.type === 'object' ? { ...schema, ...alternative(schema, branch) } : branch);
  switch (schema.type) {
    case 'object':
      return objectOf(schema);
    case 'array':
      return Array.from({ length: Number(schema.minItems ?? 0) }, () =>
        fromJsonSchema((schema.items ?? {}) as JsonSchema),
      );
    case 'string':
      return stringOf(schema);
    case 'integer':
    case 'number':
      return Math.max(Number(schema.minimum ?? 1), 1);
    case 'boolean':
      return false;
    default:
      return null;
  }
}

const alternative = (schema: JsonSchema, branch: JsonSchema): JsonSchema => ({
  anyOf: undefined,
  required: [...((schema.required ?? []) as string[]), ...((branch.required ?? []) as string[])],
});

function objectOf(schema: JsonSchema): JsonSchema {
  const properties = (schema.properties ?? {}) as Record<string, JsonSchema>;
  const required = (schema.required ?? []) as string[];
  const object: JsonSchema = Object.fromEntries(required.map((name) => [name, fromJsonSchema(properties[name] ?? {})]));
  const keys = (schema.propertyNames as JsonSchema | undefined)?.enum;
  if (Array.isArray(keys))
    for (const key of keys) object[key] = fromJsonSchema((schema.additionalProperties ?? {}) as JsonSchema);
  return object;
}

function stringOf({ pattern, format, minLength }: JsonSchema): string {
  const prefix = typeof pattern === 'string' ? /^\^([a-z]+_)\[/.exec(pattern)?.[1] : undefined;
  if (prefix) return prefix + '0'.repeat(26);
  if (format === 'date-time') return '2026-11-20T10:50:00.000Z';
  if (format === 'uri') return 'https://example.test/';
  return 'x'.repeat(Math.max(1, Number(minLength ?? 1)));
}
