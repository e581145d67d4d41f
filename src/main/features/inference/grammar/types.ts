/** Types of JSON Schema, and which keywords concern them. */
import type { Json, JsonObject } from '../../../../contract/kernel/scalars.ts';
import { isObject } from './merge.ts';

export const TYPES = ['object', 'array', 'string', 'number', 'integer', 'boolean', 'null'] as const;
export type Type = (typeof TYPES)[number];

/** Keywords that concern values of a type. */
export const KEYWORDS: Readonly<Record<Type, readonly string[]>> = {
  object: ['properties', 'required', 'additionalProperties'],
  array: ['items', 'prefixItems', 'minItems', 'maxItems', 'uniqueItems'],
  string: ['pattern', 'minLength', 'maxLength', 'format'],
  number: ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum'],
  integer: ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum'],
  boolean: [],
  null: [],
};
export function isOf(type: Type, value: Json): boolean {
  switch (type) {
    case 'null':
      return value === null;
    case 'array':
      return Array.isArray(value);
    case 'object':
      return isObject(value);
    case 'integer':
      return Number.isInteger(value);
    default:
      return typeof value === type;
  }
}

/** Whether no value fits two of the schemas: they are of different types, or a member that each of them needs has another value in each. */
export function areApart(schemas: readonly JsonObject[]): boolean {
  const kinds = schemas.map(({ type }) => (type === 'integer' ? 'number' : type));
  if (kinds.every((kind) => typeof kind === 'string') && new Set(kinds).size === kinds.length) return true;
  const marks = schemas.map((schema) => {
    const required = Array.isArray(schema.required) ? schema.required : [];
    const properties = isObject(schema.properties) ? schema.properties : {};
    return new Map(
      Object.entries(properties).flatMap(([name, member]) =>
        isObject(member) && required.includes(name) && member.const !== undefined && schema.type === 'object'
          ? [[name, JSON.stringify(member.const)] as const]
          : [],
      ),
    );
  });
  return [...(marks[0]?.keys() ?? [])].some(
    (name) =>
      new Set(marks.map((mark) => mark.get(name))).size === schemas.length && marks.every((mark) => mark.has(name)),
  );
}
