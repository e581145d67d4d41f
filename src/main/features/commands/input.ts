/** Task input against a command's JSON Schema: validation, and which of its values are secrets. */
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { AppError } from '../../../contract/kernel/errors.ts';
import type { Json, JsonObject } from '../../../contract/kernel/scalars.ts';
import { secretId } from '../../core/secrets/secret-refs.ts';
import { unsealable } from './secret-places.ts';

/** One thing that is wrong, at a path like `user.name` (empty for the whole). */
export interface InputIssue {
  path: string;
  message: string;
}

// Schemas with the same $id may differ: each version of a command has its own.
const ajv = new Ajv2020({ allErrors: true, strict: false, useDefaults: false, addUsedSchema: false });
addFormats.default(ajv);
ajv.addFormat('password', true);

/** Compiled validators by schema text; commands are few and change rarely. */
const validators = new Map<string, ValidateFunction>();
const MAX_VALIDATORS = 200;

function validatorOf(schema: JsonObject): ValidateFunction {
  const key = JSON.stringify(schema);
  const known = validators.get(key);
  if (known) return known;
  const compiled = ajv.compile(schema);
  // Ajv would keep every schema for ever.
  ajv.removeSchema(schema);
  if (validators.size >= MAX_VALIDATORS) {
    const oldest = validators.keys().next();
    if (!oldest.done) validators.delete(oldest.value);
  }
  validators.set(key, compiled);
  return compiled;
}

function issueOf(error: ErrorObject): InputIssue {
  const base = error.instancePath
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
  const missing = error.keyword === 'required' ? [String(error.params.missingProperty)] : [];
  const extra = error.keyword === 'additionalProperties' ? [String(error.params.additionalProperty)] : [];
  const path = [...base, ...missing, ...extra].join('.');
  if (error.keyword === 'required') return { path, message: `${missing[0]} is required` };
  if (error.keyword === 'additionalProperties') return { path, message: 'unknown field' };
  if (error.keyword === 'enum')
    return { path, message: `must be one of ${(error.params.allowedValues as unknown[]).join(', ')}` };
  return { path, message: error.message ?? 'has a wrong value' };
}

/** Says why a schema cannot be used, or null. */
export function schemaProblem(schema: JsonObject): string | null {
  try {
    validatorOf(schema);
    const hidden = unsealable(schema);
    return hidden && `${hidden.pointer} ${hidden.reason}`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** {@link schemaProblem} that throws. @throws AppError `validation-error` at `input_schema` */
export function requireSchema(schema: JsonObject): void {
  const problem = schemaProblem(schema);
  if (problem !== null) {
    throw new AppError('validation-error', `Field 'input_schema': is not a usable JSON Schema: ${problem}`, {
      errors: { input_schema: problem },
      extra: { field: 'input_schema', reason: problem },
    });
  }
}

/** Everything that is wrong with an input; empty when it fits. An empty schema accepts any object. */
export function validateInput(schema: JsonObject, input: JsonObject): InputIssue[] {
  const validate = validatorOf(schema);
  if (validate(input)) return [];
  return (validate.errors ?? []).map(issueOf);
}

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
