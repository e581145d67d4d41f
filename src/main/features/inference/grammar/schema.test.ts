import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { generateAsk, modelFolder, openEngine } from '../../../../../tests/support/engine.ts';
import { vocabulary } from '../../../../../tests/support/models/llama-model.ts';
import type { JsonObject } from '../../../../contract/kernel/scalars.ts';
import { schemaGrammar } from './schema.ts';

const model = modelFolder();
const engine = openEngine();
beforeAll(async () => {
  await engine.load(model.file);
}, 60_000);
afterAll(async () => {
  await engine[Symbol.asyncDispose]();
  model[Symbol.dispose]();
});

const QUOTE = vocabulary().findIndex(({ text }) => text === '"');

/** What a model of random weights writes under the grammar: everything that the grammar lets through may come. */
async function written(grammar: string, seed: number) {
  const { text, answer } = await engine.run(
    generateAsk({
      grammar,
      max_tokens: 300,
      // Texts end now and then.
      sampling: { ...generateAsk().sampling, temperature: 2, seed, logit_bias: [[QUOTE, 5]] },
      prompt: { text: 'the' },
    }),
  );
  return { text, whole: answer.t === 'finished' && answer.reason === 'stop' };
}

const node = {
  type: 'object',
  properties: {
    value: { type: 'integer', minimum: 0, maximum: 9 },
    next: { anyOf: [{ $ref: '#/$defs/node' }, { type: 'null' }] },
  },
  required: ['value', 'next'],
};

const SCHEMAS: readonly [string, JsonObject][] = [
  [
    'optional members',
    {
      type: 'object',
      properties: { a: { type: 'boolean' }, b: { type: 'null' }, c: { enum: [1, 'x', null] } },
      required: ['b'],
      additionalProperties: false,
    },
  ],
  [
    'only optional members',
    { type: 'object', properties: { a: { const: 1 }, b: { const: 2 } }, additionalProperties: false },
  ],
  ['whole numbers in bounds', { type: 'integer', minimum: -17, maximum: 1203 }],
  ['numbers in bounds', { type: 'number', minimum: -2, maximum: 30 }],
  ['numbers from a bound', { type: 'integer', exclusiveMinimum: 98 }],
  ['lists of a length', { type: 'array', items: { type: 'boolean' }, minItems: 2, maxItems: 4 }],
  [
    'tuples',
    { type: 'array', prefixItems: [{ type: 'boolean' }, { type: 'integer', minimum: 1, maximum: 5 }], items: false },
  ],
  ['texts of a length', { type: 'string', minLength: 2, maxLength: 5 }],
  ['a pattern', { type: 'string', pattern: '^[A-F]{2}-(\\d{2,3}|x"y)?$' }],
  ['a pattern without ends', { type: 'string', pattern: 'ab|^c' }],
  ['a class that is negated', { type: 'string', pattern: '^[^a-z]{1,3}$' }],
  ['dates', { type: 'string', format: 'date-time' }],
  [
    'alternatives with shared members',
    {
      type: 'object',
      properties: { k: { type: 'string', maxLength: 2 } },
      required: ['k'],
      anyOf: [
        { properties: { a: { const: 1 } }, required: ['a'] },
        { properties: { b: { const: 2 } }, required: ['b'] },
      ],
    },
  ],
  [
    'one of several',
    {
      oneOf: [
        { type: 'object', properties: { t: { const: 'a' } }, required: ['t'] },
        { type: 'object', properties: { t: { const: 'b' }, n: { type: 'null' } }, required: ['t', 'n'] },
      ],
    },
  ],
  ['parts that all hold', { allOf: [{ type: 'integer', minimum: 3 }, { maximum: 7 }] }],
  ['several types', { type: ['boolean', 'null'] }],
  ['maps', { type: 'object', additionalProperties: { type: 'boolean' } }],
  ['a schema that refers to itself', { $defs: { node }, $ref: '#/$defs/node' } as JsonObject],
  [
    'members whose names need escapes',
    { type: 'object', properties: { 'a"b\\c\n': { const: 'd"\\' } }, required: ['a"b\\c\n'] },
  ],
];

