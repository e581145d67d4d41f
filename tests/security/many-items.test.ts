import { expect, test } from 'vitest';
import { z } from 'zod';
import { contract } from '../../src/contract/index.ts';
import { parseSafely } from '../../src/contract/kernel/parse.ts';
import { parseInput } from '../../src/main/doors/dispatch/validation.ts';

const MANY = 400_000;

/** Places of lists in the JSON Schema of an input, at most three levels down. */
function listsOf(schema: z.core.JSONSchema.JSONSchema, path: readonly string[] = []): string[][] {
  if (path.length > 3) return [];
  const inner = Object.entries(schema.properties ?? {}).flatMap(([name, member]) =>
    typeof member === 'object' ? listsOf(member, [...path, name]) : [],
  );
  return schema.type === 'array' && path.length > 0 ? [[...path], ...inner] : inner;
}

test('more wrong items than a call has room for are one issue', () => {
  const { success, error } = parseSafely(z.object({ a: z.array(z.array(z.string())) }), { a: [Array(MANY).fill(1)] });
  expect(success).toBe(false);
  expect(error?.issues[0]?.message).toBe('has too many wrong items to name');
});

// Would catch: an operation that answers wrong items of a list with a fault of the host.
test('every list of every operation with hundreds of thousands of wrong items is refused', () => {
  const lists = Object.entries(contract).flatMap(([id, operation]) =>
    listsOf(z.toJSONSchema(operation.input, { io: 'input', unrepresentable: 'any' })).map((path) => ({
      id,
      operation,
      path,
    })),
  );
  expect(lists.length).toBeGreaterThan(20);
  for (const { id, operation, path } of lists) {
    const many = Array(MANY).fill(null);
    for (const list of [many, [many], [{ input: many }]]) {
      const value = path.reduceRight<unknown>((below, name) => ({ [name]: below }), list);
      try {
        parseInput(operation, value);
      } catch (thrown) {
        expect(thrown, `${id} ${path.join('.')}`).toMatchObject({ slug: 'validation-error' });
      }
    }
  }
}, 120_000);
