import { expect, test } from 'vitest';
import { z } from 'zod';
import { contract } from '../../src/contract/index.ts';
import { DOCUMENT_BOUNDS } from '../../src/contract/kernel/bounds.ts';
import type { AppError } from '../../src/contract/kernel/errors.ts';
import { parseSafely } from '../../src/contract/kernel/parse.ts';
import { parseInput } from '../../src/main/doors/dispatch/validation.ts';
import { parseJson } from '../../src/main/doors/wire/json.ts';

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
        expect((thrown as AppError).slug, `${id} ${path.join('.')}`).toMatch(
          /^(?:validation-error|payload-too-large)$/,
        );
      }
    }
  }
}, 120_000);

const unknownMembers = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, n) => [`k${n}`, 1]));

// Would catch: a megabyte of names that nobody knows, which holds up every other caller while each is put into words.
test('unknown members are named up to a hundred, and refused beyond the bound of small inputs', () => {
  const refusalOf = (input: object) => {
    try {
      return parseInput(contract.tasks_create, input);
    } catch (error) {
      return error;
    }
  };
  expect(refusalOf(unknownMembers(50_001))).toMatchObject({ slug: 'payload-too-large' });
  const many = unknownMembers(40_001);
  expect(() => parseInput(contract.embeddings, many)).toThrow('made of more than 40000 members');
  expect(() => parseJson(JSON.stringify(many), DOCUMENT_BOUNDS)).toThrow('made of more than 40000 members');
  const input = unknownMembers(40_000);
  const refusal = refusalOf(input);
  expect(refusal).toMatchObject({ message: "Field 'k0': unknown field (and 39999 more)" });
  expect(Object.keys((refusal as AppError).errors ?? {})).toHaveLength(100);
});

// Would catch: sixty thousand empty lists in a schema, which take a schema of any JSON 150 ms: each is tried as four other things first.
test('empty lists in what is free in an input are bounded by their number', () => {
  const schema = { const: Array.from({ length: 60_000 }, () => []) };
  const response_format = { type: 'json_schema', json_schema: { name: 'n', schema } };
  const input = { model: 'default', messages: [{ role: 'user', content: 'x' }], response_format };
  expect(() => parseInput(contract.chat, input)).toThrow('made of more than 20000 lists and objects');
  expect(() => parseJson(JSON.stringify(input), DOCUMENT_BOUNDS)).toThrow('made of more than 20000 lists and objects');
});

// Would catch: a list of a large input whose items are all parsed, each wrong one an issue: zod looks at a bound of the length first.
test('every list in inputs of the large class has a bound', () => {
  for (const [id, { input, payload }] of Object.entries(contract)) {
    if (payload !== 'documents') continue;
    // What may be any JSON is bounded as a whole.
    const { $defs: _any, ...own } = z.toJSONSchema(input, { io: 'input' });
    const schema = JSON.stringify(own);
    const lists = schema.match(/"type":"array"/g)?.length ?? 0;
    expect(schema.match(/"maxItems":/g)?.length ?? 0, id).toBe(lists);
  }
  const wrong = { model: 'default', queries: ['q'], documents: ['d'], relevant: [Array(240_000).fill(-1)] };
  expect(() => parseInput(contract.evaluate_embeddings, wrong)).toThrow('relevant.0 must have at most 2048 items');
});

// Would catch: thirty megabytes of minus signs, which are read a second time, piece by piece, to say where they stop being JSON.
test('the fault in a text of megabytes is not looked for', () => {
  const text = '{'.padEnd(30_000_000, '-');
  expect(() => parseJson(text)).toThrow(expect.objectContaining({ slug: 'invalid-json', extra: {} }));
  expect(() => parseJson('[1,]')).toThrow(expect.objectContaining({ extra: { position: 3 } }));
});
