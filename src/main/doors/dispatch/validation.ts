/** Parsing an operation's input, with a fixed text for whatever does not fit. */

import { z } from 'zod';
import { DOCUMENT_BOUNDS, excessError, excessOf, JSON_BOUNDS } from '../../../contract/kernel/bounds.ts';
import type { Operation } from '../../../contract/kernel/define.ts';
import { AppError } from '../../../contract/kernel/errors.ts';
import { parseSafely } from '../../../contract/kernel/parse.ts';
import { isOwnText } from '../../../contract/kernel/text/issue-text.ts';

type Issue = z.core.$ZodIssue;

/** Most texts in one answer. */
const MAX_ERRORS = 100;

/** Operations that have seen nothing parsed to nothing: those that look on ask for the same again and again. */
const takesNothing = new WeakSet<Operation>();

/**
 * Parses input; absent and null equal `{}`.
 * @throws AppError `validation-error` with `errors` by path, `field` and `reason`; `payload-too-large` for too many values
 */
export function parseInput(operation: Operation, input: unknown): unknown {
  if (input === undefined && takesNothing.has(operation)) return {};
  const value = input ?? {};
  const excess = excessOf(value, operation.payload === 'json' ? JSON_BOUNDS : DOCUMENT_BOUNDS);
  if (excess !== null) throw excessError('The input', excess);
  const result = parseSafely(operation.input, value);
  if (!result.success) throw validationError(result.error, operation.input, value);
  if (input === undefined && Object.keys(result.data as object).length === 0) takesNothing.add(operation);
  return result.data;
}

/** The error for what zod found wrong. Texts are made for what is told only: a body has room for very many unknown members. */
export function validationError(error: z.ZodError, schema: z.ZodType, value: unknown): AppError {
  const errors: Record<string, string> = {};
  let total = 0;
  for (const issue of error.issues) {
    if (total >= MAX_ERRORS) {
      total += issue.code === 'unrecognized_keys' ? issue.keys.length : 1;
      continue;
    }
    for (const [path, text] of textsOf(issue, schema, value)) {
      if (Object.hasOwn(errors, path)) continue;
      total += 1;
      if (total <= MAX_ERRORS) errors[path] = text;
    }
    if (issue.code === 'unrecognized_keys') total += Math.max(0, issue.keys.length - MAX_ERRORS);
  }
  const [first] = Object.entries(errors);
  const [field, reason] = first ?? ['input', 'is not valid'];
  const more = total > 1 ? ` (and ${total - 1} more)` : '';
  return new AppError('validation-error', `Field '${field}': ${reason}${more}`, { errors, extra: { field, reason } });
}

function textsOf(issue: Issue, schema: z.ZodType, root: unknown): [string, string][] {
  const path = issue.path.map(String);
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.slice(0, MAX_ERRORS).map((key) => [[...path, key].join('.'), 'unknown field']);
  }
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    const branch = nearestBranch(issue.errors);
    if (branch) {
      return branch.flatMap((inner) => textsOf({ ...inner, path: [...issue.path, ...inner.path] }, schema, root));
    }
  }
  const field = path.length > 0 ? path.join('.') : 'input';
  return [[field, textOf(issue, field, schema, root)]];
}

/** The branch of a union that the value was meant for: the only one whose faults lie inside the value, or at least not in its type. */
function nearestBranch(branches: readonly (readonly Issue[])[]): readonly Issue[] | undefined {
  const inside = branches.filter((issues) => issues.every((issue) => issue.path.length > 0));
  if (inside.length > 0) return inside.length === 1 ? inside[0] : undefined;
  const typed = branches.filter((issues) =>
    issues.every((issue) => !['invalid_type', 'invalid_union'].includes(issue.code)),
  );
  return typed.length === 1 ? typed[0] : undefined;
}

function textOf(issue: Issue, field: string, schema: z.ZodType, root: unknown): string {
  const value = valueAt(root, issue.path);
  switch (issue.code) {
    case 'invalid_type':
      return value === undefined ? `${field} is required` : `${field} must be ${typeName(issue.expected)}`;
    case 'invalid_value':
      if (value === undefined) return `${field} is required`;
      return issue.values.length === 1
        ? `${field} must be ${String(issue.values[0])}`
        : `${field} must be one of ${issue.values.map(String).join(', ')}`;
    case 'invalid_union':
      if (value === undefined) return `${field} is required`;
      if ('options' in issue && Array.isArray(issue.options)) {
        return `${field} must be one of ${issue.options.map(String).join(', ')}`;
      }
      return `${field} must be ${unionNames(issue.errors) || 'one of the documented forms'}`;
    case 'too_small':
    case 'too_big':
      return sizeText(issue, field, schema, value);
    case 'not_multiple_of':
      return `${field} must be a multiple of ${issue.divisor}`;
    case 'invalid_format':
      if (issue.format === 'uuid') return `${field} must be a valid UUID`;
      if (isOwnText(issue.message)) return sentence(field, issue.message);
      return FORMATS[issue.format] === undefined
        ? `${field} has the wrong format`
        : `${field} must be ${FORMATS[issue.format]}`;
    case 'invalid_key':
      return `${field} is not an allowed name`;
    default:
      return isOwnText(issue.message) ? sentence(field, issue.message) : `${field} is not valid`;
  }
}

