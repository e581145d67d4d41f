/** JSON Schema of a command's input as the fields of a form. */
import type { Titles } from '../../../contract/kernel/field-words.ts';
import type { Json, JsonObject } from '../../../contract/kernel/scalars.ts';

/** How a field is drawn. `json` is everything that has no simple control. */
export type FieldKind = 'text' | 'long' | 'password' | 'number' | 'integer' | 'boolean' | 'choice' | 'json';

/** One field. */
export interface Field {
  name: string;
  kind: FieldKind;
  title: string;
  description: string | null;
  required: boolean;
  choices: string[];
  initial: Json | undefined;
}

const object = (value: unknown): Record<string, Json> | null =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, Json>) : null;
const text = (value: unknown): string | null => (typeof value === 'string' ? value : null);

function kindOf(schema: Record<string, Json>): FieldKind {
  if (Array.isArray(schema.enum) && schema.enum.every((value) => typeof value === 'string')) return 'choice';
  switch (schema.type) {
    case 'string':
      if (schema.format === 'password' || schema.writeOnly === true) return 'password';
      return typeof schema.maxLength === 'number' && schema.maxLength > 300 ? 'long' : 'text';
    case 'integer':
    case 'number':
    case 'boolean':
      return schema.type;
    default:
      return 'json';
  }
}

/** Fields in the order of the schema; `defaults` are what the command fills in. */
export function fieldsOf(schema: JsonObject, defaults: JsonObject = {}): Field[] {
  const properties = object(schema.properties) ?? {};
  const required = Array.isArray(schema.required) ? schema.required : [];
  return Object.entries(properties).map(([name, raw]) => {
    const property = object(raw) ?? {};
    return {
      name,
      kind: kindOf(property),
      title: text(property.title) ?? name,
      description: text(property.description),
      required: required.includes(name),
      choices: Array.isArray(property.enum) ? property.enum.map(String) : [],
      initial: defaults[name] ?? property.default,
    };
  });
}

/** Labels of the fields by the path that errors name them by. */
export const titlesOf = (fields: readonly Field[]): Titles =>
  Object.fromEntries(fields.map(({ name, title }) => [`input.${name}`, title]));

/** What the form starts with. A secret default is masked in every answer and must not be sent back. */
export function initialInput(fields: readonly Field[]): JsonObject {
  return Object.fromEntries(
    fields.flatMap((field) =>
      field.initial === undefined || field.kind === 'password' ? [] : [[field.name, field.initial]],
    ),
  );
}

/** The input without what was left empty, so that defaults apply. */
export function cleanInput(fields: readonly Field[], input: JsonObject): JsonObject {
  const kinds = new Map(fields.map(({ name, kind }) => [name, kind]));
  return Object.fromEntries(
    Object.entries(input).filter(
      ([name, value]) => value !== undefined && !(value === '' && kinds.get(name) !== 'long'),
    ),
  );
}

/** A schema that an input fulfils: for a task whose spec brought none. */
export const schemaLike = (input: JsonObject): JsonObject => ({
  type: 'object',
  properties: Object.fromEntries(
    Object.entries(input).map(([name, value]) => [name, typeof value === 'object' ? {} : { type: typeof value }]),
  ),
});
