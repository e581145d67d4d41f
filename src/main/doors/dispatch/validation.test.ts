import { expect, test } from 'vitest';
import { z } from 'zod';
import { AppError } from '../../../contract/kernel/errors.ts';
import { validationError } from './validation.ts';

const schema = z.strictObject({
  name: z.string().min(1),
  messages: z.array(z.string()).min(1).optional(),
  list: z.array(z.string()).min(1).optional(),
  documents: z.array(z.string().min(1)).optional(),
  int: z.int().min(1).max(5).default(2),
  float: z.number().min(0).max(2).optional(),
  positive: z.number().gt(0).optional(),
  least: z.int().min(3).optional(),
  request_id: z.uuid().optional(),
  id: z.string().regex(/^prf_/, 'must be an id like prf_01j…').optional(),
  oneOrMany: z.union([z.enum(['a', 'b']), z.array(z.enum(['a', 'b']))]).optional(),
  kind: z
    .discriminatedUnion('kind', [z.object({ kind: z.literal('x') }), z.object({ kind: z.literal('y') })])
    .optional(),
  nested: z.object({ at: z.iso.datetime() }).optional(),
  token: z.string().startsWith('hf_', "Token must start with 'hf_'").optional(),
  record: z.record(z.string(), z.int()).optional(),
});

function textsFor(input: Record<string, unknown>): Record<string, string> | undefined {
  const value = { name: 'n', ...input };
  const result = schema.safeParse(value);
  if (result.success) throw new Error('the input was accepted');
  return validationError(result.error, schema, value).errors;
}

// The wording is part of the contract: clients show it, and tests of clients compare it.
test.each<[Record<string, unknown>, Record<string, string>]>([
  [{ name: '' }, { name: 'name cannot be empty' }],
  [{ name: undefined }, { name: 'name is required' }],
  [{ name: 7 }, { name: 'name must be string' }],
  [{ messages: [] }, { messages: 'messages cannot be empty' }],
  [{ list: [] }, { list: 'Array cannot be empty' }],
  [{ documents: ['a', ''] }, { 'documents.1': 'document at index 1 cannot be empty' }],
  [{ int: 9 }, { int: 'int must be between 1 and 5, got 9' }],
  [{ int: 1.5 }, { int: 'int must be int' }],
  [{ float: 3 }, { float: 'float must be between 0.0 and 2.0, got 3' }],
  [{ positive: 0 }, { positive: 'positive must be greater than 0' }],
  [{ least: 1 }, { least: 'least must be at least 3, got 1' }],
  [{ request_id: 'x' }, { request_id: 'request_id must be a valid UUID' }],
  [{ id: 'x' }, { id: 'id must be an id like prf_01j…' }],
  [{ oneOrMany: 'z' }, { oneOrMany: 'oneOrMany must be one of a, b' }],
  [{ oneOrMany: ['a', 'z'] }, { 'oneOrMany.1': 'oneOrMany.1 must be one of a, b' }],
  [{ kind: { kind: 'z' } }, { 'kind.kind': 'kind.kind must be one of x, y' }],
  [{ nested: { at: 'today' } }, { 'nested.at': 'nested.at must be a UTC timestamp like 2026-11-20T10:50:00.000Z' }],
  [{ token: 'x' }, { token: "Token must start with 'hf_'" }],
  [{ record: { a: 'x' } }, { 'record.a': 'record.a must be number' }],
  [{ more: 1 }, { more: 'unknown field' }],
])('%o', (input, expected) => {
  expect(textsFor(input)).toEqual(expected);
});

test('the detail names the first field and counts the rest', () => {
  const value = { name: '', int: 9, more: 1 };
  const result = schema.safeParse(value);
  const error = result.success ? new AppError('bad-request') : validationError(result.error, schema, value);
  expect(error.message).toBe("Field 'name': name cannot be empty (and 2 more)");
  expect(error.extra).toEqual({ field: 'name', reason: 'name cannot be empty' });
});