const FORMATS: Readonly<Record<string, string>> = {
  datetime: 'a UTC timestamp like 2026-11-20T10:50:00.000Z',
  url: 'a URL',
  email: 'an e-mail address',
  safeint: 'int',
};

function sizeText(
  issue: Extract<Issue, { code: 'too_small' | 'too_big' }>,
  field: string,
  schema: z.ZodType,
  value: unknown,
): string {
  const bound = issue.code === 'too_small' ? issue.minimum : issue.maximum;
  if (issue.origin === 'string') {
    if (issue.code === 'too_small' && Number(bound) <= 1) {
      const [list, index] = issue.path.slice(-2);
      return typeof index === 'number'
        ? `${singular(String(list))} at index ${index} cannot be empty`
        : `${field} cannot be empty`;
    }
    const exact = 'exact' in issue && issue.exact;
    const word = exact ? 'exactly' : issue.code === 'too_small' ? 'at least' : 'at most';
    return `${field} must be ${word} ${bound} characters long`;
  }
  if (issue.origin === 'array' || issue.origin === 'set') {
    if (issue.code === 'too_small' && Number(bound) <= 1) {
      return field === 'messages' ? 'messages cannot be empty' : 'Array cannot be empty';
    }
    return `${field} must have ${issue.code === 'too_small' ? 'at least' : 'at most'} ${bound} items`;
  }
  return rangeText(issue, field, schemaAt(schema, issue.path), value);
}

function rangeText(
  issue: Extract<Issue, { code: 'too_small' | 'too_big' }>,
  field: string,
  schema: z.ZodType | undefined,
  value: unknown,
): string {
  const limits = schema === undefined ? undefined : limitsOf(schema);
  const print = (bound: number) => (limits?.integer || !Number.isInteger(bound) ? String(bound) : bound.toFixed(1));
  const got = `got ${String(value)}`;
  if (limits?.minimum !== undefined && limits.maximum !== undefined) {
    return `${field} must be between ${print(limits.minimum)} and ${print(limits.maximum)}, ${got}`;
  }
  if (issue.code === 'too_small') {
    const bound = Number(issue.minimum);
    return issue.inclusive === false
      ? `${field} must be greater than ${bound}`
      : `${field} must be at least ${bound}, ${got}`;
  }
  const bound = Number(issue.maximum);
  return issue.inclusive === false
    ? `${field} must be less than ${bound}`
    : `${field} must be at most ${bound}, ${got}`;
}

function limitsOf(schema: z.ZodType): { minimum?: number; maximum?: number; integer: boolean } | undefined {
  const inner = unwrap(schema);
  if (!(inner instanceof z.ZodNumber)) return undefined;
  const { minValue, maxValue } = inner;
  // `z.int()` alone has the bounds of a safe integer, which no author of a schema asked for.
  const isRule = (bound: number | null): bound is number => bound !== null && Math.abs(bound) < Number.MAX_SAFE_INTEGER;
  return {
    ...(isRule(minValue) ? { minimum: minValue } : {}),
    ...(isRule(maxValue) ? { maximum: maxValue } : {}),
    integer: inner.isInt,
  };
}

/** Takes optional, default, nullable and the like off a schema. */
export function unwrap(schema: z.ZodType): z.ZodType {
  let current = schema;
  for (;;) {
    const def = current.def as { innerType?: z.ZodType; in?: z.ZodType };
    const next = def.innerType ?? (current instanceof z.ZodPipe ? def.in : undefined);
    if (next === undefined) return current;
    current = next;
  }
}

function schemaAt(schema: z.ZodType, path: readonly PropertyKey[]): z.ZodType | undefined {
  let current: z.ZodType | undefined = schema;
  for (const key of path) {
    if (current === undefined) return undefined;
    const inner: z.ZodType = unwrap(current);
    if (inner instanceof z.ZodObject) current = (inner.shape as Record<string, z.ZodType>)[String(key)];
    else if (inner instanceof z.ZodArray) current = inner.element as z.ZodType;
    else if (inner instanceof z.ZodRecord) current = inner.valueType as z.ZodType;
    else return undefined;
  }
  return current;
}

function valueAt(root: unknown, path: readonly PropertyKey[]): unknown {
  let current = root;
  for (const key of path) {
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, key)) return undefined;
    current = (current as Record<PropertyKey, unknown>)[key];
  }
  return current;
}

/** Contract messages such as `must be a header name` need their subject. */
function sentence(field: string, message: string): string {
  return /^[a-z]/.test(message) ? `${field} ${message}` : message;
}

function typeName(expected: string): string {
  return expected === 'record' ? 'object' : expected;
}

function unionNames(branches: readonly (readonly Issue[])[]): string {
  const names = branches.flatMap((issues) =>
    issues.flatMap((issue) =>
      issue.code === 'invalid_type' && issue.path.length === 0 ? [typeName(issue.expected)] : [],
    ),
  );
  return [...new Set(names)].join(' or ');
}

function singular(name: string): string {
  if (name.endsWith('ies')) return `${name.slice(0, -3)}y`;
  return name.endsWith('s') ? name.slice(0, -1) : name;
}