const ajv = new Ajv2020({ strict: false });
addFormats.default(ajv);

// Catches a grammar that lets through what the schema does not, and one that the engine cannot read.
describe('what is written under the grammar fits the schema', () => {
  test.each(SCHEMAS)('%s', async (name, schema) => {
    const fits = ajv.compile(schema);
    const grammar = schemaGrammar(schema, 'schema');
    let whole = 0;
    const texts = new Set<string>();
    for (let seed = 0; seed < 16; seed++) {
      const answer = await written(grammar, seed);
      // A model of random weights writes bytes that are no UTF-8, which no grammar over characters can count.
      if (!answer.whole || answer.text.includes('\u{FFFD}')) continue;
      whole += 1;
      texts.add(answer.text);
      if (!fits(JSON.parse(answer.text))) expect.fail(`${answer.text}: ${ajv.errorsText(fits.errors)}`);
    }
    expect(whole).toBeGreaterThan(0);
    expect(texts.size).toBeGreaterThan(name.includes('escapes') ? 0 : 1);
  });
});

// Catches a keyword that is ignored: the answer would look as if it had been checked.
test.each([
  [{ type: 'number', multipleOf: 3 }, '#/multipleOf'],
  [{ type: 'object', properties: { a: { type: 'string', format: 'hostname' } } }, '#/properties/a/format'],
  [{ type: 'string', pattern: '^(?=a)b$' }, '#/pattern'],
  [{ type: 'string', pattern: 'a\\b' }, '#/pattern'],
  [{ type: 'array', uniqueItems: true }, '#/uniqueItems'],
  [{ type: 'object', patternProperties: {} }, '#/patternProperties'],
  [{ not: {} }, '#/not'],
  [{ if: {} }, '#/if'],
  [{ type: 'wrong' }, '#/type'],
  [{ $ref: 'https://example.com/a' }, '#/$ref'],
  [{ $ref: '#/$defs/none' }, '#/$ref'],
  [{ allOf: [{ $ref: '#' }] }, '#'],
  [{ oneOf: [{ type: 'integer' }, { type: 'number' }] }, '#/oneOf'],
  [{ type: 'integer', minimum: 3, maximum: 2 }, '#'],
  [{ type: 'number', exclusiveMinimum: 0 }, '#/exclusiveMinimum'],
  [{ type: 'string', minLength: 2, pattern: 'a' }, '#/pattern'],
  [{ type: 'object', required: ['a'], additionalProperties: false }, '#/required'],
  [{ type: 'object', properties: { 'a/b': { contains: {} } } }, '#/properties/a~1b/contains'],
] as [JsonObject, string][])('%j is refused by its place', (schema, pointer) => {
  expect(() => schemaGrammar(schema, 'schema')).toThrow(
    expect.objectContaining({ slug: 'unsupported-parameter', extra: expect.objectContaining({ pointer }) }),
  );
});

// Catches a schema that holds up the host: parts that double at each level, and members that lead back to themselves.
test.each([
  [
    'parts of parts',
    {
      $defs: Object.fromEntries([
        ...Array.from({ length: 40 }, (_, at): [string, JsonObject] => [
          `a${at}`,
          { allOf: [{ $ref: `#/$defs/a${at + 1}` }, { $ref: `#/$defs/a${at + 1}` }] },
        ]),
        ['a40', {}],
      ]),
      $ref: '#/$defs/a0',
      type: 'object',
    },
  ],
  ['a member that is its object with more', { type: 'object', properties: { a: { $ref: '#', type: 'object' } } }],
  ['a reference that is no URI', { $ref: '#/%E0%A4%A' }],
  [
    'more rules than fit',
    { type: 'array', prefixItems: Array.from({ length: 5000 }, () => ({ type: 'string', minLength: 1 })) },
  ],
] as [string, JsonObject][])('%s are refused at once', (_name, schema) => {
  const begun = performance.now();
  expect(() => schemaGrammar(schema, 'schema')).toThrow(expect.objectContaining({ name: 'AppError' }));
  expect(performance.now() - begun).toBeLessThan(2000);
});
